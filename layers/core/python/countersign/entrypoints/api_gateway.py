"""API Gateway's REST proxy events as plain requests, and plain answers as what it wants back.

Shapes: docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html (format 1.0).
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

from countersign.domain.errors import Malformed, TooLarge

type Event = Mapping[str, Any]
type Answer = dict[str, Any]

BODY_LIMIT: Final = 64 * 1024
"""Bytes. Slack's payloads, browsers' forms and hooks are far smaller."""

_REQUEST_ID: Final = re.compile(r"[0-9A-Za-z_=-]{1,64}")

PAGE_POLICY: Final = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
_EVERY_ANSWER: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_EVERY_PAGE: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}


@dataclass(frozen=True, slots=True)
class HttpRequestIn:
    """One HTTP request, as it came.

    Attributes:
        route: the route's pattern (``/connect/{sign_in}``); the path itself where the event names none.
        headers: by lower-case name. A repeated header is joined with ``, `` (RFC 9110 §5.3; cookies with ``; ``), so
            that whoever expects one value in a strict form refuses it.
        query: every value of every parameter, in order.
        cookies: the first value of each name (RFC 6265 §5.4 sends the more specific one first).
        body: the raw bytes, never re-encoded: signatures are made over them.
        request_id: API Gateway's own id of this request, safe to log; empty where the event has none.
    """

    method: str
    path: str
    route: str
    headers: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    path_parameters: Mapping[str, str]
    cookies: Mapping[str, str]
    body: bytes
    request_id: str = ""


def read_request(event: Event) -> HttpRequestIn:
    """Read a REST proxy event. Raises TooLarge (body over 64 KiB) and Malformed (anything no gateway sends)."""
    method, path = event.get("httpMethod"), event.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        raise Malformed("the event names no method or path")
    headers = _headers(event)
    route = event.get("resource")
    return HttpRequestIn(
        method=method.upper(),
        path=path,
        route=route if isinstance(route, str) else path,
        headers=headers,
        query=_multi(event, "multiValueQueryStringParameters", "queryStringParameters"),
        path_parameters=_strings(event, "pathParameters"),
        cookies=_cookies(headers.get("cookie", "")),
        body=_body(event),
        request_id=request_id(event),
    )


def request_id(event: Event) -> str:
    """API Gateway's id of this request, or an empty string. Never raises."""
    context = event.get("requestContext")
    found = context.get("requestId") if isinstance(context, Mapping) else None
    return found if isinstance(found, str) and _REQUEST_ID.fullmatch(found) else ""


def answer(
    status: int, headers: Mapping[str, str] | None = None, body: str = "", cookies: Sequence[str] = ()
) -> Answer:
    """What API Gateway wants back: integer status, string headers, string body. ``cookies`` are Set-Cookie values."""
    plain = {**_EVERY_ANSWER, **(headers or {})}
    more: Answer = {}
    if len(cookies) == 1:
        plain["Set-Cookie"] = cookies[0]
    elif cookies:
        more = {"multiValueHeaders": {"Set-Cookie": list(cookies)}}
    return {"statusCode": int(status), "headers": plain, "body": body, "isBase64Encoded": False, **more}


def json_answer(status: int, value: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""
    return answer(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, json.dumps(value))


def page(status: int, html: str, *, style_source: str = "", cookies: Sequence[str] = ()) -> Answer:
    """A page that may load, frame and run nothing; ``style_source`` (a hash or nonce source) allows its own style."""
    policy = PAGE_POLICY + (f"; style-src {style_source}" if style_source else "")
    return answer(status, {**_EVERY_PAGE, "Content-Security-Policy": policy}, html, cookies)


def health_answer(version: str) -> Answer:
    """200 and the version, nothing else."""
    return json_answer(200, {"version": version})


def _headers(event: Event) -> dict[str, str]:
    """Headers by lower-case name; names that differ only in case are the same header (RFC 9110 §5.1)."""
    headers: dict[str, list[str]] = {}
    for name, values in _multi(event, "multiValueHeaders", "headers").items():
        headers.setdefault(name.lower(), []).extend(values)
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in headers.items()}


def _multi(event: Event, several: str, single: str) -> dict[str, list[str]]:
    """The multi-value mapping of an event, completed from the single-value one."""
    found = {name: [value] for name, value in _strings(event, single).items()}
    values = event.get(several) or {}
    if not isinstance(values, Mapping):
        raise Malformed(f"{several} is no mapping")
    for name, items in values.items():
        if not isinstance(name, str) or not isinstance(items, list) or not all(isinstance(i, str) for i in items):
            raise Malformed(f"{several} holds something else than lists of strings")
        found[name] = list(items)
    return found


def _strings(event: Event, name: str) -> dict[str, str]:
    values = event.get(name) or {}
    if not isinstance(values, Mapping) or not all(isinstance(k, str) and isinstance(v, str) for k, v in values.items()):
        raise Malformed(f"{name} holds something else than strings")
    return dict(values)


def _cookies(header: str) -> dict[str, str]:
    """Cookies by name. A pair that is none is skipped alone: other sites of the host may have set it."""
    cookies: dict[str, str] = {}
    for pair in header.split(";"):
        try:
            parsed = SimpleCookie(pair.strip())
        except CookieError:
            continue
        for name, morsel in parsed.items():
            cookies.setdefault(name, morsel.value)
    return cookies


def _body(event: Event) -> bytes:
    body, encoded = event.get("body"), event.get("isBase64Encoded", False)
    if body is None:
        return b""
    if not isinstance(body, str) or not isinstance(encoded, bool):
        raise Malformed("the body is no string")
    if len(body) > BODY_LIMIT * 4 // 3 + 4 or (not encoded and len(body) > BODY_LIMIT):
        raise TooLarge(f"a body of {len(body)} characters")
    try:
        raw = base64.b64decode(body, validate=True) if encoded else body.encode()
    except (binascii.Error, ValueError) as error:
        raise Malformed("the body is not what isBase64Encoded says, or no text") from error
    if len(raw) > BODY_LIMIT:
        raise TooLarge(f"a body of {len(raw)} bytes")
    return raw
