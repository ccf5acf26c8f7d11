"""Authorization codes: single use, ten minutes, bound to the client and the redirect URL of their request.

Source: docs.slack.dev/authentication/installing-with-oauth, docs.slack.dev/reference/methods/openid.connect.token.
"""

import secrets
from dataclasses import dataclass, field
from typing import Literal

from sandbox.slack.config import Clock
from sandbox.slack.errors import SlackError

LIFETIME = 10 * 60.0

Flow = Literal["openid", "install"]


@dataclass(frozen=True)
class Grant:
    """What a person allowed.

    Attributes:
        flow: Which authorize page it came from; the other flow's token method refuses it.
        redirect_uri: As in the authorization request; None when it was left out.
        auth_time: When the person allowed it, in seconds since the epoch.
    """

    flow: Flow
    team_id: str
    user: str
    scopes: frozenset[str]
    redirect_uri: str | None
    auth_time: float
    nonce: str | None = None


@dataclass
class Grants:
    """Codes handed out, and which sign-ins a person has already allowed. Not locked: callers hold the state's lock."""

    clock: Clock
    _codes: dict[str, Grant] = field(default_factory=dict)
    _approved: set[tuple[str, str]] = field(default_factory=set)

    def issue(self, grant: Grant) -> str:
        """A code for this grant; a sign-in is remembered as approved."""
        code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(32)}"
        self._codes[code] = grant
        if grant.flow == "openid":
            self._approved.add((grant.team_id, grant.user))
        return code

    def approved(self, team_id: str, user: str) -> bool:
        """Whether this person allowed the app to sign them in with this workspace before."""
        return (team_id, user) in self._approved

    def withdraw(self, team_id: str, user: str) -> None:
        """Forget a person's approval, as when their user token is revoked."""
        self._approved.discard((team_id, user))

    def redeem(self, code: str, flow: Flow, redirect_uri: str | None) -> Grant:
        """Use a code up. A code that is tried is spent, whatever comes of it.

        Raises:
            SlackError: `invalid_code`, `oauth_authorization_url_mismatch`, `bad_redirect_uri`.
        """
        grant = self._codes.pop(code, None)
        if grant is None or self.clock() - grant.auth_time > LIFETIME:
            raise SlackError("invalid_code")
        if grant.flow != flow:
            raise SlackError("oauth_authorization_url_mismatch")
        if grant.redirect_uri != redirect_uri:
            raise SlackError("bad_redirect_uri")
        return grant
