"""A scripted OpenID provider in Slack's shapes, with real RS256 keys: signs what a test says, forgeries included."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from countersign.adapters.slack.openid import SlackAddresses, SlackOpenId
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret
from countersign.ports.apps import Http
from countersign.ports.system import Clock
from tests.support.scripted_server import Handler, Received, Server

CLIENT_ID = "111.222"
ISSUER = "https://slack.com"


@dataclass
class Key:
    """A signing key and its name."""

    key_id: str
    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def public(self) -> dict[str, Any]:
        return {**RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True), "kid": self.key_id, "use": "sig"}


@dataclass
class Provider:
    """Answers on a scripted server. ``sign_in`` is what the browser does there: it gives the code for the callback."""

    server: Server
    clock: Clock
    key: Key
    published: list[Key] = field(default_factory=list)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed_in: int = 0
    organisation: str | None = None
    userinfo_sub: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[Mapping[str, Any]], str] | None = None

    def __post_init__(self) -> None:
        self.published = self.published or [self.key]
        self.server.on("/api/openid.connect.token", self._token)
        self.server.on("/api/openid.connect.userInfo", self._user_info)
        self.server.on("/openid/connect/keys", self._keys)

    def client(self, http: Http, *secrets: str) -> SlackOpenId:
        url = self.server.url
        addresses = SlackAddresses(f"{url}/api/", url, f"{url}/openid/connect/keys", ISSUER)
        credentials = ClientCredentials(CLIENT_ID, tuple(map(Secret, secrets or ("slack-secret",))))
        return SlackOpenId(http, addresses, lambda: credentials, self.clock)

    def sign_in(self, url: str, user: str, workspace: str = "T0ACME", email: str | None = None) -> dict[str, str]:
        """A browser that is signed in as ``user`` goes to the authorization address; its callback's query."""
        asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query, strict_parsing=True).items()}
        self.signed_in += 1
        code = sha256(f"slack {self.signed_in}".encode()).hexdigest()
        self.codes[code] = {"nonce": asked["nonce"], "user": user, "workspace": workspace, "email": email}
        return {"code": code, "state": asked["state"]}

    def _token(self, handler: Handler, request: Received) -> None:
        session = self.codes.pop(request.form["code"], None)
        if session is None:
            return _say(handler, {"ok": False, "error": "invalid_code"})
        claims = self._claims(session)
        signed = self.forge or (lambda c: jwt.encode(dict(c), self.key.private, "RS256", {"kid": self.key.key_id}))
        access_token = f"xoxp-{session['user']}"
        return _say(
            handler, {"ok": True, "access_token": access_token, "token_type": "Bearer", "id_token": signed(claims)}
        )

    def _claims(self, session: Mapping[str, Any]) -> dict[str, Any]:
        now = self.clock()
        claims = {
            "iss": ISSUER,
            "sub": session["user"],
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": session["nonce"],
            "https://slack.com/user_id": session["user"],
            "https://slack.com/team_id": session["workspace"],
            "email": session["email"] or f"{session['user'].removeprefix('U0').lower()}@acme.com",
            "email_verified": True,
        }
        return {name: value for name, value in {**claims, **self.claims}.items() if value is not ...}

    def _user_info(self, handler: Handler, request: Received) -> None:
        user = request.headers["authorization"].removeprefix("Bearer xoxp-")
        found = {"ok": True, "sub": self.userinfo_sub or user, "https://slack.com/user_id": user}
        if self.organisation:
            found["https://slack.com/enterprise_id"] = self.organisation
        _say(handler, found)

    def _keys(self, handler: Handler, _: Received) -> None:
        _say(handler, {"keys": [key.public for key in self.published]})


def _say(handler: Handler, value: Mapping[str, Any]) -> None:
    handler.answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})
