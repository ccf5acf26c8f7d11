"""Posts or updates a card for a business system that called our hook."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from countersign.domain.card import Card, CardStatus, Decision, card_id
from countersign.domain.catalog import Recipe
from countersign.domain.errors import ChatRefused, Conflict, Malformed
from countersign.domain.form_check import accepted, check_answers
from countersign.domain.identity import Workspace
from countersign.domain.recipe_view import Settings, Settled, card_place, card_record, card_settled
from countersign.ports import CardStore, Clock, Journal, Messenger, People
from countersign.usecases.show_card import ShowCard

LONGEST_KEY: Final = 255


@dataclass(frozen=True, slots=True)
class Posted:
    """The card's id, and whether this call made it (202) or found it (200)."""

    card: str
    new: bool


@dataclass(frozen=True)
class PostCard:
    """One call of a hook. The same ``webhook-id`` or ``key`` is the same card.

    Raises Malformed naming the field, ChatRefused when chat won't take it, ChatUnavailable and StoreUnavailable when
    the sender should try again.
    """

    cards: CardStore
    show: ShowCard
    messenger: Messenger
    people: People
    settings: Settings
    journal: Journal
    clock: Clock

    def __call__(self, recipe: Recipe, body: Mapping[str, Any], webhook_id: str | None) -> Posted:
        """Post the card, or bring the one that is there up to date."""
        inputs = _inputs(recipe, body)
        workspace = self._workspace(body)
        key = _key(recipe, body, inputs, webhook_id, self.settings)
        new = self._new(recipe, inputs, workspace, card_id(recipe.id, workspace.tenant, key))
        if webhook_id is not None:
            earlier = self.cards.seen_hook(recipe.id, webhook_id, new.id, self.clock())
            card = self.cards.get(earlier) if earlier else None
            if card is not None and card.copies:
                return Posted(card.id, new=False)  # delivered again
        if self.cards.create(new):
            self._post(recipe, new)
            self.journal("card_posted", card=new.id, recipe=recipe.id)
            return Posted(new.id, new=True)
        self._update(recipe, new)
        return Posted(new.id, new=False)

    def _workspace(self, body: Mapping[str, Any]) -> Workspace:
        workspace = self.people.workspace()
        named = body.get("workspace")
        if named is not None and named not in (workspace.id, workspace.organisation):
            raise _wrong("workspace is not one that Countersign is installed in")
        return workspace

    def _new(self, recipe: Recipe, inputs: Mapping[str, str], workspace: Workspace, card: str) -> Card:
        settled = card_settled(recipe, inputs)
        now = self.clock()
        return Card(
            id=card,
            recipe=recipe.id,
            workspace=workspace,
            inputs=inputs,
            record=card_record(recipe, inputs, self.settings),
            status=CardStatus.CLOSED if settled else CardStatus.OPEN,
            copies=(),
            created_at=now,
            version=1,
            decision=_decision(settled, now) if settled else None,
        )

    def _post(self, recipe: Recipe, card: Card) -> None:
        channel, email = card_place(recipe, card.inputs, self.settings)
        if channel is None:
            person = self.people.find_by_email(email or "")
            if person is None:
                raise ChatRefused("users_not_found")
            channel = person.user_id
        copy = self.show.post(card, channel)
        self.cards.save(replace(card, copies=(*card.copies, copy)))

    def _update(self, recipe: Recipe, new: Card) -> None:
        """The record as it is now. A decision made here stays as it was shown: it names who made it."""
        there = self.cards.get(new.id)
        if there is None:
            raise Conflict("the card went while it was updated")
        if there.status is CardStatus.CLOSED and there.decision is not None and there.decision.user_id is not None:
            return
        card = replace(there, inputs=new.inputs, status=new.status, decision=new.decision)
        if not there.copies:
            self._post(recipe, card)  # an earlier call got as far as the row
            return
        if (card.inputs, card.status) != (there.inputs, there.status):
            self.show.rewrite(self.cards.save(card))


def _wrong(what: str) -> Malformed:
    """The sender is a program's author: tell them which field, and what is wrong with it."""
    return Malformed(what, user_message=what)


def _inputs(recipe: Recipe, body: Mapping[str, Any]) -> dict[str, str]:
    """The recipe's declared inputs, as texts. Raises Malformed naming the first field that is wrong."""
    given = {}
    for name in recipe.inputs:
        value = body.get(name)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise _wrong(f"{name} must be a text or a number")
        if value is not None:
            given[name] = str(value)
    fields = list(recipe.inputs.values())
    for name, problem in check_answers(fields, given).items():
        raise _wrong(f"{name}: {problem}")
    return accepted(fields, given)


def _key(
    recipe: Recipe, body: Mapping[str, Any], inputs: Mapping[str, str], webhook_id: str | None, settings: Settings
) -> str:
    """The record's own id: ``key`` where the sender gives one, else the delivery's id, else the record."""
    key = body.get("key")
    if key is not None and (not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY):
        raise _wrong("key must be a text of 1 to 255 characters")
    if key is not None:
        return f"key:{key}"
    if webhook_id is not None:
        return f"webhook:{hashlib.sha256(webhook_id.encode()).hexdigest()}"
    return f"record:{card_record(recipe, inputs, settings)}"


def _decision(settled: Settled, now: int) -> Decision:
    return Decision("", settled.past or "Settled", None, settled.by or "somebody", now)
