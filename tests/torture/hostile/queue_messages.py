"""Hostile messages in the queues: whatever one holds, the others of its batch are done and only it goes back."""

import json
from typing import Any, Final
from unittest import mock

from tests.support.every_event import FILES, EveryWorld, load_handler, sent
from tests.torture.hostile.judge import Verdicts
from tests.torture.hostile.mutation import Mutator
from tests.torture.measure import Share

FOLDERS: Final = ("app_actions", "connections")
ANEW: Final = 100


def attack_queues(share: Share) -> Verdicts:
    """So many batches of a good message between two hostile ones."""
    verdicts, mutator = Verdicts(), Mutator(share.seed)
    good = {name: sent(name)["Records"] for name in FILES if name.partition("/")[0] in FOLDERS}
    for first in range(0, share.count, ANEW):
        world = EveryWorld()
        with mock.patch("countersign.bootstrap.container", return_value=world):
            handlers = {folder: load_handler(folder) for folder in FOLDERS}
        for number in range(first, min(first + ANEW, share.count)):
            name = mutator.chance.choice(list(good))
            records = [_hostile(good[name][0], mutator, at) for at in ("first", "last")]
            records.insert(1, {**good[name][0], "messageId": "good"})
            _deliver(handlers[name.partition("/")[0]], records, verdicts, f"seed {share.seed}, batch {number} ({name})")
    return verdicts


def _hostile(record: dict[str, Any], mutator: Mutator, message_id: str) -> dict[str, Any]:
    try:
        content = json.loads(record["body"])
    except ValueError:
        content = {}
    return {**record, "messageId": message_id, "body": mutator.json_text(content)}


def _deliver(handle: Any, records: list[dict[str, Any]], verdicts: Verdicts, what: str) -> None:
    try:
        answer = handle({"Records": records})
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        verdicts.uncaught += 1
        verdicts.fault(f"{what}: {type(error).__name__} escaped: {str(error)[:200]}")
        return
    failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    if not set(failed) <= {record["messageId"] for record in records} or len(set(failed)) != len(failed):
        verdicts.fault(f"{what}: {failed} is to come back")
