"""Whoever asked may not decide, where the recipe says so; and is told how it ended, once."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.action import Outcome
from countersign.domain.card import CardStatus, Decision
from countersign.domain.card_rules import Requester
from countersign.domain.connection import Account, seal_owner
from countersign.domain.errors import ChatUnavailable
from countersign.domain.identity import Person
from countersign.domain.message import Message
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import CARD, JOSIE, TOM, WORKSPACE
from tests.support.card_world import INPUTS, PRIYA, CardWorld
from tests.support.memory_chat import words

NOT_OWN = {"requester": "${input.requester_email}", "self_approval": False}


def _world(requested_by: str = "priya@acme.com", **card: Any) -> CardWorld:
    world = CardWorld(**card)
    world.put_card(inputs={**INPUTS, "requester_email": requested_by})
    return world


# --- self-approval


@pytest.mark.parametrize("named", ["josie@acme.com", "JOSIE@ACME.COM", "id-josie", "josie", "Josie", " josie "])
def test_whose_request_it_is_does_not_decide_it(named: str) -> None:
    world = _world(named, **NOT_OWN)
    world.connect(JOSIE, "josie")
    before = world.card

    world.click(JOSIE)

    said = words(world.last_to(JOSIE))
    assert "you, josie@acme.com, asked for it yourself" in said
    assert (world.servicenow.calls, world.slack.updated, world.card) == ([], [], before)
    assert world.action_of(JOSIE).outcome is Outcome.OWN_REQUEST


@pytest.mark.parametrize("named", ["priya@acme.com", "jos", "ID-JOSIE", "josie@acme.co"])
def test_anybody_else_decides_it(named: str) -> None:
    world = _world(named, **NOT_OWN)
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert world.servicenow.recorded == "josie"


def test_where_the_recipe_says_nothing_the_requester_may_decide() -> None:
    world = _world("josie@acme.com", requester="${input.requester_email}")
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert world.servicenow.recorded == "josie"


def test_where_nobody_knows_who_asked_nobody_decides() -> None:
    world = _world("", **NOT_OWN)
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert "nobody can tell whose request it is" in words(world.last_to(JOSIE))
    assert (world.servicenow.calls, world.card.status) == ([], CardStatus.OPEN)


@pytest.mark.parametrize(
    "named", ["priya@acme.com", "Priya <PRIYA@acme.com>", "mailto:priya@acme.com", "P, priya@acme.com"]
)
def test_an_address_is_held_against_the_persons_own_in_chat_too(named: str) -> None:
    world = _world(named, **NOT_OWN)
    world.connect(PRIYA, "priya", account=Account("id-priya", "pshah", "Priya", None))
    world.click(PRIYA)
    assert (world.action_of(PRIYA).outcome, world.servicenow.calls) == (Outcome.OWN_REQUEST, [])


def test_where_the_voters_address_is_the_requesters_the_vote_does_not_count() -> None:
    world = CardWorld(votes={"approve": 2}, **NOT_OWN)
    world.put_card(inputs={**INPUTS, "requester_email": "Priya <priya@acme.com>"})
    world.connect(PRIYA, "priya", account=Account("id-priya", "pshah", "Priya", None))
    world.click(PRIYA)
    assert (world.action_of(PRIYA).outcome, world.card.votes) == (Outcome.OWN_REQUEST, ())


def test_where_an_address_can_be_held_against_nothing_nobody_decides() -> None:
    world = _world("priya@acme.com", **NOT_OWN)
    world.slack.emails = {}
    world.connect(PRIYA, "priya", account=Account("id-priya", "pshah", "Priya", None))
    world.click(PRIYA)
    assert (world.action_of(PRIYA).outcome, world.servicenow.calls) == (Outcome.MISCONFIGURED, [])
    assert "nobody can tell whose request it is" in words(world.last_to(PRIYA))


@pytest.mark.parametrize(
    ("named", "address", "own"),
    [
        ("priya@acme.com", "priya@acme.com", True),
        ("priya@acme.com", "josie@acme.com", False),
        ("priya@acme.com", None, None),
        ("id-bot", "josie@acme.com", None),
        ("", "josie@acme.com", None),
    ],
)
def test_a_shared_account_says_nothing_of_who_decides(named: str, address: str | None, own: bool | None) -> None:
    bot = Account("id-bot", "priya@acme.com", "Bot", "priya@acme.com")
    assert Requester(named, address, shared=True).decides_with(bot) is own


def test_letters_beyond_ascii_are_the_same_only_as_themselves() -> None:
    account = Account("1", "jösie", "J", "J\u212aing@acme.com")

    names = ("JÖSIE", "jösie", "JÖSIE".lower(), "jking@acme.com")
    assert [Requester(named).decides_with(account) for named in names] == [
        False,
        True,
        True,
        False,
    ]


def test_who_becomes_the_requester_after_the_first_look_does_not_act_either() -> None:
    """Josie signs in as Priya's account between the first look and the call: it is judged from the beginning."""
    world = _world("priya@acme.com", **NOT_OWN)
    world.connect(JOSIE, "josie")
    world.servicenow.before_read = lambda: _sign_in_as(world, "priya")

    world.click(JOSIE)
    acts_at_once = world.servicenow.acts
    world.now += 60
    world.run_queue()

    assert acts_at_once == 0
    assert (world.servicenow.acts, world.action_of(JOSIE).outcome) == (0, Outcome.OWN_REQUEST)


