"""A catalog with one of each kind of recipe."""

from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.message import Field, FieldKind, Style

_COMMENT = Field("comment", FieldKind.MULTILINE, "Why?", max_length=500)


def _procedure(name: str, label: str, *form: Field) -> Procedure:
    return Procedure(name, label, f"{label}d", Style.PLAIN, form, (), None)


def _recipe(name: str, title: str, command: str | None, *procedures: Procedure) -> Recipe:
    by_id = {procedure.id: procedure for procedure in procedures}
    return Recipe(name, title, title, True, command, None, {}, None, by_id)


APPROVE = _procedure("approve", "Approve")
REJECT = _procedure("reject", "Reject", _COMMENT)
CREATE = _procedure(
    "run",
    "Create",
    Field("name", FieldKind.TEXT, "Name"),
    Field("amount", FieldKind.NUMBER, "Amount", required=False, minimum=0),
    Field("close_date", FieldKind.DATE, "Close date"),
    Field("stage", FieldKind.SELECT, "Stage", options=(("Prospecting", "Prospecting"), ("Closed", "Closed"))),
    Field("owner", FieldKind.PERSON, "Owner", required=False),
)
APPROVE_CHANGE = _recipe("approve_change", "Approve a change", None, APPROVE, REJECT)
CREATE_OPPORTUNITY = _recipe("create_opportunity", "Create an opportunity", "create opportunity", CREATE)
MY_APPROVALS = _recipe("my_approvals", "My approvals", "My Approvals", _procedure("run", "Show"))

CATALOG = Catalog({}, {recipe.id: recipe for recipe in (APPROVE_CHANGE, CREATE_OPPORTUNITY, MY_APPROVALS)})
