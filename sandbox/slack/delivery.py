"""Deliveries to the app: a signed POST that must be answered within three seconds.

Source: docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response, docs.slack.dev/apis/events-api.
"""

import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

import requests

from sandbox.slack.config import Clock, SlackConfig
from sandbox.slack.journal import Journal
from sandbox.slack.model import Json
from sandbox.slack.signing import signature_headers

FORM = "application/x-www-form-urlencoded"
USER_AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"


@dataclass(frozen=True)
class Outcome:
    """How the app answered.

    Attributes:
        status: HTTP status, or 0 when no answer came.
        failure: Why none came, in the words of `x-slack-retry-reason`: `http_timeout`, `connection_failed`.
        ms: How long it took, in milliseconds.
    """

    status: int
    body: bytes
    headers: requests.structures.CaseInsensitiveDict[str]
    failure: str | None
    ms: int

    @property
    def acknowledged(self) -> bool:
        """Whether interactions and commands count as answered: 200, in time."""
        return self.status == HTTPStatus.OK

    def json(self) -> Json:
        """The answer's JSON object; empty when there is none."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


class Deliverer:
    """Signs, sends and records. Holds no lock, because the app calls back while it is being waited for."""

    def __init__(self, config: SlackConfig, clock: Clock, journal: Journal) -> None:
        self._config = config
        self._clock = clock
        self._journal = journal

    def interaction(self, user: str, payload: Json) -> Outcome:
        """Deliver a click, form or shortcut: a form body with the JSON in `payload`."""
        body = urlencode({"payload": json.dumps(payload)}).encode()
        return self._send(user, "interactions", payload["type"], body, {"Content-Type": FORM})

    def command(self, user: str, fields: dict[str, str]) -> Outcome:
        """Deliver a slash command: flat form fields."""
        body = urlencode(fields).encode()
        return self._send(user, "commands", fields["command"], body, {"Content-Type": FORM})

    def event(self, user: str, envelope: Json, retry: int = 0, reason: str = "") -> Outcome:
        """Deliver an event's envelope as JSON, on a retry with the two headers that say so."""
        headers = {"Content-Type": "application/json"}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        body = json.dumps(envelope).encode()
        kind = envelope.get("event", envelope)["type"]
        return self._send(user, "events", kind, body, headers, retry=retry)

    def _send(
        self, user: str, route: str, kind: str, body: bytes, headers: dict[str, str], *, retry: int = 0
    ) -> Outcome:
        signed = signature_headers(self._config.signing_secret, int(self._clock()), body)
        started = time.monotonic()
        status, answer, answer_headers, failure = self._post(
            f"{self._config.api_url}/slack/{route}", body, {"User-Agent": USER_AGENT, **headers, **signed}
        )
        ms = round((time.monotonic() - started) * 1000)
        if status and ms > self._config.acknowledge_seconds * 1000:
            # The library's limit holds for each read; Slack's holds for the whole answer.
            status, failure = 0, "http_timeout"
        self._journal.delivered(user, route=f"/slack/{route}", kind=kind, status=status, ms=ms, retry=retry)
        return Outcome(status, answer, answer_headers, failure, ms)

    def _post(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, bytes, requests.structures.CaseInsensitiveDict[str], str | None]:
        nothing: requests.structures.CaseInsensitiveDict[str] = requests.structures.CaseInsensitiveDict()
        limit = self._config.acknowledge_seconds
        try:
            answer = requests.post(url, data=body, headers=headers, timeout=limit, allow_redirects=False)
        except requests.Timeout:
            return 0, b"", nothing, "http_timeout"
        except requests.RequestException:
            return 0, b"", nothing, "connection_failed"
        return answer.status_code, answer.content, answer.headers, None
