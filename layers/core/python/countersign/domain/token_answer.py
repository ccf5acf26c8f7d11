"""Reads what a token endpoint answers (RFC 6749 §5), as strictly as vendors allow."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from countersign.domain import strict_json
from countersign.domain.catalog import OAuth
from countersign.domain.errors import AppUnavailable, InvalidClient, InvalidGrant
from countersign.domain.oauth import TokenAnswer
from countersign.domain.oauth_errors import known
from countersign.domain.query import ask_text
from countersign.domain.secret import Secret

EXPIRES_IN_LIMIT: Final = 30 * 86_400
TOKEN_LIMIT: Final = 16_384
"""Characters. A bundle of large JWTs is a third of it; what is longer is no token."""
_SCOPE_LIMIT: Final = 8_192
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")  # VSCHAR (RFC 6749 appendix A.12) without the space, so that a header holds
_TOKENS: Final = frozenset({"access_token", "refresh_token", "id_token"})
_OK: Final = 200
_BAD_REQUEST: Final = 400
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429

_INVALID_GRANT: Final = frozenset(
    {
        "invalid_grant",  # RFC 6749 §5.2
        # docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
        "bad_verification_code",
        "bad_refresh_token",
    }
)
_INVALID_CLIENT: Final = frozenset(
    {
        "invalid_client",  # RFC 6749 §5.2
        "unauthorized_client",
        "incorrect_client_credentials",  # GitHub, the same page
        "invalid_client_id",  # help.salesforce.com remoteaccess_oauth_flow_errors
        "invalid_client_credentials",
    }
)


def read_token_answer(
    oauth: OAuth, status: int, content_type: str, body: bytes, *, retry_after: int | None = None
) -> TokenAnswer:
    """The tokens, or an error of ours.

    Args:
        oauth: the app file's word on ``api_base``, and on other statuses with which it says that a grant is over.
        status: HTTP status. Some vendors send errors with 200 (GitHub), or ``invalid_grant`` with 403 (Atlassian).
        content_type: form-encoded answers (GitHub's default) are read where this says so.
        body: at most what the HTTP adapter lets through.
        retry_after: seconds, where the endpoint named them.

    Raises:
        InvalidGrant: the code or refresh token is no good any more. Only the endpoint's own word says so.
        InvalidClient: it does not accept our credentials.
        AppUnavailable: everything else, HTML and half answers included.
    """
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        raise AppUnavailable(f"token endpoint: status {status}", retry_after=retry_after)
    answer = _parse(content_type, body)
    error = answer.get("error")
    if error:
        raise _error(error, status, oauth.invalid_grant_status)
    if status != _OK:
        raise AppUnavailable(f"token endpoint: status {status} without an error code")
    if str(answer.get("token_type", "")).lower() != "bearer":
        raise AppUnavailable("token endpoint: a token_type other than bearer")
    refresh_token, id_token = answer.get("refresh_token"), answer.get("id_token")
    return TokenAnswer(
        access_token=_token(answer.get("access_token"), "access_token"),
        refresh_token=_token(refresh_token, "refresh_token") if refresh_token else None,
        expires_in=_expires_in(answer.get("expires_in")),
        scopes=_scopes(answer.get("scope")),
        api_base=ask_text(oauth.api_base, answer),
        id_token=Secret(id_token) if isinstance(id_token, str) and _is_token(id_token) else None,
        members={name: value for name, value in answer.items() if name not in _TOKENS},
    )


def read_introspection(answer: Any, now: int) -> int | None:
    """Seconds that an access token still lives, by its introspection (RFC 7662 §2.2); None where that does not say."""
    if not isinstance(answer, Mapping) or answer.get("active") is not True:
        return None
    ends = answer.get("exp")
    if isinstance(ends, bool) or not isinstance(ends, int | float):
        return None
    return _expires_in(ends - now)


def _parse(content_type: str, body: bytes) -> Mapping[str, Any]:
    """A JSON object, or a form where the endpoint says that it is one."""
    try:
        if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            return strict_json.unique(parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=50))
        answer = strict_json.parse(body)
    except ValueError:
        raise AppUnavailable("token endpoint: neither JSON nor a form") from None
    if not isinstance(answer, dict):
        raise AppUnavailable("token endpoint: JSON, but no object")
    return answer


def _error(error: Any, status: int, grant_over: Sequence[int]) -> InvalidGrant | InvalidClient | AppUnavailable:
    """``grant_over``: statuses of this app that mean it whatever the word; 400 can mean anything, and never does."""
    code = known(error)
    detail = f"token endpoint: {code} (status {status})"
    if code in _INVALID_CLIENT:
        return InvalidClient(detail)
    if code in _INVALID_GRANT or (status in grant_over and status != _BAD_REQUEST):
        return InvalidGrant(detail)
    return AppUnavailable(detail)


def _token(value: Any, name: str) -> Secret:
    if not isinstance(value, str) or not _is_token(value):
        raise AppUnavailable(f"token endpoint: no usable {name}")
    return Secret(value)


def _is_token(value: str) -> bool:
    return len(value) <= TOKEN_LIMIT and _TOKEN.fullmatch(value) is not None


def _expires_in(value: Any) -> int | None:
    """Seconds as a number or as text; what is no number says nothing, and what is out of bounds is clamped."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    if math.isnan(seconds):
        return None
    return int(min(max(seconds, 0), EXPIRES_IN_LIMIT))


def _scopes(value: Any) -> tuple[str, ...] | None:
    """Scopes as the endpoint names them: separated by spaces (RFC 6749 §3.3), by commas, or as a list."""
    if isinstance(value, str):
        value = value[:_SCOPE_LIMIT].replace(",", " ").split()
    if not isinstance(value, list) or not all(isinstance(scope, str) for scope in value):
        return None
    return tuple(dict.fromkeys(value)) or None
