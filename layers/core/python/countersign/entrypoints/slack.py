"""Slack's three routes: prove the bytes, read them, hand on what a person did, answer within three seconds."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from countersign import __version__
from countersign.adapters.slack.inbound import (
    ChannelMoved,
    Inbound,
    LifecycleEvent,
    OptionsRequest,
    Received,
    UrlVerification,
)
from countersign.adapters.slack.parse import parse_command, parse_interaction
from countersign.adapters.slack.parse_event import parse_event
from countersign.adapters.slack.signature import verify
from countersign.config import Settings
from countersign.domain.errors import NotFound, Refused
from countersign.domain.interaction import Kind
from countersign.domain.queue_messages import channel_moved_message, left_message
from countersign.domain.secret import Secret
from countersign.entrypoints.api_gateway import (
    Answer,
    Event,
    HttpRequestIn,
    answer,
    health_answer,
    json_answer,
    read_request,
)
from countersign.entrypoints.guard import guard

if TYPE_CHECKING:  # see usecases.receive_interaction
    from countersign.ports.system import Clock, Queue
    from countersign.usecases.receive_interaction import ReceiveInteraction

_LOG: Final = logging.getLogger(__name__)

NOT_HERE: Final = "Countersign isn't set up for this workspace."

_READERS: Final[Mapping[str, Callable[[bytes, str], Inbound]]] = {
    "/slack/interactions": parse_interaction,
    "/slack/events": parse_event,
    "/slack/commands": parse_command,
}


class SlackContainer(Protocol):
    """What this entrypoint needs of the composition root."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102 - named by its type
    @property
    def clock(self) -> "Clock": ...  # noqa: D102
    @property
    def actions_queue(self) -> "Queue": ...  # noqa: D102
    @property
    def receive_interaction(self) -> "ReceiveInteraction": ...  # noqa: D102
    def signing_secrets(self) -> Sequence[Secret]:
        """The current signing secret first. Raises ConfigurationError, StoreUnavailable."""


def handle(event: Event, container: SlackContainer) -> Answer:
    """Answer one request to ``/slack/*`` (or ``/health``). Never raises."""
    return guard(lambda: _handle(event, container), event)


def _handle(event: Event, container: SlackContainer) -> Answer:
    request = read_request(event)
    if (request.method, request.route) == ("GET", "/health"):
        return health_answer(__version__)
    reader = _READERS.get(request.route)
    if reader is None or request.method != "POST":
        raise NotFound("no such route")
    if not verify(request.body, request.headers, container.signing_secrets, container.clock()):
        _LOG.warning("signed with an older secret", extra={"route": request.route})
    return _take(reader(request.body, _trace_id(request)), container)


def _take(inbound: Inbound, container: SlackContainer) -> Answer:
    match inbound:
        case Received():
            return _receive(inbound, container)
        case UrlVerification(challenge):
            return json_answer(200, {"challenge": challenge})
        case OptionsRequest():
            return json_answer(200, {"options": []})
        case ChannelMoved():
            return _follow(inbound, container)
        case LifecycleEvent():
            return _left(inbound, container)
        case _:
            _LOG.info("acknowledged", extra={"what": repr(inbound)})
            return answer(200)


def _follow(moved: ChannelMoved, container: SlackContainer) -> Answer:
    if not _may_send(moved.installed_in, container):
        return answer(200)
    container.actions_queue.send(channel_moved_message(moved.old, moved.new, moved.trace_id))
    return answer(200)


def _left(event: LifecycleEvent, container: SlackContainer) -> Answer:
    """What takes away is let in from anywhere, but for people: whoever lost the app must lose what came with it."""
    known = _may_send(event.installed_in, container)
    for departure in event.departures:
        if known or departure.person is None:
            container.actions_queue.send(left_message(departure))
    _LOG.info("acknowledged", extra={"what": repr(event)})
    return answer(200)


def _may_send(installed_in: AbstractSet[str], container: SlackContainer) -> bool:
    """Whether the list lets this installation in, without asking anybody (docs/adr/0010).

    Without a list the worker decides, which looks the installation up anyway.
    """
    allowed = container.settings.allowed_workspaces
    if allowed and not allowed & installed_in:
        _LOG.warning("a workspace that is not on the list", extra={"installed_in": sorted(installed_in)})
        return False
    return True


def _stranger(kind: Kind) -> Answer:
    """What a workspace that is not on the list is answered.

    An event is acknowledged: if too many are not, Slack stops sending events to everybody. A command is told; a click
    shows Slack's own mark.
    """
    if kind in (Kind.TEXT, Kind.HOME):
        return answer(200)
    if kind is Kind.COMMAND:
        return json_answer(200, {"response_type": "ephemeral", "text": NOT_HERE})
    raise Refused("a workspace that is not on the list", user_message=NOT_HERE)


def _receive(received: Received, container: SlackContainer) -> Answer:
    interaction = received.interaction
    facts = {"kind": interaction.kind.value, "action": interaction.name, "trace_id": interaction.trace_id}
    if not _may_send(received.installed_in, container):
        return _stranger(interaction.kind)
    took = replace(interaction, at=container.clock())
    errors = container.receive_interaction(took, received.trigger_id, received.quoted)
    _LOG.info("interaction received", extra={**facts, "invalid_answers": len(errors)})
    return json_answer(200, {"response_action": "errors", "errors": dict(errors)}) if errors else answer(200)


def _trace_id(request: HttpRequestIn) -> str:
    """Follows the click through queues and logs: API Gateway's request id, so that its access log shows it too."""
    return request.request_id or hashlib.sha256(request.body).hexdigest()[:32]
