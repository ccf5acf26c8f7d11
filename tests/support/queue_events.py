"""The messages of both queues as SQS hands them to the functions: what stands in ``events/{app_actions,connections}``.

Each is made by the product itself: from the recorded requests of Slack's, or by ``domain.queue_messages``. After a
change of shape, ``PYTHONPATH=layers/core/python:layers/catalog python -m tests.support.queue_events`` writes them anew.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from countersign.domain.action import Action, ActionStatus
from countersign.domain.audit import LateEvent
from countersign.domain.card_button import RetryButton
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left, purge_of
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.queue_messages import (
    audit_message,
    channel_moved_message,
    connected_message,
    cut_app_message,
    interaction_message,
    left_message,
    new_link_message,
    purge_message,
    renew_message,
    resume_message,
    revoke_message,
    sign_in_burnt_message,
    sweep_message,
    waiting_message,
)
from countersign.domain.sign_in import Intent
from countersign.entrypoints.slack import handle
from tests.support.scripted_servicenow import CHANGE
from tests.support.slack_ingress import Ingress
from tests.support.slack_requests import NOW, load, signed
from tools.events import EVENTS

ACME = Workspace("T0ACME")
JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
CARD = "5f1d7a84c1b04f6b9a1e0d3c2b1a0f9e"
INTENT = Intent(
    id_hash="9b74c9897bac770ffc029102a200c5de",
    person=TOM,
    workspace="T0ACME",
    organisation=None,
    app="servicenow",
    base_url="https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/v1",
    person_name="@tom",
    person_email="tom@acme.com",
    workspace_name="Acme",
    created_at=NOW,
    expires_at=NOW + 600,
    trace_id="6f3d2c1b-0000-4000-8000-000000000001",
)
LEFT = Departure(Left.DEACTIVATED, "T0ACME", None, None, "U0JOSIE", NOW, "6f3d2c1b-0000-4000-8000-000000000001")
ACTION = Action(
    id=f"{CARD}#approve#0",
    person=JOSIE,
    workspace=ACME,
    recipe="approve_change",
    procedure="approve",
    card=CARD,
    subject=f"servicenow#{CHANGE}#0",
    status=ActionStatus.OPEN,
    created_at=NOW,
    version=1,
    trace_id="6f3d2c1b-0000-4000-8000-000000000001",
    reply_to=ReplyTo(),
    shown="8674ff960bedbe20",
)
CUTTING = CutApp("servicenow", ACME.id, "T0ACME/U0PRIYA", NOW, ACTION.trace_id)
LATE = {"app": "servicenow", "workspace": ACME.id, "account": "id-josie", "trace_id": ACTION.trace_id}
RETRY = RetryButton(ACTION.id, ACTION.shown or "")
FROM_SLACK = {
    "app_actions": (
        "button_approve",
        "button_connect_link",
        "button_foreign_person",
        "button_form_load",
        "form_comment",
        "form_opportunity_organisation",
    ),
    "connections": (
        "button_disconnect_in_home",
        "command_connections",
        "command_help",
        "event_home_opened",
        "event_mention",
        "event_mention_foreign_person",
        "event_message_connections",
    ),
}
"""Requests of ``events/slack_interactions`` whose interaction is queued for the function."""
_QUEUES = {"app_actions": "ActionsQueue", "connections": "ConnectionsQueue"}
_CUT_OFF = '{"v":1,"kind":"interaction","interaction":{"id":"1111.2222.click","kind":"butt'

type Batch = list[Mapping[str, Any] | str]


def batches() -> dict[tuple[str, str], Batch]:
    """The bodies of each event's messages, by folder and file name."""
    queued = {(folder, name): [_queued(name)] for folder, names in FROM_SLACK.items() for name in names}
    built = {
        "button_retry": interaction_message(_button("action.retry", RETRY.as_value())),
        "button_happened": interaction_message(_button("action.happened", ACTION.id)),
        "button_not_happened": interaction_message(_button("action.not_happened", ACTION.id)),
        "message_history": interaction_message(_typed("history")),
        "connected": connected_message(INTENT),
        "channel_moved": channel_moved_message("G0APPROVALS", "C0SHARED", ACTION.trace_id),
        "sign_in_burnt": sign_in_burnt_message(INTENT),
        "new_link": new_link_message(INTENT),
        "revoke": revoke_message(JOSIE, "servicenow", ACTION.trace_id),
        "renew": renew_message(JOSIE, "servicenow"),
        "left": left_message(LEFT),
        "purge": purge_message(purge_of(LEFT)),
        "sweep": sweep_message(ACME, ""),
        "cut_app": cut_app_message(CUTTING),
        "cut_app_ended": cut_app_message(replace(CUTTING, cut=1, ended=True)),
        "audit": audit_message(LateEvent("disconnected", JOSIE, LATE, "T0ACME/U0JOSIE servicenow", None, NOW)),
        "resume": resume_message(ACTION),
        "waiting": waiting_message(replace(ACTION, waiting_for="servicenow")),
        "unknown_kind": {"v": 1, "kind": "dance", "trace_id": ACTION.trace_id},
    }
    talked = {
        "button_connections": interaction_message(_button("connections.show", "")),
        "button_connect": interaction_message(_button("connections.connect", "salesforce")),
        "button_connect_shared": interaction_message(_button("connections.connect_shared", "salesforce")),
        "button_forget_me": interaction_message(_button("connections.forget", "")),
        "button_pause_app": interaction_message(_button("connections.admin.pause_app", "servicenow")),
        "picker_cut_person": interaction_message(_button("connections.admin.choose_person", "U0TOM")),
        "button_cut_person": interaction_message(_button("connections.admin.cut_person", "U0TOM")),
        "message_forget_me": interaction_message(_typed("forget me")),
        "message_command": interaction_message(_typed("create opportunity")),
        "no_interaction": {"v": 1, "kind": "interaction", "trace_id": ACTION.trace_id},
    }
    return {
        **queued,
        **{("app_actions", name): [body] for name, body in built.items()},
        **{("connections", name): [body] for name, body in talked.items()},
        **_broken("app_actions", built["message_history"]),
        **_broken("connections", interaction_message(_typed("help"))),
    }


