"""One suite for the ledger's port: the fake that use-case tests trust, and DynamoDB."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from countersign.adapters.dynamodb.actions import DynamoActionStore
from countersign.adapters.dynamodb.table import Table
from countersign.domain.action import WAITING_SECONDS, Action, ActionStatus, moved
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import ReplyTo
from countersign.domain.standing import Standing
from countersign.domain.tokens import Sealed
from countersign.ports.stores import ActionStore
from tests.support.memory_ledger import MemoryActionStore

JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
NOW = 1_800_000_000
CARD = "c" * 32


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> ActionStore:
    if request.param == "memory":
        return MemoryActionStore()
    return DynamoActionStore(request.getfixturevalue("table"), retention=86_400)


@pytest.fixture
def action() -> Callable[..., Action]:
    def make(action_id: str = f"{CARD}#approve#0", person: Person = JOSIE, **changes: object) -> Action:
        plain = Action(
            id=action_id,
            person=person,
            workspace=Workspace("T0ACME"),
            recipe="approve_change",
            procedure="approve",
            card=CARD,
            subject="servicenow#chg1",
            status=ActionStatus.OPEN,
            created_at=NOW,
            version=1,
            trace_id="trace",
            reply_to=ReplyTo("C1", None, None),
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    return make


type Make = Callable[..., Action]


def test_what_was_created_comes_back_whole(store: ActionStore, action: Make) -> None:
    full = action(
        inputs=Sealed("key", b"\x00edk", b"nonce", b"\xffct"),
        results={"approve": {"state": "approved"}},
        waiting_for="servicenow",
        account_id="a1",
        account_label="josie@acme.com",
        sends=1,
        shown="abc",
        step=1,
        sent_at=NOW,
        decided_at=NOW + 1,
        standing=Standing.WAITS,
        shortfall="Jira did not allow it.",
        also_as=("josie@acme.com in ServiceNow",),
    )

    store.create(full)

    assert store.get(JOSIE, full.id) == full


def test_an_action_that_is_not_there_is_none(store: ActionStore) -> None:
    assert store.get(JOSIE, "nothing") is None


def test_the_reply_address_is_never_stored(store: ActionStore, action: Make) -> None:
    store.create(action(reply_to=ReplyTo("C1", None, "https://hooks.slack.com/actions/secret")))

    assert store.get(JOSIE, f"{CARD}#approve#0") == action()


def test_the_same_action_is_created_once(store: ActionStore, action: Make) -> None:
    store.create(action())

    with pytest.raises(Conflict):
        store.create(action())


def test_another_persons_action_of_the_same_id_is_another_row(store: ActionStore, action: Make) -> None:
    store.create(action())
    store.create(action(person=TOM))

    assert store.get(TOM, f"{CARD}#approve#0") == action(person=TOM)


def test_saving_moves_the_version(store: ActionStore, action: Make) -> None:
    store.create(action())

    saved = store.save(moved(action(), ActionStatus.CLAIMED, owner="w1", owned_until=NOW + 10))

    assert (saved.version, store.get(JOSIE, saved.id)) == (2, saved)


def test_a_save_over_another_version_loses(store: ActionStore, action: Make) -> None:
    store.create(action())
    store.save(action(owner="w1"))

    with pytest.raises(Conflict):
        store.save(action(owner="w2"))


def test_a_persons_actions_on_a_card_come_oldest_first_and_no_other_cards(store: ActionStore, action: Make) -> None:
    store.create(action(f"{CARD}#reject#0", created_at=NOW + 5))
    store.create(action(f"{CARD}#approve#0", created_at=NOW))
    store.create(action(f"{'d' * 32}#approve#0"))
    store.create(action(person=TOM))

    assert [a.id for a in store.of_card(JOSIE, CARD)] == [f"{CARD}#approve#0", f"{CARD}#reject#0"]


def test_only_open_actions_wait_for_a_sign_in_to_their_app(store: ActionStore, action: Make) -> None:
    store.create(action("a#approve#0", waiting_for="servicenow"))
    store.create(action("b#approve#0", waiting_for="salesforce"))
    store.create(action("c#approve#0", waiting_for=None))
    claimed = action("d#approve#0", waiting_for="servicenow")
    store.create(claimed)
    store.save(moved(claimed, ActionStatus.CLAIMED, owner="w1", owned_until=NOW + 10))

    assert [a.id for a in store.waiting(JOSIE, "servicenow")] == ["a#approve#0"]


def test_all_that_waits_comes_page_by_page_whatever_it_waits_for(store: ActionStore, action: Make) -> None:
    waiting = {f"{n}#approve#0": "servicenow" if n % 2 else "salesforce" for n in range(5)}
    for action_id, app in waiting.items():
        store.create(action(action_id, waiting_for=app))
    store.create(action("9#approve#0", waiting_for=None))
    store.create(action("8#approve#0", person=TOM, waiting_for="servicenow"))

    pages, after = list[str](), None
    for size in (2, 2, 2):
        page, after = store.all_waiting(JOSIE, after, size)
        pages += [each.id for each in page]
    assert (sorted(pages), after) == (sorted(waiting), None)


def test_the_history_is_newest_first(store: ActionStore, action: Make) -> None:
    for at in range(5):
        store.create(action(f"run#{at}", created_at=NOW + at))

    assert [a.id for a in store.recent(JOSIE, 2)] == ["run#4", "run#3"]


def test_a_record_is_held_by_one_action(store: ActionStore, action: Make) -> None:
    assert store.claim_subject("servicenow#chg1", action()) is None
    assert store.claim_subject("servicenow#chg1", action()) is None  # a redelivery of the same action

    held = store.claim_subject("servicenow#chg1", action(person=TOM))

    assert held == {"person": JOSIE.key, "action": f"{CARD}#approve#0", "status": "held"}


def test_a_freed_record_can_be_held_by_another(store: ActionStore, action: Make) -> None:
    store.claim_subject("servicenow#chg1", action())
    store.free_subject("servicenow#chg1", action())

    assert store.claim_subject("servicenow#chg1", action(person=TOM)) is None


def test_only_its_holder_frees_a_record(store: ActionStore, action: Make) -> None:
    store.claim_subject("servicenow#chg1", action())
    store.free_subject("servicenow#chg1", action(person=TOM))

    assert store.claim_subject("servicenow#chg1", action(person=TOM)) is not None


def test_a_settled_record_stays_settled(store: ActionStore, action: Make) -> None:
    store.claim_subject("servicenow#chg1", action())
    store.settle_subject("servicenow#chg1", action())
    store.settle_subject("servicenow#chg1", action())
    store.free_subject("servicenow#chg1", action())

    holder = store.claim_subject("servicenow#chg1", action(person=TOM))

    assert holder == {"person": JOSIE.key, "action": f"{CARD}#approve#0", "status": "settled"}


def test_only_its_holder_settles_a_record(store: ActionStore, action: Make) -> None:
    store.claim_subject("servicenow#chg1", action())

    with pytest.raises(Conflict):
        store.settle_subject("servicenow#chg1", action(person=TOM))


def test_what_nobody_is_at_becomes_due(store: ActionStore, action: Make) -> None:
    store.create(action("open#approve#0"))
    store.create(action("ended#approve#0", status=ActionStatus.FAILED, ended_at=NOW, told=True))
    store.create(action("untold#approve#0", status=ActionStatus.DONE, ended_at=NOW, told=False))

    assert [a.id for a in store.due(NOW + 59, 10)] == []
    assert [a.id for a in store.due(NOW + 60, 10)] == ["untold#approve#0"]
    assert {a.id for a in store.due(NOW + WAITING_SECONDS, 10)} == {"untold#approve#0", "open#approve#0"}


def test_a_lost_reply_of_our_own_write_is_no_conflict(table: Table, action: Make) -> None:
    """The write took effect, its reply got lost, the SDK sends it again: the second one must not look like a loss."""
    client = table._client
    store = DynamoActionStore(table, retention=1)
    store.create(action())
    calls: list[str] = []

    def lose_first_reply(params: dict[str, object], **_: object) -> None:
        calls.append("put")
        if len(calls) == 1:
            client.put_item(**params)  # type: ignore[arg-type]

    client.meta.events.register("provide-client-params.dynamodb.PutItem", lose_first_reply)
    saved = store.save(action())

    assert (saved.version, store.get(JOSIE, saved.id)) == (2, saved)


def test_a_row_that_cannot_be_read_is_put_off_and_stops_no_other(table: Table, action: Make) -> None:
    store = DynamoActionStore(table, retention=1)
    store.create(action("bad#approve#0"))
    store.create(action("good#approve#0"))
    table.update(JOSIE.key, "action#bad#approve#0", "SET #status = :odd", "attribute_exists(pk)", {"odd": "odd"})

    first = store.due(NOW + WAITING_SECONDS, 10)
    again = table._query(
        "due_kind = :kind AND due_at <= :now",
        {"kind": "action", "now": NOW + WAITING_SECONDS},
        {"IndexName": "due-index"},
        10,
    )

    assert [a.id for a in first] == ["good#approve#0"]
    assert [item["sk"] for item in again] == ["action#good#approve#0"]
