"""Starts a recipe as a person would: posts its card and clicks, types its command, uses its shortcut."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import requests
from flask import Flask
from rich.text import Text

from countersign.domain.catalog import Procedure, Recipe
from countersign.domain.hidden import Hidden, hidden_answers
from countersign.domain.message import Field
from countersign.domain.redaction import MASK
from countersign.domain.secret_answers import secret_answers
from countersign_cli.catalog_folder import out
from countersign_cli.trying.answers import answers
from sandbox.apps.records import Card
from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import OneProcess
from sandbox.people import PEOPLE

_HOOK_SECONDS: Final = 30


@dataclass(frozen=True)
class Start:
    """One start of a recipe.

    ``procedure``: what is chosen; None: the card is only posted. ``given``: values by name, for the hook and for the
    form; the rest is made up. ``shared``: names of the apps that an admin connects for the workspace before.
    """

    stack: OneProcess
    person: Person
    recipe: Recipe
    procedure: Procedure | None
    given: Mapping[str, str]
    shared: Sequence[str] = ()

    def __call__(self) -> None:
        """Start it, saying each step. Raises NotSeen."""
        self._share()
        if self.recipe.card is not None:
            self._post_card()
        if self.procedure is None:
            return
        who = self.person.name
        if self.recipe.card is not None:
            say(f"{who} clicks {self.procedure.label}")
            self.person.click(self.procedure.label, fields=self._form())
        elif self.recipe.command is not None:
            say(f"{who} types /countersign {self.recipe.command}")
            self.person.type(f"/countersign {self.recipe.command}", fields=self._form())
        else:
            say(f"{who} uses the shortcut {self.recipe.shortcut or self.recipe.message_shortcut}")
            self.person.shortcut(f"recipe.{self.recipe.id}", fields=self._form())

    def _share(self) -> None:
        admin = next(one.name for one in PEOPLE if one.is_admin)
        for app in self.shared:
            say(f"{admin}, an admin, connects {app} for the whole workspace")
            Person(self.stack, admin).share(app)

    def hidden(self) -> Hidden:
        """What of the form's answers is secret."""
        form = self.procedure.form if self.procedure else ()
        return hidden_answers(form, answers(form, self.given, person=self.person.id, today=_today()))

    def _form(self) -> dict[str, str]:
        return self._said(self.procedure.form if self.procedure else (), {})

    def _said(self, fields: Sequence[Field], known: Mapping[str, str]) -> dict[str, str]:
        """An answer to every field, saying which were made up."""
        filled = answers(fields, {**known, **self.given}, person=self.person.id, today=_today())
        secret = secret_answers(fields, filled)
        for name, answer in filled.items():
            made_up = name not in self.given and name not in known
            shown = MASK if name in secret else answer
            say(f"   {name} = {shown}" + ("   (made up: give yours with -i)" if made_up else ""), "dim")
        return filled

    def _post_card(self) -> None:
        """Post a record that waits in a sandbox app, or one of what was given and made up."""
        hook = self.stack.hooks[self.recipe.id]
        say(f"A record is posted to /hooks/{self.recipe.id}")
        found = self._sandbox_record()
        body = found | self._said(tuple(self.recipe.inputs.values()), {name: str(one) for name, one in found.items()})
        headers = {"Authorization": f"Bearer {hook['secret']}"}
        answer = requests.post(hook["url"], json=body, headers=headers, timeout=_HOOK_SECONDS)
        if not answer.ok:
            raise NotSeen(f"The hook answered {answer.status_code}: {answer.text}")

    def _sandbox_record(self) -> dict[str, Any]:
        """What a sandbox app would post: for this recipe, else for another one with all that this one needs."""
        needed = {name for name, field in self.recipe.inputs.items() if field.required}
        waiting = [card for app in self.stack.sandbox.apps.values() for card in _cards(app)]
        of_this = [card.body for card in waiting if card.recipe == self.recipe.id]
        like_this = [card.body for card in waiting if needed and needed <= card.body.keys()]
        return dict(next(iter(of_this + like_this), {}))


def _cards(app: Flask) -> list[Card]:
    """The card of every record of a sandbox app that has one."""
    records = app.extensions["sandbox-records"]
    return [card for record in records.listing() if (card := records.card(record.record_id))]


def say(text: str, style: str = "bold") -> None:
    """Tell whoever watches."""
    out.print(Text(text, style))


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).date()
