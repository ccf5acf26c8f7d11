"""The template's functions, each with the environment that the template gives it, called as Lambda would call them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from countersign.bootstrap import Container
from countersign.config import Settings
from countersign.domain.catalog import Catalog
from countersign.entrypoints import hooks, install, oauth, schedule, slack
from countersign.entrypoints.queues import handle_actions, handle_connections
from sandbox.one_process.aws import Resource
from tools import resolve

type Event = Mapping[str, Any]
type Handler = Callable[[Event, Container], Any]
type Time = Callable[[], float]
"""Epoch seconds."""

HANDLERS: Mapping[str, Handler] = {
    "SlackInteractions": slack.handle,
    "OAuthCallback": oauth.handle,
    "CardHooks": hooks.handle,
    "SlackInstall": install.handle,
    "AppActions": handle_actions,
    "Connections": handle_connections,
    "Housekeeping": lambda _, container: schedule.handle(container),
}


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of its time; nobody is killed here."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds left."""
        return 20_000


@dataclass(frozen=True)
class Notes:
    """Implements `ports.Journal`: keeps what happened, in order, for whoever runs the stack."""

    events: list[tuple[str, Mapping[str, str | int | None]]] = field(default_factory=list)

    def __call__(self, event: str, **facts: str | int | None) -> None:
        """Note that `event` happened."""
        self.events.append((event, facts))


class OneProcessContainer(Container):
    """A function's container with a catalog of the caller's; its logs are left as the caller's program has them."""

    def __init__(self, settings: Settings, catalog: Catalog, notes: Notes, time: Time) -> None:
        super().__init__(settings)
        self.catalog, self.journal = catalog, notes
        self._time = time

    def clock(self) -> int:
        """The stack's time."""
        return int(self._time())

    def follow(self, trace_id: str) -> None:
        """Nothing: one process, one log."""


@dataclass(frozen=True)
class Function:
    """One function of the template."""

    container: Container
    handler: Handler

    def __call__(self, event: Event) -> Any:
        """Invoke it."""
        return self.handler(event, self.container.begin(Context()))


def functions(
    parameters: Mapping[str, str], made: Mapping[str, Resource], catalog: Catalog, notes: Notes, time: Time
) -> dict[str, Function]:
    """Every function of the template by its logical id. Raises KeyError for one that nothing here handles or made."""
    found = {}
    for name, properties in resolve.functions(**parameters).items():
        variables = properties["Environment"]["Variables"]
        settings = Settings({key: _value(raw, made) for key, raw in variables.items()})
        found[name] = Function(OneProcessContainer(settings, catalog, notes, time), HANDLERS[name])
    return found


def _value(raw: Any, made: Mapping[str, Resource]) -> str:
    """What a variable comes to: the template's other words are filled in already."""
    match raw:
        case {"Ref": name}:
            return made[name].ref
        case {"Fn::GetAtt": [name, _]}:
            return made[name].arn
    return str(raw)
