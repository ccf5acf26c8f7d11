"""OpenID Connect as Slack speaks it: RS256 keys, id_token claims, userInfo, the discovery document.

Source: docs.slack.dev/authentication/sign-in-with-slack, slack.com/.well-known/openid-configuration,
docs.slack.dev/reference/methods/openid.connect.userInfo.
"""

import threading

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from sandbox.people import Person
from sandbox.slack.config import SlackConfig
from sandbox.slack.grants import Grant
from sandbox.slack.model import Json
from sandbox.slack.workspace import Workspace

ID_TOKEN_LIFETIME = 300
USER_ID, TEAM_ID = "https://slack.com/user_id", "https://slack.com/team_id"
ENTERPRISE_ID = "https://slack.com/enterprise_id"
SCOPES = frozenset({"openid", "email", "profile"})


class SigningKey:
    """The RSA key that id_tokens are signed with, made when it is first needed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: RSAKey | None = None

    @property
    def _key(self) -> RSAKey:
        with self._lock:
            if self._made is None:
                self._made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
            return self._made

    def sign(self, claims: Json) -> str:
        """The claims as a compact RS256 JWT."""
        key = self._key
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def public_keys(self) -> Json:
        """The JWKS document."""
        return dict(KeySet([self._key]).as_dict(private=False))


def id_token_claims(config: SlackConfig, grant: Grant, person: Person, access_token: str, now: int) -> Json:
    """The claims of an id_token: valid five minutes, with the workspace but never the organisation."""
    half_hash = create_half_hash(access_token, "RS256")
    claims: Json = {
        "iss": config.web_url,
        "sub": person.id,
        "aud": config.client_id,
        "exp": now + ID_TOKEN_LIFETIME,
        "iat": now,
        "auth_time": int(grant.auth_time),
        "at_hash": half_hash.decode() if isinstance(half_hash, bytes) else half_hash,
        TEAM_ID: grant.team_id,
        USER_ID: person.id,
    }
    if grant.nonce is not None:
        claims["nonce"] = grant.nonce
    return claims | personal_claims(grant.scopes, person)


def personal_claims(scopes: frozenset[str], person: Person) -> Json:
    """What the scopes `email` and `profile` add."""
    claims: Json = {}
    if "email" in scopes:
        claims |= {"email": person.email, "email_verified": True, "date_email_verified": 1622128723}
    if "profile" in scopes:
        claims |= {"name": person.real_name, "given_name": person.real_name, "family_name": "", "locale": "en-US"}
    return claims


def user_info(scopes: frozenset[str], person: Person, workspace: Workspace) -> Json:
    """The answer of `openid.connect.userInfo`; only here is the organisation named."""
    info: Json = {
        "sub": person.id,
        USER_ID: person.id,
        TEAM_ID: workspace.id,
        "https://slack.com/team_name": workspace.name,
        "https://slack.com/team_domain": workspace.domain,
    }
    if workspace.enterprise_id:
        info[ENTERPRISE_ID] = workspace.enterprise_id
    return info | personal_claims(scopes, person)


def discovery(config: SlackConfig) -> Json:
    """`/.well-known/openid-configuration`."""
    base = config.web_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/openid/connect/authorize",
        "token_endpoint": f"{base}/api/openid.connect.token",
        "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
        "jwks_uri": f"{base}/openid/connect/keys",
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "auth_time", "iss"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": True,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }
