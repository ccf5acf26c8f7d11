"""Take what a person did: answer at once what only can be answered at once, hand everything else to a queue."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from countersign.domain.catalog import Catalog
from countersign.domain.errors import CountersignError
from countersign.domain.form_check import accepted, check_answers
from countersign.domain.form_state import FormState
from countersign.domain.interaction import Interaction, Kind, Quoted
from countersign.domain.queue_messages import interaction_message
from countersign.domain.recipe_form import form_title, recipe_form
from countersign.domain.routing import Destination, OpenForm, route
from countersign.domain.texts.forms import form_not_opened, loading
from countersign.domain.texts.names import FORM_LOAD

if TYPE_CHECKING:  # every port, with all that they speak of, costs a cold click a third of its start-up
    from countersign.ports import Messenger, Queue

_LOG: Final = logging.getLogger(__name__)

NO_ERRORS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class ReceiveInteraction:
    """Called with one verified interaction; it has under three seconds.

    ``catalog`` is a callable because some interactions need none, and reading it costs time that a click has not.
    """

    catalog: Callable[[], Catalog]
    messenger: "Messenger"
    actions: "Queue"
    connections: "Queue"

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
        """Check the answers while the form can still show what is wrong; what is good goes on to where it came from."""
        state = FormState.from_text(interaction.state)
        recipe = self.catalog().recipes.get(state.recipe)
        procedure = recipe.procedures.get(state.procedure) if recipe else None
        fields = procedure.form if procedure else ()
        errors = check_answers(fields, interaction.answers)
        if not errors:
            answers = accepted(fields, interaction.answers)
            self._enqueue(replace(interaction, answers=answers, reply_to=state.reply_to), Destination.ACTIONS)
        return errors

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
