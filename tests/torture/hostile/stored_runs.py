"""All that reads rows, run over one that is wrong (C9): it stops, with words, and does nothing in anybody's name."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any, Final

from botocore.exceptions import ClientError

from countersign.domain.audit import AuditQuery
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left, purge_of
from countersign.domain.errors import CountersignError
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.queue_messages import (
    cut_app_message,
    left_message,
    purge_message,
    renew_message,
    revoke_message,
)
from countersign.domain.texts.names import CONNECTIONS_DISCONNECT, CONNECTIONS_FORGET
from countersign.entrypoints import oauth, schedule
from tests.support.acting_world import CARD, JOSIE, WORKSPACE
from tests.support.every_event import is_api_gateways
from tests.support.two_browsers import landed
from tests.torture.hostile.journey import Journey, request
from tests.torture.hostile.judge import Verdicts
from tests.torture.hostile.mutation import Mutator
from tests.torture.hostile.stored_rows import Tampered, Tampering
from tests.torture.hostile.stored_world import NOW, PRIYA, Place, StoredWorld, stored_world
from tests.torture.measure import Share

MOSTLY: Final = 0.95
"""How often the row that is wrong is one that is read."""
SEALED_TO: Final = frozenset({"sealed", "account", "version", "workspace"})
"""Attributes of a connection that its seal is bound to: with another one in their place nothing is done."""
LEFT: Final = Departure(Left.DEACTIVATED, "T0ACME", None, None, "U0JOSIE", NOW, "trace")

type Trigger = Callable[[StoredWorld], Any]


def _typed(words: str) -> Trigger:
    return lambda world: world.deliver(_message(world, Kind.TEXT, value=words), queue="connections")


def _pressed(name: str, value: str) -> Trigger:
    return lambda world: world.deliver(_message(world, Kind.BUTTON, name=name, value=value), queue="connections")


def _message(world: StoredWorld, kind: Kind, **more: Any) -> dict[str, Any]:
    asked = Interaction(f"Ev-{kind}", kind, JOSIE, WORKSPACE, ReplyTo("D1"), at=world.now, **more)
    return {"v": 1, "kind": "interaction", "interaction": asked.as_json()}


def _journey(world: StoredWorld) -> Journey:
    return Journey(world, "servicenow", link=world.links.link)


def _slack_callback(world: StoredWorld) -> Any:
    state, cookie = world.links.at_slack
    query = {"code": _journey(world).code(), "state": state}
    answer = oauth.handle(request("slack_callback", "/oauth/slack/callback", query, None, cookie), world)
    return landed(answer, world, cookie)


TRIGGERS: Final[Mapping[str, Trigger]] = {
    "josie approves": lambda world: world.deliver(_clicked(world)),
    "history": lambda world: world.deliver(_message(world, Kind.TEXT, value="history")),
    "connections": _typed("connections"),
    "home": lambda world: world.deliver(_message(world, Kind.HOME), queue="connections"),
    "disconnect": _pressed(CONNECTIONS_DISCONNECT, "servicenow"),
    "forget me": _pressed(CONNECTIONS_FORGET, ""),
    "resume": lambda world: world.deliver(_of(PRIYA, "resume", action=f"{CARD}#approve#0")),
    "connected": lambda world: world.deliver(_of(PRIYA, "connected", app="servicenow", intent=_intent(world))),
    "new link": lambda world: world.deliver({"v": 1, "kind": "new_link", "intent": _intent(world)}),
    "burnt": lambda world: world.deliver({"v": 1, "kind": "sign_in_burnt", "intent": _intent(world)}),
    "revoke": lambda world: world.deliver(dict(revoke_message(JOSIE, "servicenow", "trace"))),
    "renew": lambda world: world.deliver(dict(renew_message(JOSIE, "servicenow"))),
    "left": lambda world: world.deliver(dict(left_message(LEFT))),
    "purge": lambda world: world.deliver(dict(purge_message(purge_of(LEFT)))),
    "cut app": lambda world: world.deliver(
        dict(cut_app_message(CutApp("servicenow", "T0ACME", JOSIE.key, NOW, "trace")))
    ),
    "house": schedule.handle,
    "house, later": lambda world: (setattr(world, "now", NOW + 90_000), schedule.handle(world)),
    "link": lambda world: _journey(world).look(),
    "go": lambda world: _journey(world).press("go", world.links.link, ""),
    "slack": _slack_callback,
    "app": lambda world: _journey(world).back(*world.links.at_app),
    "confirm": lambda world: _journey(world).confirm(*world.links.confirm),
    "decline": lambda world: _journey(world).confirm(*world.links.confirm, "decline"),
    "hook": lambda world: [
        world.cards.hook_card("approve_change", "T0ACME", "hook-1", NOW),
        world.cards.moved_channel("C0OLD"),
        world.installations.get("T0ACME"),
        world.installations.list(),
        world.installations.first("T0ACME"),
        world.installations.get_state("a" * 64),
    ],
    "audit": lambda world: list(world.failures.events(AuditQuery(NOW - 9, NOW + 9))),  # type: ignore[attr-defined]
}
"""All that reads rows: people's clicks and words, messages, the schedule, browsers, hooks, the operator."""


