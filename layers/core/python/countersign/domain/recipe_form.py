"""The form of a procedure as it is shown: what it begins with, and the choices that were read for it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from countersign.domain.catalog import Procedure, Recipe
from countersign.domain.form_check import LONGEST_ANSWER
from countersign.domain.form_state import FormState
from countersign.domain.interaction import Quoted
from countersign.domain.message import Field, FieldKind, Form, Offered
from countersign.domain.template import Values, fill

_NOTHING_READ: Final[Mapping[str, Offered]] = {}


def fields_to_read(procedure: Procedure) -> list[Field]:
    """The questions whose choices are read from an app when the form is opened."""
    return [field for field in procedure.form if field.options_from is not None]


def form_title(recipe: Recipe, procedure: Procedure) -> str:
    """What stands above the form."""
    return procedure.form_title or recipe.title


def recipe_form(
    recipe: Recipe,
    procedure: Procedure,
    state: FormState,
    quoted: Quoted | None = None,
    read: Mapping[str, Offered] = _NOTHING_READ,
) -> Form:
    """The form with its questions. ``read``: field name → its choices."""
    begun = _begun(procedure.form, quoted)
    fields = tuple(_offering(field, read[field.name]) if field.name in read else field for field in begun)
    return Form(form_title(recipe, procedure), procedure.label, fields, state.as_text())


def _begun(fields: Sequence[Field], quoted: Quoted | None) -> list[Field]:
    """With what they begin with, where there is a message to take it from."""
    if quoted is None:
        return [replace(field, initial=None) for field in fields]
    known = {"message.text": quoted.text, "message.link": quoted.link, "message.author": quoted.author}
    return [replace(field, initial=_initial(field, known)) if field.initial else field for field in fields]


def _initial(field: Field, known: Values) -> str | None:
    """As long as an answer may be, and in one line where the question has one."""
    text = fill(field.initial or "", known)
    if field.kind is not FieldKind.MULTILINE:
        text = " ".join(text.split())
    longest = min(field.max_length or LONGEST_ANSWER, LONGEST_ANSWER)
    return _cut(text.strip(), longest) or None


def _cut(text: str, longest: int) -> str:
    """At most so many UTF-16 units, as chat clients count, and no half characters."""
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")


def _offering(field: Field, offered: Offered) -> Field:
    only = f"Only the first {len(offered.options)} are listed." if offered.more else None
    return replace(field, options=offered.options, hint=" ".join(filter(None, (field.hint, only))) or None)
