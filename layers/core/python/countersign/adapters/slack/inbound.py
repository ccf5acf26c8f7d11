"""What a verified Slack request can be. Only ``Received`` goes on to a use case."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countersign.domain.interaction import Interaction, Quoted

if TYPE_CHECKING:  # needed by hardly any request
    from countersign.domain.departure import Departure


@dataclass(frozen=True, slots=True)
class Received:
    """A person did something.

    Attributes:
        trigger_id: opens one form within three seconds; never queued.
        quoted: the message that a shortcut was used on; never queued.
        installed_in: the workspace and organisation that the *installation* is known by. Allow-lists compare these,
            never where the person comes from.
    """

    interaction: Interaction
    trigger_id: str | None
    installed_in: frozenset[str]
    quoted: Quoted | None = None


@dataclass(frozen=True, slots=True)
class UrlVerification:
    """Slack checks the events address; answer the challenge."""

    challenge: str


@dataclass(frozen=True, slots=True)
class SslCheck:
    """Slack checks the certificate; answer 200."""


@dataclass(frozen=True, slots=True)
class OptionsRequest:
    """A typeahead asks for options; the answer must be in this very response."""


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """The installation or a person changed: uninstalled, revoked, deactivated, migrated.

    ``departures``: what it takes away; empty where that is nothing.
    """

    type: str
    event_id: str
    installed_in: frozenset[str]
    departures: "tuple[Departure, ...]" = ()


@dataclass(frozen=True, slots=True)
class ChannelMoved:
    """A channel has another id from here on."""

    old: str
    new: str
    trace_id: str
    installed_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ignored:
    """Acknowledged and dropped. ``reason`` is a stable word for the log."""

    reason: str


type Inbound = Received | UrlVerification | SslCheck | OptionsRequest | LifecycleEvent | ChannelMoved | Ignored