def _clicked(world: StoredWorld) -> dict[str, Any]:
    return _message(world, Kind.BUTTON, name="card.choose", value=world.links.button, message=("C0APPROVALS", "100.1"))


def _of(person: Any, kind: str, **content: Any) -> dict[str, Any]:
    return {"v": 1, "kind": kind, "tenant": person.tenant, "user_id": person.user_id, "trace_id": "trace", **content}


def _intent(world: StoredWorld) -> str:
    return next(pk.partition("#")[2] for table, pk, sk in world.base if sk == "intent")


class Net(logging.Handler):
    """What the handlers caught and nobody foresaw."""

    def __init__(self) -> None:
        super().__init__()
        self.caught: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error, where it is none of ours."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, CountersignError):
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            where = f"{frame.tb_frame.f_code.co_qualname}:{frame.tb_lineno}" if frame else "?"
            self.caught.append(f"{type(error).__name__}: {str(error)[:120]} in {where}")


@contextmanager
def caught() -> Iterator[Net]:
    """The net under every entry point, for as long as the block runs; nothing is printed."""
    net, logger = Net(), logging.getLogger("countersign")
    before = logger.propagate, logger.level, logging.root.manager.disable
    logging.disable(logging.NOTSET)
    logger.addHandler(net)
    logger.propagate = False
    try:
        yield net
    finally:
        logger.removeHandler(net)
        logger.propagate = before[0]
        logging.disable(before[2])


def attack_rows(share: Share) -> Verdicts:
    """So many rows with something wrong, each read by something that reads such rows."""
    verdicts, mutator = Verdicts(), Mutator(share.seed)
    with caught() as net, stored_world() as world:
        tampering, reads = Tampering(mutator, world.base), {name: rows_read(world, name) for name in TRIGGERS}
        for number in range(share.count):
            name = mutator.chance.choice(list(TRIGGERS))
            row = tampering.one(reads[name] if mutator.chance.random() < MOSTLY else ())
            what = f"seed {share.seed}, row {number} ({' '.join(row.place)}: {row.how}; {name})"
            verdicts.classes["C9"] += 1
            for fault in faults_of(world, row, name, net):
                verdicts.fault(f"{what}: {fault}")
                verdicts.uncaught += fault.startswith("escaped")
    return verdicts


def rows_read(world: StoredWorld, name: str) -> list[Place]:
    """Which rows something reads while all of them are right; what it says of that is nobody's concern."""
    world.begin_round()
    world.read.clear()
    with suppress(CountersignError):
        TRIGGERS[name](world)
    return sorted(place for place in world.read if place in world.base)


def faults_of(world: StoredWorld, row: Tampered, name: str, net: Net) -> Iterator[str]:
    """Put the row there, let it be read, and see what is wrong with what came of that."""
    world.begin_round()
    net.caught.clear()
    try:
        world.write(row.place, row.item)
    except ClientError:
        return  # DynamoDB itself refuses such a row
    answer = None
    try:
        answer = TRIGGERS[name](world)
    except CountersignError:
        pass
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        yield f"escaped: {type(error).__name__}: {str(error)[:200]}"
    yield from (f"escaped: {one}" for one in net.caught)
    unforeseen = [
        facts
        for event, facts in world.journal.events
        if event == "housekeeping_failed" and facts["code"] == "unforeseen"
    ]  # type: ignore[attr-defined]
    yield from (f"escaped: {facts}" for facts in unforeseen)
    yield from _faults_of_acts(world, row, name)
    if isinstance(answer, dict) and not is_api_gateways(answer):
        yield "an answer that API Gateway refuses"
    if isinstance(answer, dict) and "</title>" not in answer["body"] and answer["statusCode"] != HTTPStatus.FOUND:
        yield "no page"
    if name in ASKED and isinstance(answer, list) and answer and not world.slack.told:
        yield "whoever asked was told nothing"


ASKED: Final = frozenset({"josie approves", "history", "connections", "home", "disconnect", "forget me"})


def _faults_of_acts(world: StoredWorld, row: Tampered, name: str) -> Iterator[str]:
    acted = world.servicenow.acted_with  # type: ignore[attr-defined]
    if len(acted) > 1:
        yield f"done {len(acted)} times"
    if any(token != "at-josie" for token in acted):
        yield f"done with {acted}"
    if acted and name not in {"josie approves", "house", "house, later"}:
        yield "done, and nobody asked"
    table, pk, _ = row.place
    if acted and table == "ConnectionsTable" and pk == JOSIE.key and row.names & SEALED_TO:
        yield "done with a connection whose seal is of another row"
