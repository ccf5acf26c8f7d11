"""How one signs in at an app, as plain data of its app file: OAuth 2.0, or a key that each person makes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from countersign.domain.app_operation import Request


class ClientAuthentication(StrEnum):
    """How we authenticate at an app's token endpoint (RFC 6749 §2.3.1)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    NONE = "none"


class TokenRequest(StrEnum):
    """How a token request's body is written: as RFC 6749 §4.1.3 says, or as JSON (Zendesk)."""

    FORM = "form"
    JSON = "json"


class ClaimsOf(StrEnum):
    """Where claims about the account are read from without asking the app again."""

    TOKEN_ANSWER = "token_answer"  # noqa: S105 - a place, no token
    """The token answer's own members, except the tokens."""
    ID_TOKEN = "id_token"  # noqa: S105 - a place, no token
    ACCESS_TOKEN = "access_token"  # noqa: S105 - a place, no token
    """An access token that is a JSON Web Token (RFC 9068, and vendors before it)."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Where an app revokes by an id of the token that only it knows: how it is asked, with the person's access token.

    ``token_id``: query over the answer for that id.
    """

    request: Request
    token_id: str


@dataclass(frozen=True, slots=True)
class Revocation:
    """How a grant is ended at the app (RFC 7009, and where vendors differ).

    Attributes:
        request: may use ``${token}``, ``${client_id}``, ``${client_secret}``, ``${api_base}``, and with ``look_up``
            ``${token_id}``.
        token: which token is sent, ``refresh_token`` or ``access_token``.
        ends: ``token`` when only this token's family ends, ``grant`` when everything of this person and client does.
        gone_status: statuses that also mean "not live any more" (unknown token), beside any 2xx.
        bearer: whether the person's access token authorises the request (RFC 6750 §2.1).
        look_up: asked before, for ``${token_id}``; None where the token itself is enough.
    """

    request: Request
    token: str
    ends: str
    client_authentication: ClientAuthentication
    gone_status: Sequence[int]
    bearer: bool = False
    look_up: LookUp | None = None

    @property
    def sends_access_token(self) -> bool:
        """Whether it is of use only while the access token is good."""
        return self.bearer or self.token == "access_token"  # noqa: S105 - the kind of a token


@dataclass(frozen=True, slots=True)
class Sites:
    """The places that one grant covers (Atlassian's sites, DocuSign's accounts), of which a person chooses one.

    Attributes:
        request: asks for them with the new access token.
        list: query over the answer for their list.
        id, name, api_base: queries over one of them; ``api_base`` lies inside ``hosts``.
        ours: query over one of them that is true for the deployment's own; the others are not even shown.
    """

    request: Request
    list: str
    id: str
    name: str
    api_base: str
    ours: str | None = None


@dataclass(frozen=True, slots=True)
class OAuth:
    """The app's authorization server, in the words of RFC 6749, 7636, 7009, 7662 and 9207."""

    authorization_endpoint: str
    token_endpoint: str
    refresh_endpoint: str
    """May start with ``${api_base}``: the API's address that the token answer named (Concur)."""
    client_authentication: ClientAuthentication
    pkce: bool
    scopes: Sequence[str]
    scope_separator: str
    authorization_parameters: Mapping[str, str]
    asks_who: bool
    """True when the app shows who signs in (a ``prompt`` is sent); False when it may pass silently as whoever is
    signed in, and our own confirm step must be the stop."""
    revocation: Revocation | None
    issuer: str | None
    """RFC 9207: when set, ``iss`` must come back and be exactly this."""
    api_base: str | None
    """Query over the token answer for the API's base address (Salesforce ``instance_url``); inside ``hosts``."""
    refresh_rotates: bool
    """False: the refresh token stays as it is, however often it is used."""
    refresh_grace: bool
    """True only where the vendor documents that a refresh token may be used again after a lost answer."""
    redirect_uri_on_refresh: bool
    invalid_grant_status: Sequence[int]
    step_up_parameters: Mapping[str, str] = field(default_factory=dict)
    """Take the place of their namesakes where a recipe asks for a fresh sign-in; empty: the app can't be asked."""
    token_parameters: Mapping[str, str | int] = field(default_factory=dict)
    """Sent with every token request beside what RFC 6749 asks for (Zendesk: how long the token shall live)."""
    refresh_idle_days: int | None = None
    """The refresh token ends when unused this long; None: the vendor names no end."""
    refresh_max_days: int | None = None
    """The refresh token ends this long after the sign-in whatever happens; None: the vendor names no end."""
    token_request: TokenRequest = TokenRequest.FORM
    introspection_endpoint: str | None = None
    """RFC 7662: asked when a token answer does not say how long its access token lives."""
    sites: Sites | None = None

    @property
    def refresh_used_up(self) -> bool:
        """Whether a refresh token whose answer was lost may be used up, so that using it again ends its family."""
        return self.refresh_rotates and not self.refresh_grace


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One part of a key: how the app calls it, what the whole of it must match, and whether it must not be seen."""

    label: str
    pattern: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """A key that each person makes in the app and enters on our page.

    Attributes:
        help_url: template of the page where one is made.
        hint: a sentence for our page.
        fields: its parts by name; requests use them as ``${credential.<name>}``.
    """

    help_url: str
    hint: str
    fields: Mapping[str, CredentialField]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in at the app: one call, claims that came with the tokens, or both; and queries over them.

    The queries are over the call's answer, or over the claims where there is no call.

    Attributes:
        demand: query that must be true, e.g. exactly one row.
        organisation_id: query for the app's own, unchangeable id of the organisation: what a policy can demand.
        issuer: template that the claims' ``iss`` must equal exactly.
        ours: query that is true for an account of the deployment's own company, where others can sign in too.
    """

    request: Request | None
    account_id: str
    login: str
    name: str
    email: str | None
    organisation: str | None
    demand: str | None
    claims_of: ClaimsOf | None = None
    issuer: str | None = None
    organisation_id: str | None = None
    ours: str | None = None
