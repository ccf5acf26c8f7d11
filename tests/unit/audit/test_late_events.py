"""A late event is believed as far as its times fit what the queue itself says of it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.audit import LateEvent
from countersign.domain.queue_messages import audit_message
from countersign.entrypoints.queues import handle_actions
from tests.support.acting_world import JOSIE, ActingWorld
from tests.support.memory_sign_in import MemoryAuditLog

SENT = 1_800_000_000
DAY = 86_400
LATE = LateEvent("disconnected", JOSIE, {"app": "servicenow", "workspace": "T0ACME"}, "once", None, SENT)


def brought(late: LateEvent, **record: Any) -> tuple[bool, list[str]]:
    """Whether it failed, and what then stands in the trail."""
    world, trail = ActingWorld(), MemoryAuditLog()
    world.__dict__["audit_trail"] = trail
    event = {"Records": [{"messageId": "m", "body": json.dumps(audit_message(late)), **record}]}
    return bool(handle_actions(event, world)["batchItemFailures"]), trail.names


def sent(**attributes: str) -> dict[str, Any]:
    return {"attributes": {"ApproximateReceiveCount": "1", **attributes}}


@pytest.mark.parametrize("changes", [{"tried_at": SENT - 14 * DAY}, {"tried_at": SENT + 60}, {"at": SENT - 80 * DAY}])
def test_what_waited_for_a_person_as_a_dead_letter_is_written(changes: dict[str, int]) -> None:
    assert brought(replace(LATE, **changes), **sent(SentTimestamp=f"{SENT}999")) == (False, ["disconnected"])


@pytest.mark.parametrize(
    "changes",
    [{"tried_at": SENT - 14 * DAY - 1}, {"tried_at": SENT + 61}, {"at": SENT + 61}, {"at": SENT, "tried_at": 0}],
)
def test_what_is_dated_long_back_or_ahead_is_set_aside(changes: dict[str, int]) -> None:
    assert brought(replace(LATE, **changes), **sent(SentTimestamp=f"{SENT}999")) == (True, [])


@pytest.mark.parametrize("record", [{}, sent(), sent(SentTimestamp="soon")])
def test_without_the_queues_own_time_nothing_is_written(record: dict[str, Any]) -> None:
    assert brought(LATE, **record) == (True, [])
