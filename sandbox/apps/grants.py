"""Codes, grants and tokens of one app: single use, expiry, rotation, reuse detection, revocation."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.apps.accounts import Account
from sandbox.apps.description import FOREVER, RefreshTokens


@dataclass(frozen=True)
class AuthorizationCode:
    """An issued code (RFC 6749 section 4.1.2); the `get_` methods are what authlib asks for."""

    code: str = field(repr=False)
    client_id: str
    redirect_uri: str | None
    scope: str
    account: Account
    code_challenge: str | None
    code_challenge_method: str | None
    nonce: str | None
    issued_at: float
    expires_at: float
    gives_refresh_token: bool = True

    def get_redirect_uri(self) -> str | None:
        """The redirect_uri of the authorization request, which the token request must repeat."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """The granted scope."""
        return self.scope

    def get_nonce(self) -> str | None:
        """OpenID's nonce."""
        return self.nonce

    def get_auth_time(self) -> int:
        """When the person granted, in seconds since the epoch."""
        return int(self.issued_at)

    def get_acr(self) -> None:
        """No authentication class is claimed."""

    def get_amr(self) -> None:
        """No authentication method is claimed."""


@dataclass
class Grant:
    """One consent of one account to one client: the family of all tokens that came from it."""

    account: Account
    client_id: str
    scope: str
    created_at: float
    redirect_uri: str | None
    refresh_token: str | None = field(repr=False)
    refresh_used_at: float
    access_token: str = field(default="", repr=False)
    access_expires_at: float = 0.0
    refreshed: int = 0
    ended_because: str | None = None

    def check_client(self, client: Any) -> bool:
        """Whether the grant was given to this client (authlib asks)."""
        return self.client_id == str(client.get_client_id())

    def get_scope(self) -> str:
        """The granted scope."""
        return self.scope

    def as_json(self) -> dict[str, Any]:
        """Who, which client, live or ended and why; never a token."""
        return {
            "person": self.account.person_id,
            "login": self.account.login,
            "account_id": self.account.account_id,
            "client_id": self.client_id,
            "scope": self.scope,
            "created_at": self.created_at,
            "refreshed": self.refreshed,
            "state": "ended" if self.ended_because else "live",
            "ended_because": self.ended_because,
        }


