"""The catalog: what every app can do, and every recipe, as plain data. Compiled from YAML by the build.

Strings marked *template* may hold ``${input.x}``, ``${settings.x}``, ``${steps.id.result}`` and are filled by
``domain.template``: substitution only, never evaluation. Strings marked *query* are JMESPath, read over an answer;
where names may stand in a query they become JMESPath string literals. Which names may stand where is said by the build
(``catalog_build.names``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.domain.app_file import (
    ActsAs,
    App,
    Check,
    ClientAuthentication,
    Idempotency,
    Identity,
    Input,
    InputType,
    OAuth,
    Operation,
    OperationKind,
    ReadBack,
    Request,
    Revocation,
)
from countersign.domain.message import Confirmation, Field, Style

__all__ = [
    "ActsAs",
    "App",
    "CardTemplate",
    "Catalog",
    "Check",
    "ClientAuthentication",
    "Idempotency",
    "Identity",
    "Input",
    "InputType",
    "OAuth",
    "Operation",
    "OperationKind",
    "Procedure",
    "ReadBack",
    "Recipe",
    "Request",
    "Revocation",
    "Step",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a recipe; ``inputs`` are templates."""

    id: str
    operation: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Procedure:
    """What happens when a person chooses this: an approval's *Approve*, or a command recipe's only one, ``run``.

    Attributes:
        label: the button's text. ``past`` says it afterwards: "Approved".
        form: asked first, before any sign-in. Empty: nothing is asked.
        reply: template for the private answer of a command; a card's answer is the card itself.
        form_title: at most 24 characters; Slack shows no more.
        confirmation: asked when the button is clicked, by the chat itself.
        link_label, link_url: what the reply links to (templates).
    """

    id: str
    label: str
    past: str
    style: Style
    form: Sequence[Field]
    steps: Sequence[Step]
    reply: str | None
    form_title: str = ""
    confirmation: Confirmation | None = None
    link_label: str | None = None
    link_url: str | None = None


@dataclass(frozen=True, slots=True)
class CardTemplate:
    """What an approval recipe posts. All strings are templates over ``${input.…}`` and ``${settings.<app>.…}``.

    Attributes:
        channel: channel id or ``#name``; or ``person``: an e-mail address to find the person by.
        record: the record's own id, the subject that only one decision may settle.
        link_label, link_url: *Open in ServiceNow*.
    """

    channel: str | None
    person: str | None
    title: str
    text: str | None
    facts: Sequence[tuple[str, str]]
    record: str
    link_label: str | None
    link_url: str | None
    closed: str | None
    """Query over the hook's inputs that is true when the record has been settled in the app itself."""
    closed_past: str | None = None
    """Query over the hook's inputs: how it was settled, in the words of a procedure's ``past``."""
    closed_by: str | None = None
    """Query over the hook's inputs: who settled it there, as the app says."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be done, what starts it, what it asks, does and replies."""

    id: str
    title: str
    description: str
    verify_user_access: bool
    command: str | None
    shortcut: str | None
    inputs: Mapping[str, Field]
    """What the hook must bring (only of recipes that post a card)."""
    card: CardTemplate | None
    procedures: Mapping[str, Procedure]

    @property
    def run(self) -> Procedure:
        """The only procedure of a recipe that a command or shortcut starts."""
        return self.procedures["run"]

    def apps(self, procedure: str, catalog: "Catalog") -> tuple[str, ...]:
        """The apps that a procedure touches, in order, each once."""
        seen = [catalog.operation(step.operation).app for step in self.procedures[procedure].steps]
        return tuple(dict.fromkeys(seen))


@dataclass(frozen=True, slots=True)
class Catalog:
    """All apps and recipes of a deployment."""

    apps: Mapping[str, App]
    recipes: Mapping[str, Recipe]

    def operation(self, name: str) -> Operation:
        """``app.operation`` by its full name. The build has checked that every name used exists."""
        app, _, operation = name.partition(".")
        return self.apps[app].operations[operation]

    def by_command(self, words: str) -> Recipe | None:
        """The recipe that these typed words start; case does not matter."""
        wanted = words.casefold()
        return next((one for one in self.recipes.values() if one.command and one.command.casefold() == wanted), None)
