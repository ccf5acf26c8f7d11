"""OAuth 2.0 as a client, in the specification's words: what is known of us and of tokens, and how to ask. Pure."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, urlencode

from countersign.domain.app_operation import Request
from countersign.domain.app_sign_in import LookUp
from countersign.domain.catalog import App, ClientAuthentication, OAuth, Revocation
from countersign.domain.hosts import fill_settings
from countersign.domain.http import HttpRequest
from countersign.domain.secret import Secret
from countersign.domain.template import Landing, Scalar, Values, fill, fill_form, fill_json, fill_map
from countersign.domain.tokens import Tokens


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Our registration at an app (RFC 6749 §2.2). ``secrets`` are tried in order, so that one can be rotated."""

    client_id: str
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """A token endpoint's success (RFC 6749 §5.1), read strictly.

    ``expires_in`` is clamped to [0, 30 days], or None where the app does not say. ``scopes`` is None where the answer
    does not name them. ``api_base`` is where the API lives when the answer says so; ``foreign_api_base``: it said so,
    and named a place outside the app's hosts. ``members`` are the answer's other members, tokens never among them.
    """

    access_token: Secret
    refresh_token: Secret | None
    expires_in: int | None
    scopes: tuple[str, ...] | None
    api_base: str | None = None
    foreign_api_base: bool = False
    id_token: Secret | None = None
    members: Mapping[str, Any] = field(default_factory=dict, repr=False)


def tokens_after(before: Tokens, answer: TokenAnswer) -> Tokens:
    """What is kept after a refresh: what the answer does not name stays as it was (RFC 6749 §6)."""
    return replace(
        before,
        access_token=answer.access_token,
        refresh_token=answer.refresh_token or before.refresh_token,
        api_base=answer.api_base or before.api_base,
    )


def authorization_url(
    oauth: OAuth, endpoint: str, *, client_id: str, redirect_uri: str, state: str, code_verifier: str
) -> str:
    """Where the browser goes to sign in (RFC 6749 §4.1.1, RFC 7636 §4.3).

    Args:
        oauth: the app's scopes, extra parameters (``prompt``, ``access_type`` …), and whether it takes PKCE.
        endpoint: its authorization endpoint, filled in; a query of its own is kept (RFC 6749 §3.1).
        client_id: ours at the app.
        redirect_uri: the app's own callback, one per app.
        state: single-use, 64 hexadecimal characters.
        code_verifier: sent as its S256 challenge only.
    """
    parameters = dict(oauth.authorization_parameters)
    parameters |= {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "state": state}
    if oauth.scopes:
        parameters["scope"] = oauth.scope_separator.join(oauth.scopes)
    if oauth.pkce:
        parameters |= {"code_challenge": code_challenge(code_verifier), "code_challenge_method": "S256"}
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters, quote_via=quote)}"


def code_challenge(code_verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()


def revocation_request(
    app: App,
    revocation: Revocation,
    settings: Mapping[str, str],
    tokens: Tokens,
    *,
    client_id: str,
    secret: Secret | None,
    token_id: str | None = None,
) -> HttpRequest:
    """How a grant is ended at the app (RFC 7009 §2.1, or the vendor's own way).

    The app file's request names ``${token}``, ``${token_id}``, ``${client_id}``, ``${client_secret}``, ``${api_base}``
    where the vendor wants them; HTTP Basic authentication (RFC 6749 §2.3.1), or the person's own token as a bearer
    (RFC 6750 §2.1), is added where the app file says so.
    """
    values = _places(app, settings, tokens) | {"token": _token_to_end(revocation, tokens), "token_id": token_id}
    values |= {"client_id": client_id, "client_secret": secret.reveal() if secret else ""}
    authorization = _authorization(revocation, tokens, client_id, secret)
    return _filled(app, revocation.request, settings, values, authorization)


def look_up_request(app: App, look_up: LookUp, settings: Mapping[str, str], tokens: Tokens) -> HttpRequest:
    """Asks the app as the person which id the token has there (RFC 6750 §2.1)."""
    return _filled(app, look_up.request, settings, _places(app, settings, tokens), _bearer(tokens))


def _places(app: App, settings: Mapping[str, str], tokens: Tokens) -> dict[str, Scalar | None]:
    """What says where the app is."""
    base = tokens.api_base or fill_settings(app, app.api_base or "", settings)
    return {**{f"settings.{name}": value for name, value in settings.items()}, "api_base": base}


def _filled(
    app: App, request: Request, settings: Mapping[str, str], values: Values, authorization: Mapping[str, str]
) -> HttpRequest:
    return HttpRequest(
        method=request.method,
        url=fill(fill_settings(app, request.url, settings), values, Landing.URL),
        query=fill_map(request.query, values),
        headers={**fill_map(request.headers, values, Landing.HEADER), **authorization},
        json=None if request.json is None else fill_json(request.json, values),
        form=None if request.form is None else fill_form(request.form, values),
    )


def introspection_request(
    oauth: OAuth, endpoint: str, token: Secret, *, client_id: str, secret: Secret | None
) -> HttpRequest:
    """Asks how long an access token lives (RFC 7662 §2.1); we say who we are as at the token endpoint."""
    form = {"token": token.reveal(), "token_type_hint": "access_token"}
    if oauth.client_authentication is ClientAuthentication.BASIC:
        return HttpRequest("POST", endpoint, headers={"Authorization": _basic(client_id, secret)}, form=form)
    form |= {"client_id": client_id} | ({"client_secret": secret.reveal()} if secret else {})
    return HttpRequest("POST", endpoint, form=form)


def _authorization(revocation: Revocation, tokens: Tokens, client_id: str, secret: Secret | None) -> Mapping[str, str]:
    if revocation.bearer and tokens.access_token:
        return _bearer(tokens)
    if revocation.client_authentication is ClientAuthentication.BASIC:
        return {"Authorization": _basic(client_id, secret)}
    return {}


def _bearer(tokens: Tokens) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {tokens.access_token.reveal()}"} if tokens.access_token else {}


def _token_to_end(revocation: Revocation, tokens: Tokens) -> str:
    refresh = revocation.token == "refresh_token"  # noqa: S105 - the kind of a token
    token = tokens.refresh_token if refresh and tokens.refresh_token else tokens.access_token
    return token.reveal() if token else ""


def _basic(client_id: str, secret: Secret | None) -> str:
    pair = f"{client_id}:{secret.reveal() if secret else ''}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