class GrantStore:
    """All codes and grants of one app. `exclusively` makes a token request one step: a code can't be spent twice."""

    def __init__(
        self, clock: Callable[[], float], refresh: RefreshTokens | None = None, max_grants: int | None = None
    ) -> None:
        self._clock = clock
        self._rules = refresh or RefreshTokens()
        self._max_grants = max_grants
        self._codes: dict[str, AuthorizationCode] = {}
        self._born_of: dict[str, Grant] = {}
        self._grants: list[Grant] = []
        self._refresh: dict[str, Grant] = {}
        self._spent: dict[str, float] = {}
        self._access: dict[str, tuple[Grant, float]] = {}
        self.exclusively = threading.RLock()

    def save_code(self, code: AuthorizationCode) -> None:
        """Keep an issued code."""
        with self.exclusively:
            self._codes[code.code] = code

    def find_code(self, value: str, client_id: str) -> AuthorizationCode | None:
        """The unspent, unexpired code of this client. A spent one ends its grant (RFC 6749 section 4.1.2)."""
        with self.exclusively:
            if grant := self._born_of.get(value):
                self._end(grant, "code used twice")
                return None
            code = self._codes.get(value)
            if code is None or code.client_id != client_id or code.expires_at <= self._clock():
                return None
            return code

    def open(self, code: AuthorizationCode, refresh_token: str | None) -> Grant:
        """Spend the code: the grant that it stands for begins."""
        with self.exclusively:
            now = self._clock()
            who = (code.account, code.client_id, code.scope)
            grant = Grant(*who, now, code.redirect_uri, refresh_token, refresh_used_at=now)
            del self._codes[code.code]
            self._born_of[code.code] = grant
            self._make_room(grant)
            self._grants.append(grant)
            if refresh_token:
                self._refresh[refresh_token] = grant
            return grant

    def add_access_token(self, grant: Grant, token: str, expires_at: float) -> None:
        """A new access token of the grant; earlier ones live on until they expire."""
        with self.exclusively:
            grant.access_token, grant.access_expires_at = token, expires_at
            self._access[token] = (grant, expires_at)

    def refreshed(self, grant: Grant, refresh_token: str | None) -> None:
        """Note a use of the grant's refresh token; a new one is from now on the only good one."""
        with self.exclusively:
            grant.refreshed += 1
            grant.refresh_used_at = self._clock()
            if self._rules.ends_access_token:
                self._access.pop(grant.access_token, None)
            if refresh_token and grant.refresh_token and refresh_token != grant.refresh_token:
                self._spent[grant.refresh_token] = self._clock()
                grant.refresh_token = refresh_token
                self._refresh[refresh_token] = grant

    def by_refresh_token(self, token: str) -> Grant | None:
        """The live grant of this refresh token; a spent one is good for its grace, and then does what the rules say."""
        with self.exclusively:
            grant = self._refresh.get(token)
            if grant is None or not self._refreshable(grant):
                return None
            if token in self._spent and self._clock() - self._spent[token] >= self._rules.grace_seconds:
                if self._rules.reuse == "ends_family":
                    self._end(grant, "refresh token used twice")
                return None
            return grant

    def by_access_token(self, token: str) -> Grant | None:
        """The live grant of this unexpired access token."""
        with self.exclusively:
            grant, expires_at = self._access.get(token, (None, 0.0))
            return grant if grant and not grant.ended_because and expires_at > self._clock() else None

    def expiry(self, token: str) -> float:
        """When a live access or refresh token ends, in seconds since the epoch; infinity if nothing is set."""
        with self.exclusively:
            if token in self._access:
                return self._access[token][1]
            grant = self._refresh.get(token)
            return grant.created_at + self._rules.seconds if grant else FOREVER

    def by_token(self, token: str) -> Grant | None:
        """The live grant of an access or a refresh token, without using it."""
        with self.exclusively:
            grant = self._refresh.get(token)
            if grant and token not in self._spent and self._refreshable(grant):
                return grant
            return self.by_access_token(token)

    def revoke(self, token: str) -> bool:
        """End what the token stands for: an access token alone, or a refresh token's whole family. False: unknown."""
        with self.exclusively:
            if (grant := self._refresh.get(token)) and not grant.ended_because:
                self._end(grant, "revoked")
                return True
            known = self.by_access_token(token) is not None
            self._access.pop(token, None)
            return known

    def end(self, grant: Grant) -> None:
        """End one grant as revoked, with all its tokens."""
        with self.exclusively:
            self._end(grant, "revoked")

    def end_of(self, account: Account, client_id: str) -> None:
        """End every grant of the account to the client as revoked."""
        with self.exclusively:
            for grant in self._live(account, client_id):
                self._end(grant, "revoked")

    def end_all(self) -> None:
        """End every live grant, as an administrator of the app can."""
        with self.exclusively:
            for grant in self._grants:
                self._end(grant, "ended by an administrator")

    def has_live(self, account: Account, client_id: str, scope: str) -> bool:
        """Whether this account has already consented to all of `scope` for this client and not taken it back."""
        wanted = set(scope.split())
        with self.exclusively:
            return any(wanted <= set(grant.scope.split()) for grant in self._live(account, client_id))

    def as_json(self) -> list[dict[str, Any]]:
        """All grants, oldest first, without tokens."""
        with self.exclusively:
            return [grant.as_json() for grant in self._grants]

    def _live(self, account: Account, client_id: str) -> list[Grant]:
        mine = (grant for grant in self._grants if (grant.account, grant.client_id) == (account, client_id))
        return [grant for grant in mine if self._refreshable(grant)]

    def _refreshable(self, grant: Grant) -> bool:
        now = self._clock()
        young = now < grant.created_at + self._rules.seconds
        return not grant.ended_because and young and now < grant.refresh_used_at + self._rules.idle_seconds

    def _make_room(self, newcomer: Grant) -> None:
        if self._max_grants is not None:
            live = self._live(newcomer.account, newcomer.client_id)
            for grant in live[: max(0, len(live) + 1 - self._max_grants)]:
                self._end(grant, "too many grants")

    def _end(self, grant: Grant, why: str) -> None:
        grant.ended_because = grant.ended_because or why
