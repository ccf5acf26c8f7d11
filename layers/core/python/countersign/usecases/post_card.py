"""Posts or updates a card for a business system that called our hook."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from countersign.domain.card import Card, CardStatus, Decision, card_id
from countersign.domain.card_life import brought_up_to_date
from countersign.domain.catalog import Recipe
from countersign.domain.errors import ChatRefused, Conflict, CountersignError
from countersign.domain.hook_call import HookCall, read_call, same_but_for_its_state, wrong
from countersign.domain.identity import Workspace
from countersign.domain.recipe_view import Settings, Settled, card_place, card_record, card_settled, card_template
from countersign.domain.webhook import Sender
from countersign.ports.chat import People
from countersign.ports.stores import CardStore
from countersign.ports.system import Clock, Deadline, Journal, Pause
from countersign.usecases.find_workspace import FindWorkspace
from countersign.usecases.fresh_token import LEASE_MARGIN
from countersign.usecases.show_card import ShowCard
from countersign.usecases.tell_requester import TellRequester

TRIES: Final = 5
"""Times that a row which others write too is read and written again."""
PATIENCE: Final = 5
"""Seconds that a call waits while another one posts the same card."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The card's id, and whether this call made it (202) or found it (200)."""

    card: str
    new: bool


@dataclass(frozen=True)
class PostCard:
    """One call of a hook. The same ``webhook-id`` or ``key`` is the same card, however many calls come at once.

    One of them posts (``Card.posting_until``); the others wait for it, and bring the card up to date. Whoever drew a
    card looks whether the row moved meanwhile and draws again, so that the newest row is drawn last.

    Raises Malformed naming the field, Unverified for a workspace that the sender's secret is not for, ChatRefused when
    chat won't take it; ChatUnavailable, StoreUnavailable and Conflict when the sender should try again.
    """

    cards: CardStore
    show: ShowCard
    tell: TellRequester
    people: People
    workspace: FindWorkspace
    settings: Settings
    journal: Journal
    clock: Clock
    deadline: Deadline
    pause: Pause

    def __call__(self, recipe: Recipe, body: Mapping[str, Any], sender: Sender) -> Posted:
        """Post the card, or bring the one that is there up to date."""
        call = read_call(recipe, body, sender.delivery, self.settings)
        told = self._told(recipe, call, self.workspace(body.get("workspace"), sender.workspaces))
        delivery = None if sender.delivery is None else (recipe.id, told.workspace.id, sender.delivery)
        if delivery is not None:
            earlier = self.cards.hook_card(*delivery, self.clock())
            if earlier is not None:
                return Posted(earlier, new=False)  # delivered again
        new = self.cards.create(told)
        if new:
            self._post(recipe, told)
            self.journal("card_posted", card=told.id, recipe=recipe.id)
        else:
            self._update(recipe, told)
        if told.status is CardStatus.CLOSED:
            self.tell(told.id)
        if delivery is not None:
            # Only now: a delivery that failed half-way must be carried out when it comes again.
            self.cards.remember_hook(*delivery, told.id, self.clock())
        return Posted(told.id, new=new)

    def _told(self, recipe: Recipe, call: HookCall, workspace: Workspace) -> Card:
        """The card as this call alone would make it, its posting ours."""
        settled, now, template = card_settled(recipe, call.inputs), self.clock(), card_template(recipe)
        return Card(
            id=card_id(recipe.id, workspace.tenant, call.key),
            recipe=recipe.id,
            workspace=workspace,
            inputs=call.inputs,
            record=card_record(recipe, call.inputs, self.settings),
            status=CardStatus.CLOSED if settled else CardStatus.OPEN,
            copies=(),
            created_at=now,
            version=1,
            decision=_decision(settled, now) if settled else None,
            posting_until=self._dead_by(),
            unfinished=settled is not None and template.tell is not None,
            remind_at=_after(now, template.remind_after),
            expires_at=_after(now, template.expires_after),
        )

    def _dead_by(self) -> int:
        return self.deadline() + LEASE_MARGIN

    def _post(self, recipe: Recipe, card: Card) -> None:
        """Post a card whose posting is ours, and note where it is."""
        try:
            copy = self.show.post(card, self._channel(recipe, card))
        except CountersignError as error:
            self.journal("card_not_posted", card=card.id, recipe=recipe.id, code=error.code, detail=str(error))
            self._change(card.id, lambda there: replace(there, posting_until=0))
            raise
        there = self._change(card.id, lambda there: replace(there, copies=(*there.copies, copy), posting_until=0))
        if there.shown != card.shown:
            self._draw(there)

    def _channel(self, recipe: Recipe, card: Card) -> str:
        channel, email = card_place(recipe, card.inputs, self.settings)
        if channel is not None:
            return channel
        person = self.people.within(card.workspace).find_by_email(email or "")
        if person is None:
            raise ChatRefused("users_not_found")
        return person.user_id

    def _update(self, recipe: Recipe, told: Card) -> None:
        """The record as it is now, on the card that is there."""

        def update(there: Card) -> Card:
            if there.workspace.id != told.workspace.id:
                raise wrong("key: it belongs to a card of another workspace already")
            if there.record != told.record:
                raise wrong("key: it belongs to another record already")
            same = same_but_for_its_state(recipe, there.inputs, told.inputs)
            return brought_up_to_date(there, told, self.clock(), same=same)

        for _ in range(PATIENCE):
            card = self._change(told.id, update)
            if card.copies:
                return self._draw(card)
            if (ours := self._claimed(card)) is not None:
                return self._post(recipe, ours)
            self.pause(1)
        raise Conflict("another call has been posting this card for seconds")

    def _claimed(self, card: Card) -> Card | None:
        """The card, its posting ours: nobody has posted it, or whoever was to is dead. None: somebody is at it."""
        if card.posting_until >= self.clock():
            return None
        try:
            return self.cards.save(replace(card, posting_until=self._dead_by()))
        except Conflict:
            return None

    def _draw(self, card: Card) -> None:
        """Every copy as the newest row has it: a decision that was made meanwhile is not drawn over."""
        self.show.rewrite(card)
        newest = self.cards.get(card.id)
        while newest is not None and newest.shown != card.shown and newest.round == card.round:
            card = newest
            self.show.rewrite(card)
            newest = self.cards.get(card.id)

    def _change(self, card_id: str, change: Callable[[Card], Card]) -> Card:
        """Change the row as it is now, beside whoever else writes it. Raises Conflict when they never let us."""
        for _ in range(TRIES):
            there = self.cards.get(card_id)
            if there is None:
                break
            changed = change(there)
            if changed == there:
                return there
            try:
                return self.cards.save(changed)
            except Conflict:
                continue
        raise Conflict("the card went, or was changed all the time")


def _decision(settled: Settled, now: int) -> Decision:
    return Decision("", settled.past or "Settled", None, settled.by or "somebody", now)


def _after(now: int, seconds: int | None) -> int | None:
    return None if seconds is None else now + seconds
