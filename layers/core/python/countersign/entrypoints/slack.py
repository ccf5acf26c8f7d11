"""Slack's three routes: prove the bytes, read them, hand on what a person did, answer within three seconds."""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from countersign import __version__
from countersign.adapters.slack.inbound import ChannelMoved, Inbound, OptionsRequest, Received, UrlVerification
from countersign.adapters.slack.parse import parse_command, parse_interaction
from countersign.adapters.slack.parse_event import parse_event
from countersign.adapters.slack.signature import verify
from countersign.config import Settings
from countersign.domain.errors import NotFound, Refused
from countersign.domain.queue_messages import channel_moved_message
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
    from countersign.ports import Clock, Queue
    from countersign.usecases.receive_interaction import ReceiveInteraction

_LOG: Final = logging.getLogger(__name__)

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
    verify(request.body, request.headers, container.signing_secrets, container.clock())
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
        case _:
            _LOG.info("acknowledged", extra={"what": repr(inbound)})
            return answer(200)


def _follow(moved: ChannelMoved, container: SlackContainer) -> Answer:
    allowed = container.settings.allowed_workspaces
    if allowed and not allowed & moved.installed_in:
        raise Refused("a workspace that is not on the list")
    container.actions_queue.send(channel_moved_message(moved.old, moved.new, moved.trace_id))
    return answer(200)


def _receive(received: Received, container: SlackContainer) -> Answer:
    allowed, interaction = container.settings.allowed_workspaces, received.interaction
    facts = {"kind": interaction.kind.value, "action": interaction.name, "trace_id": interaction.trace_id}
    if allowed and not allowed & received.installed_in:
        raise Refused(
            "a workspace that is not on the list", user_message="Countersign isn't set up for this workspace."
        )
    took = replace(interaction, at=container.clock())
    errors = container.receive_interaction(took, received.trigger_id, received.quoted)
    _LOG.info("interaction received", extra={**facts, "invalid_answers": len(errors)})
    return json_answer(200, {"response_action": "errors", "errors": dict(errors)}) if errors else answer(200)


def _trace_id(request: HttpRequestIn) -> str:
    """Follows the click through queues and logs: API Gateway's request id, so that its access log shows it too."""
    return request.request_id or hashlib.sha256(request.body).hexdigest()[:32]
