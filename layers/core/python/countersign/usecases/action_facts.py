"""What the audit trail says of an action that ended: taken from its row and the catalog, and nothing else."""

from countersign.domain.action import Action
from countersign.domain.catalog import Catalog, Recipe


def audit_facts(action: Action, catalog: Catalog) -> dict[str, str | None]:
    """Ids and words; nothing that its person filled in, and no account's name."""
    return {
        "workspace": action.workspace.id,
        "recipe": action.recipe,
        "procedure": action.procedure,
        **_where(action, catalog),
        "action": action.id,
        "record": action.subject or _made(action),
        "status": action.status.value,
        "outcome": action.outcome.value if action.outcome else None,
        "account": action.account_id,
        "recorded": action.recorded_id,
        "attribution": _attribution(action),
        "trace_id": action.trace_id,
        "request_id": action.request_id,
    }


def _where(action: Action, catalog: Catalog) -> dict[str, str]:
    """The operation at which it ended, its app, and whose account acted there: the ids alone would not tell."""
    recipe = catalog.recipes.get(action.recipe)
    if recipe is None or action.procedure not in recipe.procedures:
        return {}
    steps = recipe.procedures[action.procedure].steps
    operation = steps[min(action.step, len(steps) - 1)].operation
    facts = {"operation": operation, "app": catalog.operation(operation).app}
    return facts if action.account_id is None else {**facts, "acted_as": _acted_as(recipe)}


def _acted_as(recipe: Recipe) -> str:
    return "person" if recipe.verify_user_access else "workspace"


def _made(action: Action) -> str | None:
    """The id of what the last step created, where it gave one."""
    made = [results["id"] for results in action.results.values() if results.get("id")]
    return made[-1] if made else None


def _attribution(action: Action) -> str | None:
    """Whether the app itself names the account that acted; None where nothing was done in it."""
    if not action.decides:
        return None
    if action.recorded_id is None:
        return "not_given"
    return "confirmed" if action.recorded_id == action.account_id else "differs"
