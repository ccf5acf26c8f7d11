"""An app's authorization server, spoken to with requests-oauthlib over the hardened session.

The library writes the token requests; what comes back is read by ``domain.token_answer`` before the library sees it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from requests.auth import HTTPBasicAuth

from countersign.adapters.http import HardenedHttp, retry_after
from countersign.adapters.token_session import TokenSession
from countersign.domain import oauth
from countersign.domain.catalog import App, ClientAuthentication
from countersign.domain.errors import (
    AppError,
    AppUnavailable,
    ConfigurationError,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
)
from countersign.domain.hosts import allowed_hosts, fill_settings, require_allowed
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.ports import AppCredentials, AppSettings

_SUCCESS, _UNAUTHORIZED = 2, 401

type Fetch = Callable[[TokenSession, HTTPBasicAuth | None, Mapping[str, Any]], None]


class OAuthHttp:
    """Implements ``ports.AuthorizationServer``."""

    def __init__(
        self,
        http: HardenedHttp,
        settings: AppSettings,
        credentials: AppCredentials,
        stand_ins: LocalHosts,
        *,
        local: bool,
    ) -> None:
        self._http, self._settings, self._credentials = http, settings, credentials
        self._stand_ins, self._local = stand_ins, local

    def authorization_url(self, app: App, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Where the browser goes to sign in. Raises ConfigurationError, HostNotAllowed."""
        endpoint = self._endpoint(app, app.oauth.authorization_endpoint)
        return oauth.authorization_url(
            app.oauth,
            self._stand_ins.resolve(endpoint),
            client_id=self._credentials(app.id).client_id,
            redirect_uri=redirect_uri,
            state=state,
            code_verifier=code_verifier,
        )

    def exchange(self, app: App, code: Secret, redirect_uri: str, code_verifier: str) -> TokenAnswer:
        """The tokens for a code (RFC 6749 §4.1.3).

        Raises InvalidGrant, InvalidClient, AppUnavailable, HostNotAllowed, TooLarge.
        """
        parameters: dict[str, Any] = dict(app.oauth.token_parameters)
        if app.oauth.pkce:
            parameters["code_verifier"] = code_verifier

        def fetch(session: TokenSession, auth: HTTPBasicAuth | None, client: Mapping[str, Any]) -> None:
            session.fetch_token(
                session.library_url,
                code=code.reveal(),
                auth=auth,
                include_client_id=auth is None,
                client_secret=client.get("client_secret"),
                **parameters,
            )

        answer = self._tokens(app, app.oauth.token_endpoint, redirect_uri, fetch)
        try:
            return self._with_allowed_base(app, answer)
        except HostNotAllowed:
            self._drop(app, answer)
            raise

    def refresh(self, app: App, refresh_token: Secret, redirect_uri: str) -> TokenAnswer:
        """New tokens for a refresh token (RFC 6749 §6). Raises like ``exchange``."""
        parameters: dict[str, Any] = dict(app.oauth.token_parameters)
        if app.oauth.redirect_uri_on_refresh:
            parameters["redirect_uri"] = redirect_uri

        def fetch(session: TokenSession, auth: HTTPBasicAuth | None, client: Mapping[str, Any]) -> None:
            session.refresh_token(
                session.library_url, refresh_token=refresh_token.reveal(), auth=auth, **client, **parameters
            )

        return self._with_allowed_base(app, self._tokens(app, app.oauth.refresh_endpoint, redirect_uri, fetch))

    def revoke(self, app: App, token: Secret) -> bool:
        """End a grant. Raises AppUnavailable (try again later), InvalidClient."""
        revocation = app.oauth.revocation
        if revocation is None:
            return False
        settings = self._settings(app.id)
        client_id, secrets = self._client(app)
        for secret in secrets:
            request = oauth.revocation_request(app, revocation, settings, token, client_id=client_id, secret=secret)
            answer = self._http.send(request, allowed_hosts(app, settings))
            if answer.status // 100 == _SUCCESS or answer.status in revocation.gone_status:
                return True
            if answer.status != _UNAUTHORIZED:
                wait = retry_after(answer.headers)
                raise AppUnavailable(f"{app.id}: revocation answered {answer.status}", retry_after=wait)
        raise InvalidClient(f"{app.id}: revocation refuses our credentials")

    def _tokens(self, app: App, endpoint: str, redirect_uri: str, fetch: Fetch) -> TokenAnswer:
        """Ask the token endpoint, with each of our secrets until one is accepted.

        ServiceNow says the same of a wrong secret and of a grant that is over, so both try the next secret, and the
        grant is over only where no secret helped.
        """
        url = self._endpoint(app, endpoint)
        adapter = self._http.adapter(allowed_hosts(app, self._settings(app.id)))
        client_id, secrets = self._client(app)
        refused: InvalidClient | InvalidGrant | None = None
        for secret in secrets:
            auth, client = _authentication(app.oauth.client_authentication, client_id, secret)
            with TokenSession(adapter, url, client_id, redirect_uri, app.oauth) as session:
                try:
                    fetch(session, auth, client)
                except (InvalidClient, InvalidGrant) as error:
                    refused = refused if isinstance(refused, InvalidGrant) else error
                    continue
                return session.answer
        raise refused or ConfigurationError(f"{app.id}: no client secret")

    def _client(self, app: App) -> tuple[str, Sequence[Secret | None]]:
        credentials = self._credentials(app.id)
        return credentials.client_id, credentials.secrets or (None,)

    def _endpoint(self, app: App, template: str) -> str:
        settings = self._settings(app.id)
        url = fill_settings(app, template, settings)
        require_allowed(url, allowed_hosts(app, settings), local=self._local)
        return url

    def _with_allowed_base(self, app: App, answer: TokenAnswer) -> TokenAnswer:
        """A token answer decides where tokens are sent: only to hosts of the app file (RFC 9700 §4.9)."""
        if answer.api_base is not None:
            require_allowed(answer.api_base, allowed_hosts(app, self._settings(app.id)), local=self._local)
        return answer

    def _drop(self, app: App, answer: TokenAnswer) -> None:
        """End tokens that nobody will ever see again, if the app lets us."""
        revocation = app.oauth.revocation
        refresh = revocation is not None and revocation.token == "refresh_token"  # noqa: S105 - the kind of a token
        with suppress(AppError):
            self.revoke(app, answer.refresh_token if refresh and answer.refresh_token else answer.access_token)


def _authentication(
    method: ClientAuthentication, client_id: str, secret: Secret | None
) -> tuple[HTTPBasicAuth | None, Mapping[str, Any]]:
    """How we say who we are (RFC 6749 §2.3.1): a header, or parameters of the body."""
    if secret is None or method is ClientAuthentication.NONE:
        return None, {"client_id": client_id}
    if method is ClientAuthentication.BASIC:
        return HTTPBasicAuth(client_id, secret.reveal()), {}
    return None, {"client_id": client_id, "client_secret": secret.reveal()}
