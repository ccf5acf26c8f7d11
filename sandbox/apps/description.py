"""What differs between one vendor's authorization server and another's, as data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sandbox.apps.accounts import Account, Person

if TYPE_CHECKING:
    from flask import Flask

    from sandbox.apps.grants import Grant
    from sandbox.apps.records import Records
    from sandbox.apps.state import AppState

type Json = dict[str, Any]
type ClientAuthentication = Literal["none", "client_secret_post", "client_secret_basic", "bearer"]
"""Who asks: nobody says, the client in the body or by Basic (RFC 6749 section 2.3.1), or the person's access token."""

FOREVER = float("inf")


@dataclass(frozen=True)
class Registration:
    """Countersign's client registration at the app: one client, one redirect URI."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True)
class IssuedFor:
    """For whom, for which client, scope and when (seconds since the epoch) a token answer is made."""

    account: Account
    registration: Registration
    issued_at: float
    scope: str = ""


def _nothing_more(_issued: IssuedFor) -> Json:
    return {}


def _nothing_beside_the_code(_account: Account) -> Json:
    return {}


def _as_it_is(answer: Json) -> Json:
    return answer


@dataclass(frozen=True)
class Endpoints:
    """Paths of the authorization and the token endpoint; their hosts, where the vendor has several."""

    authorize: str
    token: str
    authorize_host: str | None = None
    code_host: str | None = None
    """Where codes are exchanged."""
    refresh_host: str | None = None
    """Where tokens are refreshed."""
    keys: str = "/id/keys"
    """Path of the JSON Web Key Set, where the app signs tokens."""


@dataclass(frozen=True)
class RefreshTokens:
    """When refresh tokens are given, how long they live, and what becomes of a used one. Times are seconds."""

    seconds: float = FOREVER
    """From consent, however often it is refreshed."""
    idle_seconds: float = FOREVER
    """From its last use."""
    asked_by_scope: str | None = None
    """Only for a grant that has this scope (`offline_access`)."""
    asked_by_parameter: tuple[str, str] | None = None
    """Only when the authorization request had this name and value (`access_type`, `offline`)."""
    at_consent_only: bool = False
    """Not again while an earlier grant lives, unless `prompt=consent`."""
    rotates: bool = False
    """Each refresh gives a new one."""
    grace_seconds: float = 0.0
    """How long the one before is still good, for a client that lost the answer."""
    reuse: Literal["ends_family", "is_refused"] = "ends_family"
    """What a spent one does: ends every token of the grant (RFC 9700 section 4.14.2), or nothing."""
    ends_access_token: bool = False
    """A refresh ends the access token before it."""
    repeats: bool = False
    """The answer says the same one again."""
    needs_redirect_uri: bool = False
    """The refresh request must carry the redirect URI of the first."""


@dataclass(frozen=True)
class TokenErrors:
    """How the token endpoint words its errors, where it isn't as RFC 6749 section 5.2 says."""

    always: tuple[int, Json] | None = None
    """One answer for every refusal."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """HTTP status by the RFC's error code; `*` is every other."""
    words: Mapping[str, Json] = field(default_factory=dict)
    """Body by the RFC's error code; `bad_code` and `bad_refresh_token` tell the two kinds of invalid_grant apart."""
    wrong_body: tuple[int, Json] = (400, {"error": "invalid_request"})
    """For a body of the wrong media type."""


@dataclass(frozen=True)
class Revocation:
    """How the app answers at its revocation path; `unknown_token` None means as if it had been live (RFC 7009 2.2).

    `path` may hold `<client_id>`, or `<token>` in place of a field of the body.
    """

    path: str
    methods: tuple[str, ...] = ("POST",)
    authentication: ClientAuthentication = "none"
    token_field: str | None = "token"  # noqa: S105 - a field's name
    """Field of the query, the form or the JSON body; None: the bearer token itself is meant."""
    ends: Literal["token", "grant", "person"] = "token"
    """`token`: an access token alone, a refresh token's family; `grant`: the family; `person`: all of the person's."""
    success: tuple[int, Json | None] = (200, None)
    missing_token: tuple[int, Json] | None = None
    unknown_token: tuple[int, Json] | None = None
    unauthenticated: tuple[int, Json] = (401, {"error": "invalid_client"})
    host: str | None = None


@dataclass(frozen=True)
class Introspection:
    """Token introspection (RFC 7662): `answer` words a live grant; a dead token is `{"active": false}`."""

    path: str
    answer: Callable[["Grant", float], Json]
    """Given the grant and the seconds since the epoch at which the asked token ends."""
    authentication: ClientAuthentication = "client_secret_post"
    host: str | None = None


@dataclass(frozen=True)
class PersonalKeys:
    """For an app without OAuth: the page at `path` makes a key of these fields for the person, shown once."""

    path: str
    id_field: str
    secret_field: str


@dataclass(frozen=True)
class AppDescription:
    """One vendor's app. Times are seconds; `install` adds the vendor's REST calls and gives its records."""

    app_id: str
    name: str
    accounts: Callable[[Sequence[Person]], Sequence[Account]]
    install: Callable[["Flask", "AppState"], "Records"]
    hosts: tuple[str, ...]
    """The vendor's hosts that this app stands in for; the first also answers for pages."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """The settings of the app file with which those hosts are meant."""
    endpoints: Endpoints | None = None
    """None: no OAuth."""
    revocation: Revocation | None = None
    introspection: Introspection | None = None
    personal_keys: PersonalKeys | None = None

    scopes: Mapping[str, str] = field(default_factory=dict)
    default_scope: str = ""
    scope_separator: str = " "
    unknown_scope: Literal["refused", "ignored"] = "refused"
    state_pattern: str = ".*"
    required_parameters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the authorization request without which there is only an error page."""
    redirect_mismatch: Literal["refuse", "first_registered"] = "refuse"
    pkce: Literal["required", "optional", "ignored"] = "optional"
    prompts: frozenset[str] = frozenset()
    always_asks: bool = False
    """The consent page is shown also to whoever has consented before."""
    beside_the_code: Callable[[Account], Json] = _nothing_beside_the_code
    """More parameters of the redirect back."""
    echoes_state: bool = True

    code_seconds: int = 600
    client_auth: tuple[ClientAuthentication, ...] = ("client_secret_post",)
    token_body: Literal["form", "json", "either"] = "form"  # noqa: S105 - a media type
    answers_forms: bool = False
    """Token answers are form-encoded unless the request accepts JSON."""
    access_token_prefix: str = ""
    access_token_claims: Callable[[IssuedFor], Json] | None = None
    """The access token is a JWT with these claims, signed like id_tokens (needs `issuer`)."""
    expires_in: Literal["number", "string", "absent", "if_asked"] = "number"
    """`if_asked`: the token request's own `expires_in` counts; without it the token never ends, and nothing is said."""
    answers_current_access_token: bool = False
    """A refresh before the end answers the access token that still lives."""
    token_extras: Callable[[IssuedFor], Json] = _nothing_more
    token_wording: Callable[[Json], Json] = _as_it_is
    """The last word on a token answer, for what is named or shaped differently."""
    errors: TokenErrors = TokenErrors()
    refresh: RefreshTokens = RefreshTokens()
    max_grants: int | None = None
    """Live grants of one account; the oldest goes silently."""

    issuer: str | None = None
    """OpenID issuer, where the app signs id_tokens for the scope `openid`."""
    id_token_claims: Callable[[Account], Json] | None = None
