"""One suite for the sign-ins' port: the fake that use-case tests trust, and DynamoDB."""

from dataclasses import replace

import pytest

from countersign.adapters.dynamodb.sign_ins import DynamoSignInStore
from countersign.domain.connection import Account
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.domain.limits import Limit
from countersign.domain.proof import WantedCode
from countersign.domain.sign_in import CODE_SECONDS, Intent, IntentStatus, Leg, LegStep
from countersign.domain.tokens import Sealed
from countersign.ports.sign_ins import SignInStore
from tests.support.memory_sign_in import MemorySignInStore

NOW = 1_800_000_000
SEALED = Sealed("arn:key", b"\x00edk", b"nonce", b"\xffct")
INTENT = Intent(
    id_hash="a" * 64,
    person=Person("E0ACME", "U0JOSIE"),
    workspace="T0ACME",
    organisation="E0ACME",
    app="servicenow",
    base_url="https://api.example",
    person_name="@josie",
    person_email="josie@acme.com",
    workspace_name="Acme",
    created_at=NOW,
    expires_at=NOW + 600,
)
LEG = Leg(
    id_hash="b" * 64,
    intent_hash="a" * 64,
    app="servicenow",
    cookie_hash="c" * 64,
    step=LegStep.SLACK,
    expires_at=NOW + 600,
    nonce="n",
)
CONFIRM = replace(
    LEG,
    id_hash="d" * 64,
    step=LegStep.CONFIRM,
    nonce="",
    account=Account("a1", "josie", "Josie", "josie@acme.com", None),
    sealed=SEALED,
    scopes=("useraccount",),
    token_expires_at=NOW + 1_800,
    version=3,
)


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> SignInStore:
    if request.param == "memory":
        return MemorySignInStore()
    return DynamoSignInStore(request.getfixturevalue("table"))


def test_an_intent_comes_back_whole(store: SignInStore) -> None:
    store.put_intent(INTENT)

    assert (store.get_intent(INTENT.id_hash), store.get_intent("e" * 64)) == (INTENT, None)


def test_an_intent_is_written_once(store: SignInStore) -> None:
    store.put_intent(INTENT)

    with pytest.raises(Conflict):
        store.put_intent(INTENT)


def _links(store: SignInStore, person: Person, since: int) -> list[str]:
    found, after = store.links_of(person, since, None, 50)
    links = list(found)
    while after is not None:
        found, after = store.links_of(person, since, after, 50)
        links += found
    return links


def test_a_persons_links_are_found_by_the_person_alone_and_none_is_missed(store: SignInStore) -> None:
    """However many a person asked for in the half hour that a sign-in takes, beside older ones and somebody else's."""
    since = INTENT.created_at
    asked = [replace(INTENT, id_hash=f"{number:064}", created_at=since + number) for number in range(120)]
    older = replace(INTENT, id_hash="0" * 63 + "a", created_at=since - 1)
    theirs = replace(INTENT, id_hash="f" * 64, person=Person(INTENT.person.tenant, "U0SOMEBODY"))
    for intent in [*asked, older, theirs]:
        store.put_intent(intent)

    assert _links(store, INTENT.person, since) == [intent.id_hash for intent in asked]
    assert _links(store, theirs.person, since) == [theirs.id_hash]
    assert _links(store, Person("T0OTHER", INTENT.person.user_id), since) == []


def test_an_intent_is_saved_only_over_the_state_that_was_seen(store: SignInStore) -> None:
    store.put_intent(INTENT)
    burnt = replace(INTENT, status=IntentStatus.BURNT)
    store.save_intent(burnt, was=INTENT)

    with pytest.raises(Conflict):
        store.save_intent(replace(INTENT, status=IntentStatus.DONE), was=INTENT)

    assert store.get_intent(INTENT.id_hash) == burnt


def test_the_prompts_sealed_address_is_kept(store: SignInStore) -> None:
    store.put_intent(INTENT)
    store.save_prompt(INTENT.id_hash, SEALED)
    store.save_prompt("e" * 64, SEALED)

    assert store.get_intent(INTENT.id_hash) == replace(INTENT, prompt=SEALED)
    assert store.get_intent("e" * 64) is None


