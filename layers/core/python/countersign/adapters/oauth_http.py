"""An app's authorization server, spoken to with requests-oauthlib over the hardened session.

The library writes the token requests; what comes back is read by ``domain.token_answer`` before the library sees it.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from requests.auth import HTTPBasicAuth

from countersign.adapters.http import HardenedHttp, retry_after
from countersign.adapters.token_session import TokenSession
from countersign.domain import oauth
from countersign.domain.app_sign_in import LookUp
from countersign.domain.catalog import App, ClientAuthentication
from countersign.domain.errors import (
    AppError,
    AppUnavailable,
    ConfigurationError,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    TokenRejected,
    TooLarge,
)
from countersign.domain.hosts import allowed_hosts, fill_settings, require_allowed
from countersign.domain.http import LONGEST_ANSWER, QUICK_ANSWER
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import TokenAnswer
from countersign.domain.query import ask_text
from countersign.domain.secret import Secret
from countersign.domain.token_answer import read_introspection
from countersign.domain.tokens import Tokens
from countersign.ports.apps import AppCredentials, AppSettings
from countersign.ports.system import Clock

_SUCCESS, _UNAUTHORIZED = 2, 401
_API_BASE: Final = "${api_base}"

type Fetch = Callable[[TokenSession, HTTPBasicAuth | None, Mapping[str, Any]], None]


class OAuthHttp:
    """Implements ``ports.apps.AuthorizationServer``."""

    def __init__(
        self,
        http: HardenedHttp,
        settings: AppSettings,
        credentials: AppCredentials,
        stand_ins: LocalHosts,
        clock: Clock,
        *,
        local: bool,
    ) -> None:
        self._http, self._settings, self._credentials = http, settings, credentials
        self._stand_ins, self._clock, self._local = stand_ins, clock, local

    def authorization_url(self, app: App, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Where the browser goes to sign in. Raises ConfigurationError, HostNotAllowed."""
        endpoint = self._endpoint(app, app.server.authorization_endpoint)
        parameters = self._filled(app, app.server.authorization_parameters)
        return oauth.authorization_url(
            replace(app.server, authorization_parameters=parameters),
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
        parameters: dict[str, Any] = self._filled(app, app.server.token_parameters)
        if app.server.pkce:
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

        answer = self._with_allowed_base(app, self._tokens(app, app.server.token_endpoint, redirect_uri, fetch))
        if answer.foreign_api_base:
            self._drop(app, answer)
            raise HostNotAllowed(f"{app.id}: the token answer names an API outside the app's hosts")
        return self._with_expiry(app, answer)

    def refresh(self, app: App, tokens: Tokens, redirect_uri: str) -> TokenAnswer:
        """New tokens for a refresh token (RFC 6749 §6). Raises like ``exchange``.

        An answer that names an API outside the app's hosts is given all the same, as ``foreign_api_base``: its tokens
        may be the only ones that are left.
        """
        parameters: dict[str, Any] = self._filled(app, app.server.token_parameters)
        if app.server.redirect_uri_on_refresh:
            parameters["redirect_uri"] = redirect_uri
        refresh_token = tokens.refresh_token.reveal() if tokens.refresh_token else ""

        def fetch(session: TokenSession, auth: HTTPBasicAuth | None, client: Mapping[str, Any]) -> None:
            session.refresh_token(session.library_url, refresh_token=refresh_token, auth=auth, **client, **parameters)

        endpoint = app.server.refresh_endpoint
        answer = self._tokens(app, endpoint, redirect_uri, fetch, api_base=tokens.api_base)
        return self._with_expiry(app, self._with_allowed_base(app, answer))

    def revoke(self, app: App, tokens: Tokens) -> bool:
        """End a grant. Raises AppUnavailable (try again later), InvalidClient; TokenRejected of an access token."""
        revocation = app.oauth.revocation if app.oauth else None
        if revocation is None:
            return False
        settings = self._settings(app.id)
        client_id, secrets = self._client(app)
        token_id = self._token_id(app, revocation.look_up, tokens) if revocation.look_up else None
        for secret in secrets:
            request = oauth.revocation_request(
                app, revocation, settings, tokens, client_id=client_id, secret=secret, token_id=token_id
            )
            answer = self._http.send(request, allowed_hosts(app, settings))
            if answer.status // 100 == _SUCCESS or answer.status in revocation.gone_status:
                return True
            if answer.status != _UNAUTHORIZED:
                wait = retry_after(answer.headers)
                raise AppUnavailable(f"{app.id}: revocation answered {answer.status}", retry_after=wait)
            if revocation.bearer:
                raise TokenRejected(f"{app.id}: revocation refuses the person's access token")
        raise InvalidClient(f"{app.id}: revocation refuses our credentials")

    def _token_id(self, app: App, look_up: LookUp, tokens: Tokens) -> str:
        settings = self._settings(app.id)
        answer = self._http.send(oauth.look_up_request(app, look_up, settings, tokens), allowed_hosts(app, settings))
        if answer.status == _UNAUTHORIZED:
            raise TokenRejected(f"{app.id}: does not say which token this is")
        token_id = ask_text(look_up.token_id, answer.body) if answer.status // 100 == _SUCCESS else None
        if token_id is None:
            wait = retry_after(answer.headers)
            raise AppUnavailable(f"{app.id}: asked for the token's id, answered {answer.status}", retry_after=wait)
        return token_id

    def _tokens(
        self, app: App, endpoint: str, redirect_uri: str, fetch: Fetch, *, api_base: str | None = None
    ) -> TokenAnswer:
        """Ask the token endpoint, with each of our secrets until one is accepted.

        ServiceNow says the same of a wrong secret and of a grant that is over, so both try the next secret, and the
        grant is over only where no secret helped.
        """
        url = self._endpoint(app, endpoint, api_base)
        # Introspection is part of the answer: both together take no longer than one may.
        patience = LONGEST_ANSWER - (QUICK_ANSWER if app.server.introspection_endpoint else 0)
        adapter = self._http.within(patience).adapter(allowed_hosts(app, self._settings(app.id)))
        client_id, secrets = self._client(app)
        refused: InvalidClient | InvalidGrant | None = None
        for secret in secrets:
            auth, client = _authentication(app.server.client_authentication, client_id, secret)
            with TokenSession(adapter, url, client_id, redirect_uri, app.server) as session:
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

    def _endpoint(self, app: App, template: str, api_base: str | None = None) -> str:
        """An address of the app file; ``api_base`` is what the tokens were given with."""
        settings = self._settings(app.id)
        base = api_base or fill_settings(app, app.api_base or "", settings)
        url = fill_settings(app, template, settings).replace(_API_BASE, base.rstrip("/"), 1)
        require_allowed(url, allowed_hosts(app, settings), local=self._local)
        return url

    def _filled(self, app: App, parameters: Mapping[str, Any]) -> dict[str, Any]:
        settings = self._settings(app.id)
        return {
            name: fill_settings(app, value, settings) if isinstance(value, str) else value
            for name, value in parameters.items()
        }

    def _with_allowed_base(self, app: App, answer: TokenAnswer) -> TokenAnswer:
        """A token answer decides where tokens are sent: only to hosts of the app file (RFC 9700 §4.9)."""
        try:
            if answer.api_base is not None:
                require_allowed(answer.api_base, allowed_hosts(app, self._settings(app.id)), local=self._local)
        except HostNotAllowed:
            return replace(answer, api_base=None, foreign_api_base=True)
        return answer

    def _with_expiry(self, app: App, answer: TokenAnswer) -> TokenAnswer:
        """Ask how long the access token lives where the answer does not say: quickly, or not at all."""
        if answer.expires_in is not None or app.server.introspection_endpoint is None:
            return answer
        client_id, secrets = self._client(app)
        with suppress(AppError, TooLarge):
            endpoint = self._endpoint(app, app.server.introspection_endpoint)
            request = oauth.introspection_request(
                app.server, endpoint, answer.access_token, client_id=client_id, secret=secrets[0]
            )
            found = self._http.within(QUICK_ANSWER).send(request, allowed_hosts(app, self._settings(app.id)))
            return replace(answer, expires_in=read_introspection(found.body, self._clock()))
        return answer

    def _drop(self, app: App, answer: TokenAnswer) -> None:
        """End tokens that nobody will ever see again, if the app lets us."""
        with suppress(AppError, TooLarge):
            self.revoke(app, Tokens(answer.access_token, answer.refresh_token))


def _authentication(
    method: ClientAuthentication, client_id: str, secret: Secret | None
) -> tuple[HTTPBasicAuth | None, Mapping[str, Any]]:
    """How we say who we are (RFC 6749 §2.3.1): a header, or parameters of the body."""
    if secret is None or method is ClientAuthentication.NONE:
        return None, {"client_id": client_id}
    if method is ClientAuthentication.BASIC:
        return HTTPBasicAuth(client_id, secret.reveal()), {}
    return None, {"client_id": client_id, "client_secret": secret.reveal()}
