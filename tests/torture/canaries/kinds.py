"""What tells a secret's kind: who draws it, who makes it of others, and who is given it."""

from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any, Final, cast

from authlib.oidc.core.grants.code import OpenIDToken

from countersign.adapters.slack.openid import SlackOpenId
from countersign.domain import proof, sign_in
from countersign.usecases.begin_install import BeginInstall
from sandbox.apps.keys import Keys
from sandbox.apps.openid import IdTokens
from sandbox.slack.openid import SigningKey
from sandbox.slack.tokens import Tokens

type Named = Iterator[tuple[str, str]]
"""Secrets, each with its kind."""
type Reader = Callable[[Mapping[str, Any], Any], Named]
"""Of a function's variables and its answer."""

DRAWN_IN: Final = {
    "usecases/begin_sign_in.py": "link",
    "usecases/start_sign_in.py": "seed",
    "usecases/go_to_app.py": "seed",
    "usecases/begin_install.py": "seed",
    "sandbox/slack/grants.py": "code of Slack",
    "sandbox/slack/response_urls.py": "reply address",
    "sandbox/apps/authorization.py:access_token": "access token",
    "sandbox/apps/authorization.py:generate": "refresh token",
    "sandbox/apps/sessions.py": "form of the app",
    "sandbox/slack/sessions.py": "session at Slack",
    "authlib/oauth2/rfc6749/grants/authorization_code.py": "code of an app",
    "canaries/journeys.py:hand_over": "secret answer",
    "canaries/refusing.py:somebody_elses": "mistyped secret",
}
"""File, or file and function, on whose behalf it is drawn → what it is. Everybody else draws ids, which are no secrets.

A ``seed`` is told apart by what is made with it, and may be nowhere as long as it isn't."""
ELSEWHERE: Final = frozenset({"form of the app", "session at Slack"})
"""What the product is never told."""
MADE: Final = frozenset({"seed", "state", "nonce", "cookie", "verifier", "form's id", "link", "typed code", "data key"})
"""What the product draws and makes itself."""
KEYS_NAME: Final = "key's name"
"""What the app file does not call secret; the account's id is made of it."""
DERIVED: Final = {"pkce": "verifier", "confirm": "form's id", "key": "form's id"}
OF_A_STATE: Final = frozenset({"pkce", "confirm", "leg slack", "leg app"})


def _derived(names: Mapping[str, Any], made: str) -> Named:
    yield names["cookie"], "cookie"
    if names["purpose"] in OF_A_STATE:
        yield names["secret"], "state"
    if names["purpose"] in DERIVED:
        yield made, DERIVED[names["purpose"]]


def _granted(names: Mapping[str, Any], token: str) -> Named:
    yield token, "bot's token" if names["token"].kind == "bot" else "person's token at Slack"


def _rotated(_: Mapping[str, Any], tokens: tuple[str, str]) -> Named:
    yield tokens[0], "bot's token"
    yield tokens[1], "bot's refresh token"


def _code(_: Mapping[str, Any], code: str) -> Named:
    yield code, "typed code"
    yield proof.shown(code), "typed code"


def _key(_: Mapping[str, Any], parts: tuple[str, str]) -> Named:
    yield parts[0], KEYS_NAME
    yield parts[1], "key"


def _always(kind: str) -> Reader:
    def read(_: Mapping[str, Any], made: Any) -> Named:
        yield str(made), kind

    return read


def _given(*kinds: str) -> Reader:
    """Variables that are called like their kinds."""

    def read(names: Mapping[str, Any], _: Any) -> Named:
        yield from ((names[kind], kind) for kind in kinds)

    return read


def code_of(function: object) -> CodeType:
    """The code of a function or method."""
    return cast("CodeType", cast("Any", function).__code__)


READERS: Final[Mapping[CodeType, Reader]] = {
    code_of(sign_in._derived): _derived,
    code_of(SlackOpenId.authorization_url): _given("state", "nonce"),
    code_of(BeginInstall.__call__): _given("state", "cookie"),
    code_of(proof.code_of): _code,
    code_of(Keys.make): _key,
    code_of(Tokens.grant): _granted,
    code_of(Tokens.rotate): _rotated,
    code_of(SigningKey.sign): _always("id_token"),
    code_of(OpenIDToken.encode_id_token): _always("id_token"),
    code_of(IdTokens.sign): _always("access token"),
}