def _sign_in_as(world: CardWorld, name: str) -> None:
    world.servicenow.before_read = None
    account = Account(f"id-{name}", name, name.title(), f"{name}@acme.com")
    there = world.connections.get(JOSIE, "servicenow")
    assert there is not None
    owner = seal_owner(JOSIE, WORKSPACE.id, "servicenow", account.id, there.version + 1)
    sealed = world.opener.seal(pack(Tokens(Secret(f"at-{name}"), Secret(f"rt-{name}"))), owner)
    version = there.version + 1
    world.connections.rows[JOSIE.key, "servicenow"] = replace(there, account=account, sealed=sealed, version=version)


# --- the outcome


def _told(world: CardWorld, person: Person = PRIYA) -> list[str]:
    return [words(message) for someone, message in world.slack.told if someone == person]


def test_the_requester_is_told_who_decided_and_how() -> None:
    world = _world(tell="${input.requester_email}")
    world.connect(JOSIE, "josie")

    world.click(JOSIE, "reject", answers={"comment": "Not in the freeze"})

    (said,) = _told(world)
    assert "*Change CHG0030001: Upgrade the payroll database*\n*Rejected* by" in said
    assert "U0JOSIE" in said
    assert "“Not in the freeze”" in said
    assert PRIYA in world.slack.direct_to
    assert not world.card.unfinished


def test_the_requester_is_told_once_whoever_clicks_afterwards_or_looks_after_the_house() -> None:
    world = _world(tell="${input.requester_email}")
    world.connect(JOSIE, "josie")
    interaction = world.click(JOSIE)
    world.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()})
    world.click(TOM)
    world.now += 100_000

    world.keep_house()

    assert len(_told(world)) == 1


def test_nobody_of_that_address_is_written_down_and_the_decision_stands() -> None:
    world = _world("nobody@acme.com", tell="${input.requester_email}")
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert "requester_not_found" in world.journal.names
    assert (world.card.status, world.card.unfinished) == (CardStatus.CLOSED, False)


@pytest.mark.parametrize("tell", [None, "${input.requester_email}"])
def test_without_an_address_nobody_is_looked_for(tell: str | None) -> None:
    world = _world("", tell=tell)
    world.connect(JOSIE, "josie")

    world.click(JOSIE)

    assert (_told(world), "requester_not_found" in world.journal.names) == ([], False)


def test_a_requester_who_can_not_be_told_now_is_told_later_and_the_decision_is_drawn_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = _world(tell="${input.requester_email}")
    world.connect(JOSIE, "josie")

    def down(_person: Person, _message: Message) -> None:
        raise ChatUnavailable("chat is down")

    with monkeypatch.context() as patched:
        patched.setattr(world.slack, "direct", down)
        world.click(JOSIE)
    assert (len(world.slack.updated), world.card.unfinished, _told(world)) == (1, True, [])
    world.now += 120

    world.keep_house()
    world.keep_house()

    assert (len(_told(world)), world.card.unfinished) == (1, False)


def test_two_workers_that_tell_at_once_tell_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world = _world(tell="${input.requester_email}")
    decision = Decision("approve", "Approved", "U0JOSIE", "josie@acme.com", world.now)
    world.cards.save(replace(world.card, status=CardStatus.CLOSED, decision=decision, unfinished=True))
    direct = world.slack.direct

    def another_meanwhile(person: Person, message: Message) -> Any:
        monkeypatch.setattr(world.slack, "direct", direct)
        world.tell_requester(CARD)
        return direct(person, message)

    monkeypatch.setattr(world.slack, "direct", another_meanwhile)
    world.tell_requester(CARD)

    assert len(_told(world)) == 1


def test_what_the_app_itself_had_decided_is_told_too() -> None:
    world = _world(tell="${input.requester_email}")
    world.connect(JOSIE, "josie")
    world.servicenow.state, world.servicenow.recorded = "approved", "tom"

    world.click(JOSIE)

    assert world.action_of(JOSIE).outcome is Outcome.ALREADY
    (said,) = _told(world)
    assert "in the app itself by Tom" in said
