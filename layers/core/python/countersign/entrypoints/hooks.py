"""``POST /hooks/{recipe}``: prove the sender, read the body, post or update the card."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from countersign import __version__
from countersign.domain import strict_json
from countersign.domain.catalog import Catalog, Recipe
from countersign.domain.errors import ChatRefused, ChatUnavailable, Conflict, Malformed, NotFound
from countersign.domain.secret import Secret
from countersign.domain.webhook import verify_sender
from countersign.entrypoints.api_gateway import Answer, Event, HttpRequestIn, health_answer, json_answer, read_request
from countersign.entrypoints.guard import guard
from countersign.ports.system import Clock
from countersign.usecases.post_card import PostCard

_CHAT_REFUSED: Final = 422
_TRY_AGAIN: Final = 503


class HookContainer(Protocol):
    """What this entrypoint needs of the composition root."""

    @property
    def catalog(self) -> Catalog: ...  # noqa: D102 - named by its type
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def post_card(self) -> PostCard: ...  # noqa: D102
    def hook_secrets(self, recipe: str) -> Mapping[str, Secret]:
        """The recipe's hook secrets by workspace. Raises ConfigurationError, StoreUnavailable."""


def handle(event: Event, container: HookContainer) -> Answer:
    """Answer one call of a hook (or ``/health``). Never raises, and never answers 410: senders would give up."""
    return guard(lambda: _handle(event, container), event)


def _handle(event: Event, container: HookContainer) -> Answer:
    request = read_request(event)
    if (request.method, request.route) == ("GET", "/health"):
        return health_answer(__version__)
    if request.method != "POST" or request.route != "/hooks/{recipe}":
        raise NotFound("no such route")
    recipe = _recipe(request, container.catalog)
    sender = verify_sender(request.headers, request.body, container.hook_secrets(recipe.id), container.clock())
    try:
        posted = container.post_card(recipe, _body(request), sender)
    except ChatRefused as error:
        message = f"Slack does not take this card: {error.reason}. Is Countersign a member of the channel?"
        return json_answer(_CHAT_REFUSED, {"error": error.code, "message": message})
    except ChatUnavailable as error:
        wait = {"Retry-After": str(error.retry_after or 30)}
        return json_answer(_TRY_AGAIN, {"error": error.code, "message": "Slack did not answer; try again."}, wait)
    except Conflict as error:
        wait = {"Retry-After": "5"}
        message = "Other calls about this record are under way; try again."
        return json_answer(_TRY_AGAIN, {"error": error.code, "message": message}, wait)
    return json_answer(202 if posted.new else 200, {"card": posted.card})


def _recipe(request: HttpRequestIn, catalog: Catalog) -> Recipe:
    recipe = catalog.recipes.get(request.path_parameters.get("recipe", ""))
    if recipe is None or recipe.card is None:
        raise NotFound("no recipe with a card has this name", user_message="There is no hook of this name.")
    return recipe


def _body(request: HttpRequestIn) -> Mapping[str, Any]:
    try:
        body = strict_json.parse_storable(request.body)
    except ValueError as error:
        raise Malformed(f"the body is no JSON: {error}", user_message="The body must be plain JSON.") from error
    if not isinstance(body, dict):
        raise Malformed("the body is no JSON object", user_message="The body must be a JSON object.")
    return body
