"""All functions in one world in memory, and every recorded event to try on them."""

import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from countersign.config import Settings
from countersign.domain.card import MessageRef
from countersign.domain.secret import Secret
from countersign.domain.webhook import EVERYWHERE
from sandbox.stack.layout import REPOSITORY
from tests.support.acting_world import ENVIRONMENT, ActingWorld
from tests.support.queue_events import CARD, INTENT
from tests.support.slack_requests import NOW, SIGNING_SECRET
from tools.events import recorded_events, sent_now

HOOK_SECRETS = {"approve_change": "hook-secret-of-changes", "approve_deal": "hook-secret-of-deals"}
FILES = {f"{path.parent.name}/{path.stem}": path for paths in recorded_events().values() for path in paths}
"""Every event of a function of the template, by folder and name."""

type Event = dict[str, Any]


class EveryWorld(ActingWorld):
    """One deployment for a workspace and an organisation, with one card and one link under way."""

    def __init__(self) -> None:
        super().__init__()
        self.settings = Settings({**ENVIRONMENT, "ALLOWED_WORKSPACES": "T0ACME,E0ACME"})
        self.now = NOW
        self.put_card(id=CARD, copies=(MessageRef("C0APPROVALS", "1785578000.000100"),))
        self.sign_ins.put_intent(INTENT)

    hasty_messenger = cached_property(lambda self: self.slack)  # type: ignore[assignment]

    def signing_secrets(self) -> list[Secret]:
        return [SIGNING_SECRET]

    def hook_secrets(self, recipe: str) -> dict[str, Secret]:
        return {EVERYWHERE: Secret(HOOK_SECRETS[recipe])} if recipe in HOOK_SECRETS else {}


@dataclass(frozen=True)
class Context:
    """Lambda's, as far as it is read."""

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


def recorded(name: str) -> Event:
    """An event as it lies in the repository."""
    found: Event = json.loads(FILES[name].read_text())
    return found


def sent(name: str) -> Event:
    """The same as its sender would send it to ``EveryWorld``."""
    return sent_now(FILES[name], SIGNING_SECRET.reveal(), HOOK_SECRETS, NOW)


def load_handler(folder: str) -> Callable[[Event], Any]:
    """The handler in a function's own ``app.py``, imported anew as at a cold start."""
    spec = importlib.util.spec_from_file_location(f"{folder}_app", REPOSITORY / "functions" / folder / "app.py")
    assert spec is not None
    assert spec.loader is not None
    app = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(app)
    return lambda event: app.handler(event, Context())


def is_api_gateways(answer: dict[str, Any]) -> bool:
    """docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html, "Output format"."""
    headers = answer["headers"].items()
    several = answer.get("multiValueHeaders", {}).items()
    return (
        answer.keys() - {"multiValueHeaders"} == {"statusCode", "headers", "body", "isBase64Encoded"}
        and type(answer["statusCode"]) is int
        and isinstance(answer["body"], str)
        and isinstance(answer["isBase64Encoded"], bool)
        and all(isinstance(name, str) and isinstance(value, str) and value.isprintable() for name, value in headers)
        and all(isinstance(value, str) for _, values in several for value in values)
    )


_SECRET = frozenset(
    {"x-slack-signature", "webhook-signature", "authorization", "cookie", "code", "sign_in", "token", "trigger_id"}
    | {"response_url", "reply_url", "comment"}
)
_PACKED = frozenset({"body", "payload", "private_metadata", "state"})
"""Texts that are secrets as a whole, and hold more."""


def secrets_in(value: Any, name: str = "") -> Iterator[str]:
    """What of an event no log may hold: by the name it stands under, at any depth of JSON and of forms."""
    if isinstance(value, Mapping):
        for inner_name, inner in value.items():
            yield from secrets_in(inner, inner_name.lower())
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_in(inner, name)
    elif isinstance(value, str) and value and name in _SECRET:
        yield value.partition(" ")[2] if name == "authorization" else value.rpartition("=")[2] or value
    elif isinstance(value, str) and value and name in _PACKED:
        yield value
        yield from secrets_in(_unpacked(value))


def _unpacked(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return dict(parse_qsl(text))