@pytest.mark.parametrize("leg", [LEG, CONFIRM], ids=["slack", "confirm"])
def test_a_leg_comes_back_whole(store: SignInStore, leg: Leg) -> None:
    store.put_leg(leg)

    assert store.get_leg(leg.id_hash) == leg


def test_a_leg_is_spent_by_exactly_one(store: SignInStore) -> None:
    store.put_leg(LEG)

    assert [store.consume_leg(LEG) for _ in range(3)] == [True, False, False]


def test_a_leg_that_is_not_there_is_spent_by_nobody(store: SignInStore) -> None:
    assert store.consume_leg(LEG) is False


def test_a_lost_person_is_due_for_help_once(store: SignInStore) -> None:
    store.put_intent(INTENT)
    opened = replace(INTENT, opened_at=NOW)
    store.save_intent(opened, was=INTENT)

    assert store.due(NOW + 179, 10) == []
    (due,) = store.due(NOW + 180, 10)
    assert due == opened
    assert [store.settle(due), store.settle(due)] == [True, False]
    assert store.due(NOW + 180, 10) == []


def test_who_arrived_needs_no_help(store: SignInStore) -> None:
    store.put_intent(INTENT)
    opened = replace(INTENT, opened_at=NOW)
    store.save_intent(opened, was=INTENT)
    store.save_intent(replace(opened, status=IntentStatus.DONE), was=opened)

    assert store.due(NOW + 600, 10) == []


def test_tokens_that_nobody_confirmed_are_due(store: SignInStore) -> None:
    store.put_leg(LEG)
    store.put_leg(CONFIRM)

    assert store.due(NOW + 599, 10) == []
    assert store.due(NOW + 600, 10) == [CONFIRM]


def test_spent_tokens_stay_due_until_whoever_stored_them_says_so(store: SignInStore) -> None:
    store.put_leg(CONFIRM)
    store.consume_leg(CONFIRM)
    assert store.due(NOW + 600, 10) == [CONFIRM]

    store.settle(CONFIRM)

    assert store.due(NOW + 600, 10) == []
    assert store.get_leg(CONFIRM.id_hash) == replace(CONFIRM, sealed=None), "what was sealed is forgotten"


def test_declined_tokens_are_due_at_once_and_spent_for_good(store: SignInStore) -> None:
    store.put_leg(CONFIRM)
    assert store.due(NOW, 10) == []

    assert [store.decline_leg(CONFIRM, NOW), store.decline_leg(CONFIRM, NOW)] == [True, False]

    declined = replace(CONFIRM, declined=True)
    assert (store.get_leg(CONFIRM.id_hash), store.due(NOW, 10)) == (declined, [declined])
    assert not store.consume_leg(CONFIRM)


def test_what_was_confirmed_cannot_be_declined(store: SignInStore) -> None:
    store.put_leg(CONFIRM)
    store.consume_leg(CONFIRM)

    assert not store.decline_leg(CONFIRM, NOW)

    assert (store.get_leg(CONFIRM.id_hash), store.due(NOW, 10)) == (CONFIRM, [])


def test_saving_an_intent_leaves_a_prompt_that_came_in_between(store: SignInStore) -> None:
    store.put_intent(INTENT)
    store.save_prompt(INTENT.id_hash, SEALED)

    store.save_intent(replace(INTENT, opened_at=NOW), was=INTENT)

    assert store.get_intent(INTENT.id_hash) == replace(INTENT, opened_at=NOW, prompt=SEALED)


def test_a_delivery_is_seen_once_but_may_be_delivered_again_by_the_queue(store: SignInStore) -> None:
    assert store.first_sight("Ev1", "m1", NOW)
    assert store.first_sight("Ev1", "m1", NOW)  # the same message, redelivered
    assert not store.first_sight("Ev1", "m2", NOW)  # the chat service's retry
    assert store.first_sight("Ev2", "m3", NOW)
    assert store.first_sight("Ev1", "m4", NOW + 26 * 3_600 + 1)


