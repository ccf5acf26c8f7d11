"""One token request of requests-oauthlib, over the hardened session and with our own reading of the answer."""

import logging
from typing import Any, Final
from urllib.parse import parse_qsl

import requests
from requests_oauthlib import OAuth2Session

from countersign.adapters.http import HardenedAdapter, HardenedSession, retry_after
from countersign.domain.app_sign_in import OAuth, TokenRequest
from countersign.domain.oauth import TokenAnswer
from countersign.domain.token_answer import read_token_answer

for _name in ("requests_oauthlib", "oauthlib", "urllib3"):
    # At DEBUG these write tokens, codes and client secrets; no setting of ours may ever switch that on.
    logging.getLogger(_name).setLevel(logging.WARNING)

_ACCEPTED: Final = b'{"access_token": "read already", "token_type": "Bearer"}'
"""What the library gets to parse once the answer has been read: its own reading is laxer, with a clock of its own."""


class TokenSession(HardenedSession, OAuth2Session):
    """One token request. The library insists on https, also where a local stack's endpoint is http on loopback."""

    answer: TokenAnswer

    def __init__(self, adapter: HardenedAdapter, url: str, client_id: str, redirect_uri: str, oauth: OAuth) -> None:
        # No scope: the library would raise where the app grants another one (RFC 6749 §3.3 allows it); we compare.
        OAuth2Session.__init__(self, client_id=client_id, redirect_uri=redirect_uri)
        self.harden(adapter)
        self._url, self._oauth = url, oauth
        self.library_url = "https://" + url.partition("://")[2]
        self.register_compliance_hook("access_token_response", self._read)
        self.register_compliance_hook("refresh_token_response", self._read)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send to the endpoint itself, and in the form that it takes."""
        request.url = self._url
        if self._oauth.token_request is TokenRequest.JSON:
            self._as_json(request)
        return super().send(request, **kwargs)

    def _as_json(self, request: requests.PreparedRequest) -> None:
        """The same parameters as a JSON object; numbers of the app file stay numbers."""
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
        numbers = {name: value for name, value in self._oauth.token_parameters.items() if isinstance(value, int)}
        parameters = dict(parse_qsl(body, keep_blank_values=True)) | numbers
        request.headers["Content-Type"] = "application/json"
        request.prepare_body(None, None, parameters)

    def _read(self, response: requests.Response) -> requests.Response:
        """Read the answer before the library does; our errors pass through it."""
        self.answer = read_token_answer(
            self._oauth,
            response.status_code,
            response.headers.get("Content-Type", ""),
            response.content,
            retry_after=retry_after(response.headers),
        )
        response._content = _ACCEPTED  # noqa: SLF001 - the library's documented hook may return another answer
        return response
