"""OpenID Connect for the apps that have it: an RS256 key made at start, and id_tokens signed with it."""

from functools import cache
from typing import Any

from authlib.oidc.core.grants import OpenIDCode
from flask import Blueprint, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.apps.accounts import Account
from sandbox.apps.description import AppDescription, Endpoints, Json
from sandbox.apps.state import Clock

KEY_BITS = 2048
ID_TOKEN_SECONDS = 120


@cache
def _signing_key(_app_id: str) -> RSAKey:
    """One key per app and process: making one takes up to a quarter of a second."""
    return RSAKey.generate_key(KEY_BITS, {"use": "sig", "alg": "RS256"}, auto_kid=True)


class IdTokens(OpenIDCode):
    """authlib's id_token extension with this app's issuer, claims and clock (OpenID Connect Core section 3.1.3.3)."""

    def __init__(self, description: AppDescription, clock: Clock) -> None:
        super().__init__(require_nonce=False)
        self._description = description
        self._clock = clock
        self.key = _signing_key(description.app_id)

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        """Nonces are the client's own business here: the apps don't refuse a repeated one."""
        return False

    def resolve_client_private_key(self, _client: Any) -> RSAKey:
        """The key that signs."""
        return self.key

    def get_encode_header(self, _client: Any) -> Json:
        """RS256 and the key's id."""
        return {"alg": "RS256", "kid": self.key.kid}

    def get_client_claims(self, client: Any) -> Json:
        """Issuer, audience and times; an id_token lives two minutes."""
        now = int(self._clock())
        return {
            "iss": self._description.issuer,
            "aud": client.get_client_id(),
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
            "auth_time": now,
        }

    def sign(self, claims: Json) -> str:
        """A JWT of these claims, signed like an id_token."""
        return str(jwt.encode(self.get_encode_header(None), claims, self.key))

    def generate_user_info(self, user: Account, _scope: str) -> Json:
        """The person's claims, as the vendor names them."""
        claims = self._description.id_token_claims
        return claims(user) if claims else {"sub": user.account_id}


def discovery(description: AppDescription, endpoints: Endpoints, id_tokens: IdTokens) -> Blueprint:
    """The two documents by which clients find the keys (OpenID Connect Discovery section 4)."""
    routes = Blueprint("openid", __name__)

    @routes.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        here = request.url_root.rstrip("/")
        return jsonify(
            issuer=description.issuer,
            authorization_endpoint=here + endpoints.authorize,
            token_endpoint=here + endpoints.token,
            jwks_uri=here + endpoints.keys,
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
            scopes_supported=sorted(description.scopes),
            **({"revocation_endpoint": here + description.revocation.path} if description.revocation else {}),
        )

    @routes.get(endpoints.keys)
    def keys() -> Response:
        return jsonify(keys=[id_tokens.key.as_dict(private=False)])

    return routes
