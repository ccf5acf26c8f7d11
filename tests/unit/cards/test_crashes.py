"""A worker may die at any moment: no vote is lost or doubled, one act, the card closed, the requester told."""

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.texts.names import CARD_CHOOSE
from tests.support.acting_world import CARD, COPY, JOSIE, TOM, WORKSPACE
from tests.support.card_world import INPUTS, PRIYA, UNCHANGED, CardWorld, everything
from tests.support.crashes import Fuse, Fused, Killed
from tests.support.memory_chat import MemoryChat
from tests.support.scripted_servicenow import ScriptedServiceNow

REDELIVERED = 60
"""Seconds after which a message whose worker died comes again."""


class FragileWorld(CardWorld):
    """Two must approve, neither of them Priya, who is told; the record is read before. Workers die by the fuse."""

    def __init__(self, fuse: Fuse) -> None:
        super().__init__(
            votes={"approve": 2},
            requester="${input.requester_email}",
            self_approval=False,
            unchanged=UNCHANGED,
            tell="${input.requester_email}",
            expires_after=86_400,
        )
        self.put_card(inputs=INPUTS, expires_at=self.now + 86_400)
        for person, name in ((TOM, "tom"), (JOSIE, "josie")):
            self.connect(person, name, expires_in=90_000)
        self.approve = self.button().as_value()
        self.chat: MemoryChat = self.slack
        self.app: ScriptedServiceNow = self.servicenow
        for name in ("actions", "cards", "slack", "servicenow", "actions_queue"):
            self.__dict__[name] = Fused(getattr(self, name), fuse)

    def be_another_worker(self) -> None:
        kept = {name: self.__dict__[name] for name in ("approve", "chat", "app")}
        super().be_another_worker()
        self.__dict__.update(kept)

    def choose(self, person: Person) -> None:
        """One click, delivered until a worker lives through it."""
        interaction = Interaction(
            id=f"click-{person.user_id}",
            kind=Kind.BUTTON,
            person=person,
            workspace=WORKSPACE,
            reply_to=ReplyTo("C0APPROVALS"),
            name=CARD_CHOOSE,
            value=self.approve,
            message=(COPY.channel, COPY.ts),
            at=self.now,
        )
        for _ in range(3):
            try:
                if not self.deliver({"v": 1, "kind": "interaction", "interaction": interaction.as_json()}):
                    return
            except Killed:
                self.be_another_worker()
            self.now += REDELIVERED

    def settle(self) -> None:
        """What the next minutes bring: queued messages and housekeeping."""
        for _ in range(5):
            self.now += REDELIVERED
            try:
                self.keep_house()
                self.run_queue()
            except Killed:
                self.be_another_worker()


def _calls() -> int:
    fuse = Fuse()
    _play(fuse)
    return fuse.calls


def _play(fuse: Fuse) -> FragileWorld:
    world = FragileWorld(fuse)
    world.choose(TOM)
    world.choose(JOSIE)
    world.settle()
    return world


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_worker_that_dies_at_any_call_leaves_nothing_undone_and_nothing_done_twice(*, after: bool) -> None:
    """Each call in turn. What may be said twice after a death is said at most twice."""
    calls = _calls()
    assert calls > 40
    for at in range(1, calls + 1):
        world = _play(Fuse(at, after))
        died = f"{'after' if after else 'before'} call {at} of {calls}"
        assert (world.app.state, world.app.recorded, world.app.acts) == ("approved", "josie", 1), died
        assert sorted(vote.user_id for vote in world.card.votes) == ["U0JOSIE", "U0TOM"], died
        assert (world.card.status, world.card.unfinished) == (CardStatus.CLOSED, False), died
        last = world.actions.of_card(JOSIE, CARD)[-1]
        assert (last.status, last.told) == (ActionStatus.DONE, True), died
        told = [person for person, _ in world.chat.told if person == PRIYA]
        assert 1 <= len(told) <= 2, died


def _expire(fuse: Fuse) -> FragileWorld:
    """Tom clicked, is asked to sign in and never does; a day later nobody has decided."""
    world = FragileWorld(Fuse())
    world.connections.rows.clear()
    world.now += 86_400 - 120
    world.choose(TOM)
    for name in ("actions", "cards", "slack", "servicenow", "actions_queue"):
        world.__dict__[name].__dict__["_fuse"] = fuse
    world.settle()
    return world


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_an_end_that_a_worker_died_of_is_an_end_all_the_same(*, after: bool) -> None:
    fuse = Fuse()
    _expire(fuse)
    assert fuse.calls > 15
    for at in range(1, fuse.calls + 1):
        world = _expire(Fuse(at, after))
        died = f"{'after' if after else 'before'} call {at} of {fuse.calls}"
        assert (world.card.status, world.card.unfinished) == (CardStatus.EXPIRED, False), died
        assert "*Expired:*" in everything(world.chat.updated[-1][1]), died
        waited = world.action_of(TOM)
        assert (waited.outcome, waited.told) == (Outcome.CARD_EXPIRED, True), died
        assert 1 <= len([person for person, _ in world.chat.told if person == PRIYA]) <= 2, died
        assert world.app.acts == 0, died
