"""Countersign's client registration, as authlib asks for it."""

import hmac

from authlib.oauth2.rfc6749 import ClientMixin, scope_to_list

from sandbox.apps.description import AppDescription, Registration


class Client(ClientMixin):
    """The one registered client: confidential, with exactly one redirect URI."""

    def __init__(self, registration: Registration, description: AppDescription) -> None:
        self.registration = registration
        self._description = description

    def get_client_id(self) -> str:
        """The client_id."""
        return self.registration.client_id

    def get_default_redirect_uri(self) -> str:
        """The registered redirect URI."""
        return self.registration.redirect_uri

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The asked scope, or the default when none was asked; None (invalid_scope) when one doesn't exist here."""
        asked = scope_to_list(scope) or scope_to_list(self._description.default_scope)
        known = [name for name in asked if name in self._description.scopes]
        return " ".join(known) if known == asked or self._description.unknown_scope == "ignored" else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Exact comparison (RFC 9700 section 2.1)."""
        return redirect_uri == self.registration.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether the secret is right, in constant time."""
        return hmac.compare_digest(client_secret.encode(), self.registration.client_secret.encode())

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Whether the vendor takes client credentials this way."""
        return method in self._description.client_auth

    def check_response_type(self, response_type: str) -> bool:
        """Code flow only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """The two grants of a web app that stays connected."""
        return grant_type in {"authorization_code", "refresh_token"}
