"""Hostile messages in the queues (C10): whatever one holds, the others of its batch are done and only it goes back."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from unittest import mock

from tests.support.every_event import FILES, EveryWorld, load_handler, sent
from tests.torture.hostile.judge import Verdicts
from tests.torture.hostile.mutation import Mutator
from tests.torture.measure import Share

FOLDERS: Final = ("app_actions", "connections")
ANEW: Final = 100
MOST: Final = 10
"""Records of a batch."""
KINDS: Final = ("dance", "", "interaction ", "Interaction", "resume", "purge", "left", None, 7, ["revoke"], {})
VERSIONS: Final = (0, 2, -1, "1", 1.5, None, True, [], 10**30)
NO_JSON: Final = (
    "",
    " ",
    "{",
    "null",
    "7",
    '"x"',
    "[]",
    "\ufeff{}",
    "payload=1",
    "[" * 20_000,
    '{"v":1,"v":2}',
    "\ud800",
)

type Record = dict[str, Any]
type Handlers = Mapping[str, Callable[[Any], dict[str, Any]]]


class Batches:
    """Makes them of the recorded messages."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator, self.chance = mutator, mutator.chance
        recorded = {name: sent(name)["Records"] for name in FILES if name.partition("/")[0] in FOLDERS}
        self.good = {name: records[0] for name, records in recorded.items()}

    def one(self) -> tuple[str, list[Record]]:
        """(which function's, up to ten records: hostile ones, good ones, and some of them twice)."""
        folder = self.chance.choice(FOLDERS)
        names = [name for name in self.good if name.startswith(f"{folder}/")]
        batch: list[Record] = []
        for place in range(self.chance.randrange(1, MOST + 1)):
            record = self.good[self.chance.choice(names)]
            match self.chance.randrange(6):
                case 0:
                    made = dict(record)
                case 1 if batch:
                    made = dict(self.chance.choice(batch))  # delivered twice, in one batch
                case _:
                    made = {**record, "body": self._body(record["body"])}
            batch.append({**made, "messageId": f"{folder}-{place}"})
        if len(batch) > 1 and self.chance.random() < 1 / 10:
            batch[-1]["messageId"] = batch[0]["messageId"]
        return folder, batch

    def _body(self, good: str) -> str:
        try:
            content = json.loads(good)
        except ValueError:
            content = {}
        match self.chance.randrange(8):
            case 0:
                return self.chance.choice(NO_JSON)
            case 1 if isinstance(content, dict):
                return json.dumps({**content, "kind": self.chance.choice(KINDS)})
            case 2 if isinstance(content, dict):
                return json.dumps({**content, "v": self.chance.choice(VERSIONS)})
            case _:
                return self.mutator.json_text(content)


def attack_queues(share: Share) -> Verdicts:
    """So many records, in batches of up to ten; and that what goes wrong alone goes wrong in company, and no more."""
    verdicts, batches = Verdicts(), Batches(Mutator(share.seed))
    number = 0
    while (done := verdicts.classes["C10"]) < share.count:
        if number % ANEW == 0:
            handlers = _handlers()
        folder, batch = batches.one()
        batch = batch[: share.count - done]
        verdicts.classes["C10"] += len(batch)
        _deliver(handlers[folder], batch, verdicts, f"seed {share.seed}, batch {number} ({folder})")
        number += 1
    return verdicts


def _handlers() -> Handlers:
    """The functions in one world, which stays between batches: what one left behind the next one meets."""
    with mock.patch("countersign.bootstrap.container", return_value=EveryWorld()):
        return {folder: load_handler(folder) for folder in FOLDERS}


def _deliver(handle: Any, records: list[Record], verdicts: Verdicts, what: str) -> None:
    try:
        answer = handle({"Records": records})
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        verdicts.uncaught += 1
        verdicts.fault(f"{what}: {type(error).__name__} escaped: {str(error)[:200]}")
        return
    failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    known = [record["messageId"] for record in records]
    if not set(failed) <= set(known) or any(failed.count(one) > known.count(one) for one in failed):
        verdicts.fault(f"{what}: {failed} is to come back")
    for record in records:
        if record["messageId"] not in failed and not _is_ours(record["body"]):
            verdicts.fault(f"{what}: {record['body'][:80]!r} was taken for done")


def _is_ours(body: str) -> bool:
    """Whether it is a message at all: of our version, with a kind."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(message, dict) and message.get("v") == 1 and isinstance(message.get("kind"), str)
