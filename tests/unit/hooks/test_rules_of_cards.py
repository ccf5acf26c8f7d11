"""What a recipe's rules make of a hook's calls: times, who is told, new rounds, and cards without choices."""

from dataclasses import replace
from functools import cached_property

import pytest

from countersign.domain.card import Card, CardStatus, Vote
from countersign.domain.catalog import Catalog
from tests.support.acting_world import JOSIE
from tests.support.card_world import PRIYA, RECIPE, with_rules
from tests.support.memory_chat import buttons, words
from tests.unit.hooks.test_hook_route import BODY, HookWorld, call

DAY = 86_400
ASKED = {**BODY, "requester_email": "priya@acme.com"}
APPROVED = {**ASKED, "state": "approved", "decided_by": "Josie"}


class RuledHooks(HookWorld):
    """The hooks of a recipe that tells, reminds and expires; ``link_out``: one without choices."""

    def __init__(self, *, link_out: bool = False) -> None:
        super().__init__()
        self.link_out = link_out
        self.slack.emails = {"priya@acme.com": PRIYA}

    catalog = cached_property(lambda self: _catalog(link_out=self.link_out))

    @property
    def card(self) -> Card:
        (card,) = self.cards.rows.values()
        return card

    def told_priya(self) -> list[str]:
        return [words(message) for person, message in self.slack.told if person == PRIYA]


def _catalog(*, link_out: bool) -> Catalog:
    rules = {"tell": "${input.requester_email}", "remind_after": DAY, "expires_after": 7 * DAY}
    catalog = with_rules({"approve": 2}, rules)
    procedures = {} if link_out else catalog.recipes[RECIPE].procedures
    return replace(
        catalog, recipes={**catalog.recipes, RECIPE: replace(catalog.recipes[RECIPE], procedures=procedures)}
    )


@pytest.fixture
def world() -> RuledHooks:
    return RuledHooks()


def test_a_new_card_knows_when_it_reminds_and_when_it_expires(world: RuledHooks) -> None:
    assert call(world, ASKED)[0] == 202

    assert (world.card.remind_at, world.card.expires_at) == (world.now + DAY, world.now + 7 * DAY)
    assert not world.card.unfinished


def test_the_same_record_told_again_does_not_put_off_its_end(world: RuledHooks) -> None:
    call(world, ASKED)
    before = world.card
    world.now += DAY

    call(world, {**ASKED, "short_description": "Upgrade two databases"})

    assert (world.card.remind_at, world.card.expires_at) == (before.remind_at, before.expires_at)


def test_a_decision_in_the_app_is_told_to_the_requester_once(world: RuledHooks) -> None:
    call(world, ASKED)

    for _ in range(3):
        assert call(world, APPROVED)[0] == 200
    world.now += DAY
    world.keep_house()

    (said,) = world.told_priya()
    assert "*Approved* in the app itself by Josie" in said


def test_a_record_that_was_decided_before_its_first_card_is_told_once_too(world: RuledHooks) -> None:
    assert call(world, APPROVED)[0] == 202
    world.keep_house()

    assert len(world.told_priya()) == 1


def test_an_expired_card_closes_when_the_app_decides_after_all(world: RuledHooks) -> None:
    call(world, ASKED)
    world.now += 7 * DAY
    world.keep_house()

    call(world, APPROVED)

    assert world.card.status is CardStatus.CLOSED
    assert ["expired" in said for said in world.told_priya()] == [True, False]
    assert len(world.slack.posted) == 1


def test_an_expired_record_that_asks_again_gets_a_new_card_with_a_new_time(world: RuledHooks) -> None:
    call(world, ASKED)
    world.now += 7 * DAY
    world.keep_house()
    call(world, ASKED)
    assert (world.card.status, len(world.slack.posted)) == (CardStatus.EXPIRED, 1)  # only a late call
    world.now += 301

    call(world, ASKED)

    assert (world.card.status, world.card.round, len(world.slack.posted)) == (CardStatus.OPEN, 1, 2)
    assert (world.card.remind_at, world.card.expires_at) == (world.now + DAY, world.now + 7 * DAY)


def test_a_record_that_changes_loses_its_votes_and_a_new_round_has_none(world: RuledHooks) -> None:
    call(world, ASKED)
    world.cards.save(replace(world.card, votes=(Vote("approve", "U0TOM", world.now),)))

    call(world, {**ASKED, "short_description": "Upgrade two databases"})

    assert (world.card.votes, world.card.lapsed) == ((), 1)
    call(world, APPROVED)
    world.now += 301
    call(world, ASKED)
    assert (world.card.round, world.card.votes, world.card.lapsed) == (1, (), 0)


def test_a_card_without_choices_leads_to_its_app_and_closes_like_any_other() -> None:
    world = RuledHooks(link_out=True)

    assert call(world, ASKED)[0] == 202
    posted = buttons(world.slack.posted[-1][1])
    assert [(button.label, button.url is not None) for button in posted] == [("Open in ServiceNow", True)]
    call(world, APPROVED)

    assert world.card.status is CardStatus.CLOSED
    assert len(world.told_priya()) == 1


def test_a_card_without_choices_reminds_and_expires_too() -> None:
    world = RuledHooks(link_out=True)
    call(world, ASKED)

    world.now += DAY
    world.keep_house()
    world.now += 6 * DAY
    world.keep_house()

    assert (len(world.slack.replied), world.card.status) == (1, CardStatus.EXPIRED)


def test_a_choice_on_a_card_without_choices_is_not_believed() -> None:
    world = RuledHooks(link_out=True)
    call(world, ASKED)

    world.click(JOSIE, value=f"{RECIPE}|{world.card.id}|approve|x")

    assert world.servicenow.calls == []
    assert "doesn't know this card any more" in words(world.slack.told[-1][1])


def test_a_hook_that_is_quicker_than_the_worker_does_not_hide_who_clicked(world: RuledHooks) -> None:
    """The app calls the hook as soon as it is decided: before the worker has read back whom it recorded."""
    call(world, ASKED)
    world.connect(JOSIE, "josie")
    vote = Vote("approve", "U0TOM", world.now)
    world.cards.save(replace(world.card, votes=(vote,)))
    copy = world.card.copies[0]
    value = buttons(world.slack.posted[-1][1])[0].value
    asked: list[int] = []

    def told_by_its_app() -> None:
        asked.append(1)
        if world.servicenow.state == "approved" and world.card.decision is None:
            call(world, APPROVED)

    world.servicenow.before_read = told_by_its_app
    world.click(JOSIE, value=value, message=(copy.channel, copy.ts))

    assert world.card.decision is not None
    assert (world.card.decision.user_id, world.card.decision.past) == ("U0JOSIE", "Approved")
    assert len(world.told_priya()) == 1


@pytest.mark.parametrize("why", ["channel_not_found", "is_archived", "not_in_channel"])
def test_a_card_whose_channel_is_gone_is_refused_to_its_sender_and_written_down(world: RuledHooks, why: str) -> None:
    world.slack.lost_channels = {"#approvals": why}

    status, answer = call(world, ASKED)

    assert (status, why in str(answer)) == (422, True)
    (noted,) = [facts for event, facts in world.journal.events if event == "card_not_posted"]
    assert (noted["recipe"], noted["detail"]) == (RECIPE, f"chat refused: {why}")
