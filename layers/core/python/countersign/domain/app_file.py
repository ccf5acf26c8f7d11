"""An app file as plain data: where an app is, and how one signs in. What can be done there: ``domain.app_operation``.

What *template* and *query* mean is said in ``domain.catalog``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from countersign.domain.app_operation import Operation, Request


class ClientAuthentication(StrEnum):
    """How we authenticate at an app's token endpoint (RFC 6749 §2.3.1)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    NONE = "none"


class ActsAs(StrEnum):
    """Whose rights an app's token carries."""

    PERSON = "person"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Revocation:
    """How a grant is ended at the app (RFC 7009, and where vendors differ).

    Attributes:
        request: may use ``${token}``, ``${client_id}``, ``${client_secret}``.
        token: which token is sent, ``refresh_token`` or ``access_token``.
        ends: ``token`` when only this token's family ends, ``grant`` when everything of this person and client does.
        gone_status: statuses that also mean "not live any more" (unknown token), beside any 2xx.
    """

    request: Request
    token: str
    ends: str
    client_authentication: ClientAuthentication
    gone_status: Sequence[int]


@dataclass(frozen=True, slots=True)
class OAuth:
    """The app's authorization server, in the words of RFC 6749, 7636, 7009 and 9207."""

    authorization_endpoint: str
    token_endpoint: str
    refresh_endpoint: str
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
    refresh_grace: bool
    """True only where the vendor documents that a refresh token may be used again after a lost answer."""
    redirect_uri_on_refresh: bool
    invalid_grant_status: Sequence[int]
    token_parameters: Mapping[str, str] = field(default_factory=dict)
    """Sent with every token request beside what RFC 6749 asks for (Zendesk: how long the token shall live)."""
    refresh_idle_days: int | None = None
    """The refresh token ends when unused this long; None: the vendor names no end."""
    refresh_max_days: int | None = None
    """The refresh token ends this long after the sign-in whatever happens; None: the vendor names no end."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in at the app: one call, and queries over its answer."""

    request: Request
    account_id: str
    login: str
    name: str
    email: str | None
    organisation: str | None
    demand: str | None
    """Query that must be true of the answer, e.g. exactly one row."""


@dataclass(frozen=True, slots=True)
class App:
    """One business app: where it is, how one signs in, what can be done there.

    Attributes:
        settings: per-deployment setting → pattern it must match.
        hosts: templates of every host that may be called or linked to; ``*.`` allowed as the first label.
        account_url: template of the page where a person removes access by hand, shown where there is no revocation.
        api_base: template of the API's address, where the token answer does not name it (``oauth.api_base``).
        token_rejected: query that tells a 401 for a bad token from a 401 that means "you may not"; None: every 401 is
            a bad token.
    """

    id: str
    name: str
    acts_as: ActsAs
    settings: Mapping[str, str]
    hosts: Sequence[str]
    oauth: OAuth
    identity: Identity
    operations: Mapping[str, Operation]
    account_url: str | None
    api_base: str | None = None
    token_rejected: str | None = None
