"""The one way out to business apps: https to allowed hosts, no redirects, bounded in time and size.

``HardenedSession`` is a requests session, so that OAuth libraries can be put on top of it; ``HardenedHttp`` implements
``ports.apps.Http`` with it. Bodies and headers are never logged.
"""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema
from urllib3.exceptions import HTTPError

from countersign.adapters.bounded import Attempt, Limits, WatchedHTTPConnectionPool, WatchedHTTPSConnectionPool, watched
from countersign.domain import strict_json
from countersign.domain.errors import AppUnavailable, HostNotAllowed
from countersign.domain.hosts import is_loopback, require_allowed
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.local_hosts import LocalHosts

_TEXT: Final = 1_000
_HEADERS: Final = {"User-Agent": "Countersign", "Accept-Encoding": "identity", "Connection": "close"}
"""One connection per request: a kept one may be dead after a frozen function thaws, and nobody knows what was sent.
No compression: what is small stays small, and what is not cannot grow while it is unpacked."""
_RETRY_AFTER_LIMIT: Final = 3_600


class HardenedAdapter(HTTPAdapter):
    """Sends one request within ``limits`` to a host that was allowed, or to its stand-in on a laptop.

    Raises AppUnavailable (``sent`` is False only when no connection was made), TooLarge, HostNotAllowed.
    """

    def __init__(self, allowed: Sequence[str], stand_ins: LocalHosts, limits: Limits, *, local: bool) -> None:
        self._allowed, self._stand_ins, self._limits, self._local = allowed, stand_ins, limits, local
        super().__init__(max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {
            "http": WatchedHTTPConnectionPool,
            "https": WatchedHTTPSConnectionPool,
        }

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """Send, and read the whole answer within the bounds, whatever the caller says of time or certificates."""
        require_allowed(request.url or "", self._allowed, local=self._local)
        self._to_stand_in(request)
        with watched(self._limits) as attempt:
            try:
                timeout = (self._limits.connect, self._limits.read)
                response = super().send(request, stream=True, timeout=timeout, verify=True)
                with closing(response.raw):
                    response._content = attempt.read(response.raw)  # noqa: SLF001 - where requests keeps a read body
                response.encoding = "utf-8"  # or requests guesses, at length, what a megabyte of anything may be
            except (requests.RequestException, HTTPError, OSError) as error:
                raise _unavailable(error, attempt) from None
        return response

    def _to_stand_in(self, request: requests.PreparedRequest) -> None:
        """Local stacks only: the app's stand-in; and ``*.localhost``, which only browsers resolve, by its address."""
        request.url = self._stand_ins.resolve(request.url or "")
        parts = urlsplit(request.url)
        if self._local and parts.scheme == "http" and is_loopback(parts.hostname or ""):
            request.headers["Host"] = parts.netloc
            address = "127.0.0.1" if parts.port is None else f"127.0.0.1:{parts.port}"
            request.url = urlunsplit(parts._replace(netloc=address))


class HardenedSession(requests.Session):
    """A session that can only do what its adapter does; nothing comes from the environment, no redirect is followed."""

    def harden(self, adapter: HardenedAdapter) -> None:
        """Make ``adapter`` the only way out."""
        self.trust_env = False
        self.headers.update(_HEADERS)
        self.adapters.clear()
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 - requests' own signature
        """None: a redirect is an answer like any other."""
        return None


class HardenedHttp:
    """Implements ``ports.apps.Http``."""

    def __init__(self, stand_ins: LocalHosts, *, local: bool, limits: Limits | None = None) -> None:
        self._stand_ins, self._local, self._limits = stand_ins, local, limits or Limits()

    def within(self, seconds: float) -> "HardenedHttp":
        """The same with less patience: every answer is given up after so many seconds."""
        limits, shorter = self._limits, min(self._limits.total, seconds)
        hurried = replace(limits, read=min(limits.read, shorter), total=shorter)
        return HardenedHttp(self._stand_ins, local=self._local, limits=hurried)

    def adapter(self, allowed_hosts: Sequence[str]) -> HardenedAdapter:
        """The way out to these hosts, for a library that brings its own session."""
        return HardenedAdapter(allowed_hosts, self._stand_ins, self._limits, local=self._local)

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        """Send and read. Raises HostNotAllowed, AppUnavailable, TooLarge."""
        with HardenedSession() as session:
            session.harden(self.adapter(allowed_hosts))
            try:
                response = session.request(
                    request.method,
                    request.url,
                    params=dict(request.query) or None,
                    headers=_headers(request),
                    data=_data(request),
                )
            except (InvalidSchema, InvalidURL, MissingSchema) as error:  # as where the app never said where its API is
                raise HostNotAllowed(f"not an address: {type(error).__name__}") from None
        return read_answer(response)


def read_answer(response: requests.Response) -> HttpAnswer:
    """An answer as a value: JSON strictly, or up to 1,000 characters of text."""
    try:
        body, text = strict_json.parse(response.content), ""
    except ValueError:
        body, text = None, response.content[: _TEXT * 4].decode("utf-8", "replace")[:_TEXT]
    headers = {name.lower(): value for name, value in response.headers.items()}
    return HttpAnswer(response.status_code, body, headers, text)


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds of a ``Retry-After`` (RFC 9110 §10.2.3) in its plain form, at most an hour; a date says nothing to us."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(int(value), _RETRY_AFTER_LIMIT) if re.fullmatch(r"[0-9]{1,9}", value) else None


def _headers(request: HttpRequest) -> dict[str, str]:
    headers = {"Accept": "application/json", **request.headers}
    if request.json is not None and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    return headers


def _data(request: HttpRequest) -> bytes | dict[str, str] | None:
    if request.json is not None:
        return json.dumps(request.json, ensure_ascii=False, allow_nan=False).encode()
    return None if request.form is None else dict(request.form)


def _unavailable(error: Exception, attempt: Attempt) -> AppUnavailable:
    """Theirs as ours, without their texts: those quote addresses, and addresses can hold tokens."""
    reason = "out of time" if attempt.cut else type(error).__name__
    return AppUnavailable(f"no answer: {reason}", sent=attempt.connected)
