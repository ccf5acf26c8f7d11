"""The ports to business apps: their authorization servers, their APIs, and what the deployment knows of them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from countersign.domain.catalog import App
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.oauth import ClientCredentials, TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens


class Http(Protocol):
    """Calls an app: https only, hosts of the app file only, no redirects, bounded in time and size.

    Raises HostNotAllowed, AppUnavailable (with ``sent``), TooLarge.
    """

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer: ...


class TokenRenewal(Protocol):
    """Renews tokens. Raises InvalidGrant, InvalidClient, AppUnavailable, HostNotAllowed."""

    def refresh(self, app: App, tokens: Tokens, redirect_uri: str) -> TokenAnswer:
        """The answer may be ``foreign_api_base``: then its tokens are to be kept, and not used."""


class AuthorizationServer(TokenRenewal, Protocol):
    """An app's authorization server. Raises InvalidGrant, InvalidClient, AppUnavailable, HostNotAllowed."""

    def authorization_url(self, app: App, redirect_uri: str, state: str, code_verifier: str) -> str: ...
    def exchange(self, app: App, code: Secret, redirect_uri: str, code_verifier: str) -> TokenAnswer: ...
    def revoke(self, app: App, tokens: Tokens) -> bool:
        """True when the grant is gone there; False when the app has no revocation call.

        Raises TokenRejected where it takes the person's access token, and that is good no more.
        """


class AppSettings(Protocol):
    """Per-deployment settings of an app (its instance, its account id), from the deployment's parameters."""

    def __call__(self, app: str) -> Mapping[str, str]: ...


class LinkResolver(Protocol):
    """The address a browser should open for a link of the catalog: itself, but for a local stack's stand-ins."""

    def __call__(self, url: str) -> str: ...


class AppCredentials(Protocol):
    """Client credentials of each app, from the deployment's secret. Raises ConfigurationError."""

    def __call__(self, app: str) -> ClientCredentials: ...
