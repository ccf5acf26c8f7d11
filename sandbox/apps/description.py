"""What differs between one vendor's authorization server and another's, as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sandbox.apps.accounts import Account, Person

if TYPE_CHECKING:
    from flask import Flask

    from sandbox.apps.records import Records
    from sandbox.apps.state import AppState

type Json = dict[str, Any]


@dataclass(frozen=True)
class Registration:
    """Countersign's client registration at the app: one client, one redirect URI."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class IssuedFor:
    """For whom, for which client and when (seconds since the epoch) a token answer is made."""

    account: Account
    registration: Registration
    issued_at: float


def _nothing_more(_issued: IssuedFor) -> Json:
    return {}


@dataclass(frozen=True)
class Endpoints:
    """The vendor's own paths of the authorization and the token endpoint."""

    authorize: str
    token: str


@dataclass(frozen=True)
class Revocation:
    """How the app answers at its revocation path; `unknown_token` None means 200 (RFC 7009 section 2.2)."""

    path: str
    methods: tuple[str, ...] = ("POST",)
    missing_token: tuple[int, Json] | None = None
    unknown_token: tuple[int, Json] | None = None


@dataclass(frozen=True)
class AppDescription:
    """One vendor's app. Times are seconds; `install` adds the vendor's REST calls and gives its records."""

    app_id: str
    name: str
    endpoints: Endpoints
    revocation: Revocation
    scopes: Mapping[str, str]
    default_scope: str
    accounts: Callable[[Sequence[Person]], Sequence[Account]]
    install: Callable[["Flask", "AppState"], "Records"]
    code_seconds: int
    access_token_prefix: str = ""
    refresh_seconds: float = float("inf")
    sends_expires_in: bool = True
    rotates_refresh_tokens: bool = False
    repeats_refresh_token: bool = False
    answers_current_access_token: bool = False
    pkce_required: bool = False
    prompts: frozenset[str] = frozenset()
    state_pattern: str = ".*"
    redirect_mismatch: Literal["refuse", "first_registered"] = "refuse"
    client_auth: tuple[str, ...] = ("client_secret_post",)
    token_extras: Callable[[IssuedFor], Json] = _nothing_more
    token_error: tuple[int, Json] | None = None
    """Sent instead of the RFC 6749 section 5.2 error where the vendor hides its reason behind one answer."""
    refresh_error: Json | None = None
    """Body sent for a refresh token that is spent, revoked or unknown, where the vendor words it so."""
    issuer: str | None = None
    """OpenID issuer, where the app signs id_tokens for the scope `openid`."""
    id_token_claims: Callable[[Account], Json] | None = None