def event(folder: str, name: str, batch: Batch) -> dict[str, Any]:
    """A batch as Lambda gets it (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, "Example message event")."""
    return {"Records": [_record(folder, f"{folder}/{name}/{place}", body) for place, body in enumerate(batch)]}


def _broken(folder: str, good: Mapping[str, Any]) -> dict[tuple[str, str], Batch]:
    return {
        (folder, "malformed"): [_CUT_OFF],
        (folder, "unknown_version"): [{**good, "v": 2}],
        (folder, "batch_with_one_malformed"): [good, _CUT_OFF, {**good, "trace_id": "another"}],
    }


def _queued(name: str) -> Mapping[str, Any]:
    """What the Slack function queues for a recorded request."""
    ingress = Ingress()
    handle(signed(load(name)), ingress)
    (message,) = [*ingress.actions.sent, *ingress.connections.sent]
    return message


def _button(name: str, value: str) -> Interaction:
    reply_to = ReplyTo("C0APPROVALS", None, "https://hooks.slack.com/actions/T0ACME/2222/cccc")
    click = Interaction(f"1111.3333.{name}", Kind.BUTTON, JOSIE, ACME, reply_to, name, value)
    return _now(click, message=("C0APPROVALS", "1785578004.000300"), private=True)


def _typed(words: str) -> Interaction:
    return _now(Interaction(f"Ev0{len(words)}", Kind.TEXT, JOSIE, ACME, ReplyTo("D0JOSIE"), value=words))


def _now(interaction: Interaction, **changes: Any) -> Interaction:
    return replace(interaction, foreign=False, trace_id=ACTION.trace_id, at=NOW, **changes)


def _record(folder: str, key: str, body: Mapping[str, Any] | str) -> dict[str, Any]:
    text = body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    digest = hashlib.sha256(key.encode()).digest()
    return {
        "messageId": str(UUID(bytes=digest[:16], version=4)),
        "receiptHandle": f"AQEB{base64.b64encode(digest * 4).decode()}",
        "body": text,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": f"{NOW}120",
            "SenderId": "AROAEXAMPLEEXAMPLEEX1:countersign-SlackInteractions",
            "ApproximateFirstReceiveTimestamp": f"{NOW}125",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:countersign-{_QUEUES[folder]}-1A2B3C4D5E6F",
        "awsRegion": "eu-central-1",
    }


def main() -> None:
    """Write every event of both functions."""
    for (folder, name), batch in batches().items():
        path = EVENTS / folder / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(event(folder, name, batch), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
