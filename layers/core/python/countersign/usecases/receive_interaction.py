"""Take what a person did: answer at once what only can be answered at once, hand everything else to a queue."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from countersign.domain.catalog import Catalog
from countersign.domain.errors import CountersignError, StoreUnavailable
from countersign.domain.form_check import accepted, check_answers
from countersign.domain.form_state import FormState
from countersign.domain.interaction import Interaction, Kind, Quoted
from countersign.domain.queue_messages import interaction_message
from countersign.domain.recipe_form import form_title, recipe_form
from countersign.domain.routing import Destination, OpenForm, route
from countersign.domain.texts.forms import NOT_SEALED, form_not_opened, loading
from countersign.domain.texts.names import FORM_LOAD

if TYPE_CHECKING:  # every port, with all that they speak of, costs a cold click a third of its start-up
    from countersign.ports.chat import Messenger
    from countersign.ports.system import Queue
    from countersign.usecases.seal_answers import SealAnswers

_LOG: Final = logging.getLogger(__name__)

NO_ERRORS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class ReceiveInteraction:
    """Called with one verified interaction; it has under three seconds.

    ``catalog`` and ``seal_answers`` are callables because few interactions need them, and a click has no time for them.
    """

    catalog: Callable[[], Catalog]
    messenger: "Messenger"
    actions: "Queue"
    connections: "Queue"
    seal_answers: "Callable[[], SealAnswers]"

    def __call__(
        self, interaction: Interaction, trigger_id: str | None = None, quoted: Quoted | None = None
    ) -> Mapping[str, str]:
        """Field → what is wrong with its answer; empty when it was taken. Raises StoreUnavailable, Malformed."""
        if interaction.kind is Kind.FORM:
            return self._submitted(interaction)
        found = route(interaction, self.catalog())
        if isinstance(found, OpenForm):
            self._open(interaction, found, trigger_id, quoted)
        else:
            self._enqueue(interaction, found)
        return NO_ERRORS

    def _submitted(self, interaction: Interaction) -> Mapping[str, str]:
        """Check the answers while the form can still show what is wrong; what is good goes on to where it came from.

        What is secret leaves this process sealed, or not at all: the form stays open then.
        """
        state = FormState.from_text(interaction.state)
        recipe = self.catalog().recipes.get(state.recipe)
        procedure = recipe.procedures.get(state.procedure) if recipe else None
        fields = procedure.form if procedure else ()
        if errors := check_answers(fields, interaction.answers):
            return errors
        taken = replace(interaction, answers=accepted(fields, interaction.answers), reply_to=state.reply_to)
        if secret := [field.name for field in fields if field.secret and field.name in taken.answers]:
            try:
                taken = self.seal_answers()(taken, state.recipe, fields)
            except StoreUnavailable as error:
                _LOG.error("answers not sealed", extra={"detail": str(error), "trace_id": interaction.trace_id})
                return dict.fromkeys(secret, NOT_SEALED)
        self._enqueue(taken, Destination.ACTIONS)
        return NO_ERRORS

    def _open(self, interaction: Interaction, what: OpenForm, trigger_id: str | None, quoted: Quoted | None) -> None:
        """Open the form; when that fails, say so in private. Neither failure is the request's.

        Choices that an app has to be asked for come later: it is asked as the person, and no token is here.
        """
        apps = self._asked_apps(what)
        state = FormState(what.recipe.id, what.procedure.id, what.card, interaction.reply_to, what.shown)
        if apps:
            state = replace(state, quoted=quoted)
            form = loading(form_title(what.recipe, what.procedure), apps, state.as_text())
        else:
            form = recipe_form(what.recipe, what.procedure, state, quoted)
        try:
            shown = self.messenger.within(interaction.workspace).open_form(trigger_id or "", form)
        except CountersignError as error:
            _LOG.warning("form not opened", extra={"code": error.code, "trace_id": interaction.trace_id})
            self._say_not_opened(interaction, what)
            return
        if apps:
            load = replace(interaction, kind=Kind.BUTTON, name=FORM_LOAD, value="", state=form.state, form=shown)
            self._enqueue(load, Destination.ACTIONS)

    def _asked_apps(self, what: OpenForm) -> list[str]:
        """The names of the apps whose choices the form shows, each once."""
        catalog = self.catalog()
        reads = [field.options_from.operation for field in what.procedure.form if field.options_from]
        return list(dict.fromkeys(catalog.apps[operation.partition(".")[0]].name for operation in reads))

    def _say_not_opened(self, interaction: Interaction, what: OpenForm) -> None:
        message = form_not_opened(what.recipe, what.procedure, on_card=what.card is not None)
        try:
            self.messenger.within(interaction.workspace).whisper(interaction.person, interaction.reply_to, message)
        except CountersignError as error:
            _LOG.warning("could not say so", extra={"code": error.code, "trace_id": interaction.trace_id})

    def _enqueue(self, interaction: Interaction, destination: Destination) -> None:
        if destination is Destination.NOWHERE:
            return
        queue = self.actions if destination is Destination.ACTIONS else self.connections
        queue.send(interaction_message(interaction))
