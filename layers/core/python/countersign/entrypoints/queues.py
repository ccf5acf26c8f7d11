"""SQS batches: each message to its use case; only the failed ones go back to the queue."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from countersign.domain.audit import LateEvent
from countersign.domain.card_button import CardButton
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Purge
from countersign.domain.errors import ChatRefused, CountersignError, Malformed, Unreadable
from countersign.domain.form_state import FormState
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, Kind
from countersign.domain.queue_messages import VERSION
from countersign.domain.routing import HISTORY, shortcut_recipe
from countersign.domain.texts import names
from countersign.usecases.clear_up import ClearUp
from countersign.usecases.converse import Converse
from countersign.usecases.cut_app_off import CutAppOff
from countersign.usecases.fill_form import FillForm
from countersign.usecases.follow_channel import FollowChannel
from countersign.usecases.keep_alive import KeepAlive
from countersign.usecases.notify_sign_in import NotifySignIn
from countersign.usecases.off_board import OffBoard
from countersign.usecases.record_surely import RecordLate
from countersign.usecases.resume_actions import ResumeActions
from countersign.usecases.revoke import Revoke
from countersign.usecases.start_action import StartAction
from countersign.usecases.sweep_members import SweepMembers
from countersign.usecases.tell_history import TellHistory
from countersign.usecases.tell_unreadable import TellUnreadable

_LOG: Final = logging.getLogger(__name__)

type Message = Mapping[str, Any]


class ActionsContainer(Protocol):
    """What the actions queue needs of the composition root."""

    @property
    def start_action(self) -> StartAction: ...  # noqa: D102 - named by its type
    @property
    def fill_form(self) -> FillForm: ...  # noqa: D102
    @property
    def resume_actions(self) -> ResumeActions: ...  # noqa: D102
    @property
    def tell_history(self) -> TellHistory: ...  # noqa: D102
    @property
    def notify_sign_in(self) -> NotifySignIn: ...  # noqa: D102
    @property
    def revoke(self) -> Revoke: ...  # noqa: D102
    @property
    def keep_alive(self) -> KeepAlive: ...  # noqa: D102
    @property
    def follow_channel(self) -> FollowChannel: ...  # noqa: D102
    @property
    def off_board(self) -> OffBoard: ...  # noqa: D102
    @property
    def clear_up(self) -> ClearUp: ...  # noqa: D102
    @property
    def cut_app_off(self) -> CutAppOff: ...  # noqa: D102
    @property
    def sweep_members(self) -> SweepMembers: ...  # noqa: D102
    @property
    def tell_unreadable(self) -> TellUnreadable: ...  # noqa: D102
    @property
    def record_late(self) -> RecordLate: ...  # noqa: D102
    def follow(self, trace_id: str) -> None:
        """Every log line from here on carries this id."""


class ConnectionsContainer(Protocol):
    """What the connections queue needs of the composition root."""

    @property
    def converse(self) -> Converse: ...  # noqa: D102 - named by its type
    @property
    def tell_unreadable(self) -> TellUnreadable: ...  # noqa: D102
    def follow(self, trace_id: str) -> None:
        """Every log line from here on carries this id."""


def handle_actions(event: Mapping[str, Any], container: ActionsContainer) -> dict[str, Any]:
    """A batch of the actions queue."""
    return _batch(event, container, lambda message, record: _act(message, record, container))


def handle_connections(event: Mapping[str, Any], container: ConnectionsContainer) -> dict[str, Any]:
    """A batch of the connections queue."""
    return _batch(
        event,
        container,
        lambda message, record: container.converse(_only_interaction(message), record["messageId"]),
    )


def _batch(
    event: Mapping[str, Any],
    container: ActionsContainer | ConnectionsContainer,
    take: Callable[[Message, Mapping[str, Any]], None],
) -> dict[str, Any]:
    """Partial batch responses (docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)."""
    failures = []
    for record in event["Records"]:
        delivery = record["messageId"]
        container.follow("")
        try:
            message = _message(record["body"])
            container.follow(_trace_id(message))
            _take(message, record, container, take)
        except ChatRefused as error:
            # Chat will never take it (a person who left, a channel that is gone): delivering again helps nobody.
            _LOG.warning("nobody to tell", extra={"reason": error.reason, "message_id": delivery})
        except CountersignError as error:
            _LOG.warning("message failed", extra={"code": error.code, "detail": str(error), "message_id": delivery})
            failures.append({"itemIdentifier": delivery})
        except Exception:  # noqa: BLE001 - one bad message must not send its batch back
            # What nobody foresaw goes back to the queue, and after five times to where an alarm waits.
            _LOG.exception("message failed", extra={"message_id": delivery})
            failures.append({"itemIdentifier": delivery})
    return {"batchItemFailures": failures}


def _take(
    message: Message,
    record: Mapping[str, Any],
    container: ActionsContainer | ConnectionsContainer,
    take: Callable[[Message, Mapping[str, Any]], None],
) -> None:
    """One message. Who asked for what a row stands in the way of is told so, at its first delivery."""
    try:
        take(message, record)
    except Unreadable:
        if message.get("kind") == "interaction" and _deliveries(record) == "1":
            container.tell_unreadable(_interaction(message))
        raise


def _deliveries(record: Mapping[str, Any]) -> str:
    """How often the queue has handed it out; it is the first time where that isn't said."""
    return str(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))


def _sent_at(record: Mapping[str, Any]) -> int:
    """When SQS took it, in epoch seconds. No sender says that."""
    return _read(lambda content: int(content["attributes"]["SentTimestamp"]) // 1000, record)


def _trace_id(message: Message) -> str:
    interaction = message.get("interaction")
    held = interaction if isinstance(interaction, dict) else message
    return str(held.get("trace_id", ""))


def _message(body: str) -> Message:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("a message that is no JSON") from error
    if not isinstance(message, dict) or message.get("v") != VERSION:
        raise Malformed("a message of a version that this code does not know")
    return message


def _only_interaction(message: Message) -> Interaction:
    """Of a queue that carries nothing else."""
    if message.get("kind") != "interaction":
        raise Malformed("a message of a kind that this code does not know")
    return _interaction(message)


def _interaction(message: Message) -> Interaction:
    return _read(Interaction.from_json, message.get("interaction"))


def _read[T](read: Callable[[Mapping[str, Any]], T], content: Any) -> T:
    try:
        return read(content)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed("a message without what its kind must have") from error


def _act(message: Message, record: Mapping[str, Any], container: ActionsContainer) -> None:
    match message:
        case {"kind": "interaction"}:
            _interact(_interaction(message), container)
        case {"kind": "resume", "action": str(action)}:
            container.resume_actions.resume(_person(message), action)
        case {"kind": "connected", "app": str(app), "intent": str(intent)}:
            container.resume_actions.after_sign_in(_person(message), app, intent)
        case {"kind": "sign_in_burnt", "intent": str(intent)}:
            container.notify_sign_in.opened_by_another(intent)
        case {"kind": "new_link", "intent": str(intent)}:
            container.notify_sign_in.new_link(intent)
        case {"kind": "channel_moved", "old": str(old), "new": str(new)}:
            container.follow_channel(old, new)
        case {"kind": "revoke", "app": str(app)}:
            container.revoke.of_person(_person(message), app)
        case {"kind": "renew", "app": str(app)}:
            container.keep_alive(_person(message), app)
        case {"kind": "audit", "event": dict(event)}:
            container.record_late(_read(LateEvent.from_json, event), _sent_at(record))
        case _:
            _by_pages(message, container)


def _by_pages(message: Message, container: ActionsContainer) -> None:
    """What is cleared up page by page: after somebody left, or an app was cut off, and to find who left unnoticed."""
    match message:
        case {"kind": "left", "departure": dict(departure)}:
            container.off_board(_read(Departure.from_json, departure))
        case {"kind": "purge", "purge": dict(purge)}:
            container.clear_up(_read(Purge.from_json, purge))
        case {"kind": "cut_app", "cut": dict(cut)}:
            container.cut_app_off(_read(CutApp.from_json, cut))
        case {"kind": "sweep", "workspace": str(workspace), "organisation": organisation, "cursor": str(cursor)}:
            container.sweep_members(Workspace(workspace, organisation), cursor)
        case _:
            raise Malformed("a message of a kind that this code does not know")


def _person(message: Message) -> Person:
    return _read(lambda content: Person(str(content["tenant"]), str(content["user_id"])), message)


def _interact(interaction: Interaction, container: ActionsContainer) -> None:
    match interaction.kind, interaction.name:
        case Kind.FORM, _:
            state = FormState.from_text(interaction.state)
            if state.card is not None:
                button = CardButton(state.recipe, state.card, state.procedure, state.shown or "")
                container.start_action.decide(interaction, button)
            else:
                container.start_action.start(interaction, state.recipe)
        case Kind.BUTTON, name:
            _press(name, interaction, container)
        case Kind.SHORTCUT, name:
            container.start_action.start(interaction, shortcut_recipe(name))
        case _, _ if interaction.value == HISTORY:
            container.tell_history(interaction)
        case _:
            container.start_action.command(interaction)


def _press(name: str, interaction: Interaction, container: ActionsContainer) -> None:
    match name:
        case names.CARD_CHOOSE:
            container.start_action.decide(interaction, CardButton.from_value(interaction.value))
        case names.CONNECT_OPEN:
            container.resume_actions.prompt_opened(interaction)
        case names.ACTION_RETRY:
            container.resume_actions.retry(interaction)
        case names.ACTION_HAPPENED | names.ACTION_NOT_HAPPENED:
            container.resume_actions.told(interaction, happened=name == names.ACTION_HAPPENED)
        case names.FORM_LOAD:
            container.fill_form(interaction)
        case names.FORM_OPEN:
            container.start_action.start(interaction, interaction.value)
        case _:
            raise Malformed("a button that this code does not know")
