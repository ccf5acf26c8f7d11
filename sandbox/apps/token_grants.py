"""The two grants of a web app, on our store: authorization code with PKCE, and refresh."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge

from sandbox.apps.accounts import Account
from sandbox.apps.description import FOREVER, Json
from sandbox.apps.grants import AuthorizationCode, Grant
from sandbox.apps.state import AppState, current

CLIENT_AUTHENTICATION = ("client_secret_post", "client_secret_basic")


class S256(CodeChallenge):
    """PKCE with S256 only (RFC 7636 section 4.2), demanded of confidential clients too where the app says so."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a missing challenge where the app demands one; `plain`, named or by default, always."""
        data = grant.request.payload.data
        if self.required and not data.get("code_challenge"):
            raise InvalidRequestError("missing required code challenge")
        if data.get("code_challenge") and data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("code_challenge_method must be S256")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(grants.AuthorizationCodeGrant):
    """Authorization code grant (RFC 6749 section 4.1)."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_AUTHENTICATION

    @staticmethod
    def validate_authorization_redirect_uri(request: Any, client: Any) -> str:
        """Exact match, or the vendor's quirk: on a mismatch the first registered URI is used instead."""
        quirk = current().description.redirect_mismatch == "first_registered"
        if quirk and not client.check_redirect_uri(request.payload.redirect_uri or ""):
            return str(client.get_default_redirect_uri())
        return str(grants.AuthorizationCodeGrant.validate_authorization_redirect_uri(request, client))

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Keep the code with all that the token request must match."""
        state, data = current(), request.payload.data
        now = state.clock()
        state.grants.save_code(
            AuthorizationCode(
                code=code,
                client_id=request.client.get_client_id(),
                redirect_uri=request.payload.redirect_uri,
                scope=request.scope,
                account=request.user,
                code_challenge=data.get("code_challenge"),
                code_challenge_method=data.get("code_challenge_method"),
                nonce=data.get("nonce"),
                issued_at=now,
                expires_at=now + state.description.code_seconds,
                gives_refresh_token=_gives_refresh_token(state, request),
            )
        )

    def query_authorization_code(self, code: str, client: Any) -> AuthorizationCode | None:
        """The code, if it is this client's, unspent and in time."""
        return current().grants.find_code(code, client.get_client_id())

    def delete_authorization_code(self, authorization_code: AuthorizationCode) -> None:
        """Nothing: the code was spent when its grant was opened."""

    def authenticate_user(self, authorization_code: AuthorizationCode) -> Account | None:
        """The person, unless locked out meanwhile."""
        return current().directory.by_id(authorization_code.account.account_id)

    def generate_token(self, **asked: Any) -> Json:
        """A token answer; with a refresh token where the authorization request earned one."""
        code: AuthorizationCode = self.request.authorization_code
        token: Json = super().generate_token(**asked | {"include_refresh_token": code.gives_refresh_token})
        return token


def _gives_refresh_token(state: AppState, request: Any) -> bool:
    """Whether this consent brings a refresh token, by the vendor's rules."""
    rules, data = state.description.refresh, request.payload.data
    if rules.asked_by_scope and rules.asked_by_scope not in request.scope.split():
        return False
    if rules.asked_by_parameter and data.get(rules.asked_by_parameter[0]) != rules.asked_by_parameter[1]:
        return False
    again = rules.at_consent_only and "consent" not in data.get("prompt", "").split()
    return not (again and state.grants.has_live(request.user, request.client.get_client_id(), request.scope))


class RefreshGrant(grants.RefreshTokenGrant):
    """Refresh grant (RFC 6749 section 6)."""

    TOKEN_ENDPOINT_AUTH_METHODS = CLIENT_AUTHENTICATION

    def validate_token_request(self) -> None:
        """As RFC 6749 section 6 says; some vendors want the first request's redirect URI once more."""
        super().validate_token_request()
        grant: Grant = self.request.refresh_token
        needed = current().description.refresh.needs_redirect_uri
        if needed and self.request.form.get("redirect_uri") != grant.redirect_uri:
            raise InvalidGrantError("the redirect_uri is not that of the authorization request")

    def authenticate_refresh_token(self, refresh_token: str) -> Grant | None:
        """The live grant of this token; a spent token ends it."""
        return current().grants.by_refresh_token(refresh_token)

    def authenticate_user(self, refresh_token: Grant) -> Account:
        """The person, unless locked out meanwhile."""
        account = current().directory.by_id(refresh_token.account.account_id)
        if account is None:
            raise InvalidGrantError("inactive user")
        return account

    def issue_token(self, user: Account, refresh_token: Grant) -> Json:
        """A new access token, with a new refresh token where the vendor rotates; else the grant's own again."""
        state = current()
        token: Json = self.generate_token(
            user=user,
            scope=self.request.payload.scope or refresh_token.get_scope(),
            include_refresh_token=state.description.refresh.rotates,
        )
        if state.description.refresh.repeats:
            token["refresh_token"] = refresh_token.refresh_token
        return _unexpired(state, refresh_token, token) or token

    def revoke_old_credential(self, refresh_token: Grant) -> None:
        """Nothing: rotation happened when the new token was saved."""


def _unexpired(state: AppState, grant: Grant, token: Json) -> Json | None:
    left = grant.access_expires_at - state.clock()
    if not state.description.answers_current_access_token or left < 1:
        return None
    return token | {"access_token": grant.access_token, "expires_in": int(left)}


def save_token(state: AppState, token: Json, request: Any) -> None:
    """Keep what was issued (authlib calls this for both grants). The lifetime holds also where it isn't told."""
    refresh_token = token.get("refresh_token")
    if request.refresh_token:
        grant: Grant = request.refresh_token
        state.grants.refreshed(grant, refresh_token)
    else:
        grant = state.grants.open(request.authorization_code, refresh_token)
    if token["access_token"] != grant.access_token:
        state.grants.add_access_token(grant, token["access_token"], state.clock() + access_seconds(state, request))


def access_seconds(state: AppState, request: Any) -> float:
    """How long a new access token lives: as the sandbox says, or as the request asks where the vendor lets it."""
    if state.description.expires_in != "if_asked":
        return state.token_seconds
    asked = request.form.get("expires_in")
    return min(float(asked), state.token_seconds) if asked else FOREVER
