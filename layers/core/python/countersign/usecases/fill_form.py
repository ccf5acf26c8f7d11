"""Reads the choices of an open form, as the person who opened it, and redraws it with them."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.answer import NotUsable, Refused
from countersign.domain.card import Card
from countersign.domain.catalog import Catalog, Operation, Procedure, Recipe
from countersign.domain.choices import read_choices
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import (
    AppUnavailable,
    ChatRefused,
    ConfigurationError,
    CountersignError,
    FormClosed,
    HostNotAllowed,
    InvalidClient,
    LeaseBusy,
    Malformed,
    SealBroken,
    SignInNeeded,
    TooLarge,
)
from countersign.domain.errors import Refused as RefusedByUs
from countersign.domain.form_state import FormState
from countersign.domain.interaction import Interaction
from countersign.domain.message import Field, Form, Offered, OptionsFrom
from countersign.domain.operation import Call, build_request, correlation_id
from countersign.domain.recipe_form import fields_to_read, form_title, recipe_form
from countersign.domain.recipe_view import Settings, recipe_values
from countersign.domain.template import fill_map
from countersign.domain.texts import forms as texts
from countersign.ports.admin import Pauses
from countersign.ports.apps import AppSettings
from countersign.ports.chat import Messenger
from countersign.ports.stores import CardStore, ConnectionStore
from countersign.ports.system import Journal
from countersign.usecases.ask_to_connect import AskToConnect
from countersign.usecases.call_app import CallApp
from countersign.usecases.hold_in_use import HoldInUse
from countersign.usecases.may_share import MayShare
from countersign.usecases.recognise_strangers import RecogniseStrangers

_NO_ANSWER = (AppUnavailable, TooLarge, LeaseBusy)
_SAID = (InvalidClient, HostNotAllowed, ConfigurationError, Malformed)


@dataclass(frozen=True, slots=True)
class _Asking:
    """Whose form, and which."""

    interaction: Interaction
    recipe: Recipe
    procedure: Procedure
    state: FormState

    @property
    def title(self) -> str:
        return form_title(self.recipe, self.procedure)


@dataclass(frozen=True)
class FillForm:
    """Whatever hinders it is said in the form itself, with a button to try again; nothing is ever begun here.

    Raises ChatUnavailable and StoreUnavailable: the queue delivers the message again.
    """

    cards: CardStore
    connections: ConnectionStore
    catalog: Catalog
    settings: Settings
    app_settings: AppSettings
    call_app: CallApp
    ask: AskToConnect
    pauses: Pauses
    messenger: Messenger
    is_stranger: RecogniseStrangers
    may_share: MayShare
    hold_in_use: HoldInUse
    journal: Journal

    def __call__(self, interaction: Interaction) -> None:
        """Fill the form that the interaction stands in. A form that was closed meanwhile is no error."""
        if interaction.form is None:
            raise Malformed("choices for no form")
        form = self._form(interaction, FormState.from_text(interaction.state))
        messenger = self.messenger.within(interaction.workspace)
        try:
            messenger.update_form(interaction.form, form)
        except FormClosed as error:
            self.journal("form_closed", trace_id=interaction.trace_id, reason=error.reason)
        except ChatRefused as error:
            self.journal("form_refused", trace_id=interaction.trace_id, reason=error.reason)
            messenger.update_form(interaction.form, texts.closed(form.title, texts.NOT_SHOWN, interaction.state))

    def _form(self, interaction: Interaction, state: FormState) -> Form:
        recipe = self.catalog.recipes.get(state.recipe)
        procedure = recipe.procedures.get(state.procedure) if recipe else None
        if recipe is None or procedure is None:
            return texts.closed("Countersign", texts.RECIPE_GONE, interaction.state)
        asking = _Asking(interaction, recipe, procedure, state)
        if self.is_stranger(interaction):
            return texts.closed(asking.title, texts.STRANGER, interaction.state)
        if (why := self.may_share.refusal(interaction, recipe, self._card(asking))) is not None:
            return texts.closed(asking.title, why, interaction.state)
        read: dict[str, Offered] = {}
        for field in fields_to_read(procedure):
            found = self._read(asking, field)
            if isinstance(found, Form):
                return found
            read[field.name] = found
        return recipe_form(recipe, procedure, state, state.quoted, read)

    def _read(self, asking: _Asking, field: Field) -> Offered | Form:
        """The choices of one question; or the form that says why there are none."""
        options = field.options_from
        if options is None:
            raise ValueError("the choices of this question are not read")
        app = self.catalog.apps[options.operation.partition(".")[0]]
        title, state = asking.title, asking.interaction.state
        if app.id in self.pauses.paused(asking.interaction.workspace.id):
            return texts.paused(title, app.name, state)
        try:
            found = self._choices(asking, field, options)
        except (SignInNeeded, SealBroken) as error:
            return self._to_connect(asking, app.id, error.unfit if isinstance(error, SignInNeeded) else "")
        except _NO_ANSWER as error:
            self.journal("choices_not_read", trace_id=asking.interaction.trace_id, code=error.code)
            return texts.not_answered(title, app.name, state)
        except _SAID as error:
            return self._cannot(asking, error)
        match found:
            case Refused(message=message):
                return texts.refused(title, app.name, message, state)
            case NotUsable(reason=reason):
                self.journal("choices_not_read", trace_id=asking.interaction.trace_id, reason=reason)
                return texts.not_answered(title, app.name, state)
            case Offered(options=()):
                return texts.nothing_to_choose(title, app.name, field.label, state)
            case _:
                return found

    def _choices(self, asking: _Asking, field: Field, options: OptionsFrom) -> Offered | Refused | NotUsable:
        operation = self.catalog.operation(options.operation)
        app, person = self.catalog.apps[operation.app], asking.interaction.person
        opened = self.call_app.open(self._connection(asking, operation))
        inputs = fill_map(options.inputs, recipe_values(asking.recipe, self._shown(asking), self.settings))
        key = correlation_id(person.key, asking.interaction.id, field.name)

        def call(base: str | None) -> Call:
            return Call(
                app=app,
                operation=operation,
                settings=self.app_settings(app.id),
                api_base=base,
                account=opened.connection.account,
                inputs=inputs,
                correlation_id=key,
                credential=opened.tokens.credential,
            )

        answered: tuple[object, Offered | Refused | NotUsable] = self.call_app(
            opened, lambda base: build_request(call(base)), lambda base, got: read_choices(call(base), got)
        )
        return answered[1]

    def _connection(self, asking: _Asking, operation: Operation) -> Connection:
        """Raises SignInNeeded: also for one that is known to lack a permission, which a new sign-in can give."""
        owner = asking.recipe.acts_with(asking.interaction.person, asking.interaction.workspace)
        there = self.connections.get(owner, operation.app)
        if there is None or there.status is not Status.LIVE or not operation.permitted_by(there.scopes):
            raise SignInNeeded(operation.app)
        who, where = asking.interaction.person, asking.interaction.workspace
        self.hold_in_use(there, where, who, doing=asking.interaction.id, trace_id=asking.interaction.trace_id)
        return there

    def _card(self, asking: _Asking) -> Card | None:
        """The card whose button opened the form; the button is not believed about another tenant's."""
        card = self.cards.get(asking.state.card) if asking.state.card else None
        theirs = card is not None and card.workspace.tenant == asking.interaction.person.tenant
        return card if theirs and card is not None and card.recipe == asking.recipe.id else None

    def _shown(self, asking: _Asking) -> Mapping[str, str]:
        card = self._card(asking)
        return card.inputs if card else {}

    def _to_connect(self, asking: _Asking, app_id: str, unfit: str) -> Form:
        interaction, name = asking.interaction, self.catalog.apps[app_id].name
        if not asking.recipe.verify_user_access:
            return texts.not_shared(asking.title, name, interaction.state)
        try:
            begun = self.ask.link(interaction.person, interaction.workspace, app_id, trace_id=interaction.trace_id)
        except RefusedByUs:
            return texts.to_connect(asking.title, name, None, interaction.state, unfit)
        return texts.to_connect(asking.title, name, (begun.url, begun.intent.id_hash), interaction.state, unfit)

    def _cannot(self, asking: _Asking, error: CountersignError) -> Form:
        self.journal("choices_not_read", trace_id=asking.interaction.trace_id, code=error.code)
        return texts.cannot_load(asking.title, error.user_message, asking.interaction.state)
