"""The catalog: what every app can do, and every recipe, as plain data. Compiled from YAML by the build.

Strings marked *template* may hold ``${input.x}``, ``${settings.x}``, ``${steps.id.result}`` and are filled by
``domain.template``: substitution only, never evaluation. Strings marked *query* are JMESPath, read over an answer;
where names may stand in a query they become JMESPath string literals. Which names may stand where is said by the build
(``catalog_build.names``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from countersign.domain.app_file import ActsAs, App
from countersign.domain.app_operation import (
    Check,
    Choices,
    Idempotency,
    Input,
    InputType,
    Operation,
    OperationKind,
    ReadBack,
    Request,
)
from countersign.domain.app_sign_in import ClientAuthentication, Credential, Identity, OAuth, Revocation, Sites
from countersign.domain.card_template import CardTemplate, Unchanged, Who
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.message import Confirmation, Field, Style
from countersign.domain.policy import Policy, PolicyRule, policy_for

__all__ = [
    "ActsAs",
    "App",
    "CardTemplate",
    "Catalog",
    "Check",
    "Choices",
    "ClientAuthentication",
    "Comparison",
    "Condition",
    "Credential",
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
    "Sites",
    "Step",
    "Unchanged",
    "Who",
]


class Comparison(StrEnum):
    """What a condition compares. An absent value is the empty text."""

    IS = "is"
    IS_NOT = "is_not"
    ONE_OF = "one_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something about a value (template) that must hold. ``against`` is of the comparison's own type."""

    value: str
    comparison: Comparison
    against: str | float | bool | Sequence[str]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a recipe; ``inputs`` are templates. Skipped unless all of ``when`` holds."""

    id: str
    operation: str
    inputs: Mapping[str, str]
    when: Sequence[Condition] = ()


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
        votes: so many different people must choose this on a card; the last needed one acts.
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
    votes: int = 1


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
    message_shortcut: str | None = None
    """Its name in the menu of a message; what is in the message can be what its form begins with."""
    needs: Sequence[str] = ()
    """Ids of the apps without which it is of no use."""
    guests: bool = False
    """Whether guests of a workspace may use it though it acts with the workspace's connection."""
    max_sign_in_age: int | None = None
    """Step-up: seconds since which its person must have signed in to every app that it acts in."""

    def acts_with(self, person: Person, workspace: Workspace) -> Person:
        """Whose connections it acts with for somebody: their own, or the workspace's shared ones."""
        return person if self.verify_user_access else shared_owner(workspace)

    @property
    def run(self) -> Procedure:
        """The only procedure of a recipe that a command or shortcut starts."""
        return self.procedures["run"]

    def operations(self) -> Iterator[str]:
        """``app.operation`` of everything that it calls: to act, to fill its forms, to compare its card."""
        for procedure in self.procedures.values():
            yield from (step.operation for step in procedure.steps)
            yield from (field.options_from.operation for field in procedure.form if field.options_from)
        if self.card is not None and self.card.unchanged is not None:
            yield self.card.unchanged.operation

    def apps(self, procedure: str, catalog: "Catalog") -> tuple[str, ...]:
        """The apps that a procedure touches, in order, each once."""
        seen = [catalog.operation(step.operation).app for step in self.procedures[procedure].steps]
        return tuple(dict.fromkeys(seen))


@dataclass(frozen=True, slots=True)
class Catalog:
    """All apps and recipes of a deployment, and what it demands of the accounts that people connect."""

    apps: Mapping[str, App]
    recipes: Mapping[str, Recipe]
    policies: Sequence[PolicyRule] = ()

    def policy(self, app: str, workspace: Workspace) -> Policy:
        """What holds for an app in a workspace."""
        return policy_for(self.policies, app, workspace)

    def operation(self, name: str) -> Operation:
        """``app.operation`` by its full name. The build has checked that every name used exists."""
        app, _, operation = name.partition(".")
        return self.apps[app].operations[operation]

    def acting(self, app: str, *, shared: bool) -> Sequence[Recipe]:
        """The recipes that act in an app with a person's own connection, or with the workspace's (``shared``)."""
        return [
            recipe
            for recipe in self.recipes.values()
            if recipe.verify_user_access is not shared and recipe.procedures and app in recipe.needs
        ]

    def acting_titles(self, app: str) -> str:
        """Titles of the recipes that act in an app as the workspace, for people to read."""
        return ", ".join(recipe.title for recipe in self.acting(app, shared=True))

    def signing_in(self, app_id: str, *, shared: bool, step_up: bool = False) -> App:
        """An app as a sign-in asks for it: its own scopes, and those of the operations that the recipes call.

        ``shared``: for the workspace's own connection, which other recipes use than a person's. ``step_up``: its
        person shall show again who they are, as far as the app can be asked for that.
        """
        app = self.apps[app_id].stepped_up if step_up else self.apps[app_id]
        calls = [name for recipe in self.acting(app_id, shared=shared) for name in recipe.operations()]
        own = [self.operation(name) for name in calls if name.startswith(f"{app_id}.")]
        if app.oauth is None or not any(operation.scopes for operation in own):
            return app
        more = (scope for operation in own for scope in operation.scopes)
        return replace(app, oauth=replace(app.oauth, scopes=tuple(dict.fromkeys((*app.oauth.scopes, *more)))))

    def by_command(self, words: str) -> Recipe | None:
        """The recipe that these typed words start; case does not matter."""
        wanted = words.casefold()
        return next((one for one in self.recipes.values() if one.command and one.command.casefold() == wanted), None)