def test_a_code_is_of_whoever_brings_it_first_and_rows_that_outlive_their_time_are_over(store: SignInStore) -> None:
    assert store.claim_code("mark", "josie", NOW)
    assert not store.claim_code("mark", "tom", NOW)
    assert store.claim_code("mark", "josie", NOW + 10), "a reload"
    assert store.claim_code("other mark", "tom", NOW)
    assert not store.claim_code("mark", "tom", NOW + 10 + CODE_SECONDS)
    assert store.first_sight("mark", "tom", NOW), "deliveries are something else"
    assert store.claim_code("mark", "tom", NOW + 11 + CODE_SECONDS)


CODE = WantedCode.of(INTENT.person, "d" * 64, "2ABCDEFG", NOW)


def test_the_newest_code_is_the_one_that_is_wanted(store: SignInStore) -> None:
    assert store.wanted_code(CODE.person) is None
    store.want_code(CODE)
    assert (store.wanted_code(CODE.person), store.wanted_code(Person("E0ACME", "U0TOM"))) == (CODE, None)
    newer = WantedCode.of(CODE.person, "e" * 64, "3ABCDEFG", NOW + 1)
    store.want_code(newer)
    assert store.wanted_code(CODE.person) == newer


def test_each_try_is_written_over_the_one_before_and_no_other(store: SignInStore) -> None:
    store.want_code(CODE)
    once, right = CODE.tried("2AAAAAAA"), CODE.tried("2ABCDEFG")
    store.save_code(once, was=CODE)
    with pytest.raises(Conflict):
        store.save_code(right, was=CODE)
    assert store.wanted_code(CODE.person) == once
    proved = once.tried("2ABCDEFG")
    store.save_code(proved, was=once)
    with pytest.raises(Conflict):
        store.save_code(once, was=once)
    assert (store.wanted_code(CODE.person), proved.proved, proved.tries) == (proved, True, 2)


def test_a_try_of_an_older_code_is_lost(store: SignInStore) -> None:
    store.want_code(CODE)
    newer = WantedCode.of(CODE.person, "e" * 64, "3ABCDEFG", NOW)
    store.want_code(newer)
    with pytest.raises(Conflict):
        store.save_code(CODE.tried("2ABCDEFG"), was=CODE)
    assert store.wanted_code(CODE.person) == newer


TWICE = Limit("sample", 2, 600)


def test_a_limit_lets_so_many_through_and_then_none_until_its_time_is_over(store: SignInStore) -> None:
    assert [store.take(TWICE, "josie", NOW + second) for second in range(4)] == [True, True, False, False]
    assert store.take(TWICE, "tom", NOW), "another person's are their own"
    assert not store.take(TWICE, "josie", NOW + 599)
    assert [store.take(TWICE, "josie", NOW + 600) for _ in range(3)] == [True, True, False]


def test_what_is_given_back_can_be_taken_again(store: SignInStore) -> None:
    for _ in range(2):
        store.take(TWICE, "josie", NOW)
    store.give_back(TWICE, "josie", NOW)
    assert [store.take(TWICE, "josie", NOW) for _ in range(2)] == [True, False]


def test_nothing_is_given_back_that_does_not_count_any_more(store: SignInStore) -> None:
    store.give_back(TWICE, "josie", NOW)
    store.take(TWICE, "josie", NOW)
    store.take(TWICE, "josie", NOW + 600)
    store.give_back(TWICE, "josie", NOW)  # of the ten minutes before
    for _ in range(3):
        store.give_back(TWICE, "tom", NOW)
    assert [store.take(TWICE, "josie", NOW + 601) for _ in range(2)] == [True, False]
    assert [store.take(TWICE, "tom", NOW) for _ in range(3)] == [True, True, False]


def test_many_take_no_more_than_there_are(store: SignInStore) -> None:
    """One after the other: a single conditional update is one step on DynamoDB, but not in moto, whose threads race."""
    limit = Limit("crowd", 5, 600)
    taken = [store.take(limit, "josie", NOW) for _ in range(40)]
    assert taken == [True] * limit.most + [False] * (40 - limit.most)
