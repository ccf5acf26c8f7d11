"""The Events API: envelopes sent in the background, retried three times when they are not acknowledged.

Source: docs.slack.dev/apis/events-api#retries.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from sandbox.slack.config import Clock, SlackConfig
from sandbox.slack.delivery import Deliverer, Outcome
from sandbox.slack.model import Json
from sandbox.slack.payloads import Payloads
from sandbox.slack.workspace import Workspace

WORKERS = 8


class Events:
    """Sends events; the person who caused one does not wait for its delivery."""

    def __init__(self, config: SlackConfig, clock: Clock, payloads: Payloads, deliverer: Deliverer) -> None:
        self._delays = config.retry_delays
        self._clock = clock
        self._payloads = payloads
        self._deliverer = deliverer
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="slack-events")
        self._timers: set[threading.Timer] = set()
        self._closed = threading.Event()

    def send(self, workspace: Workspace, user: str, event: Json) -> str:
        """Send an event caused by this person; the envelope's event id is returned at once."""
        envelope = self._payloads.event(workspace, event, int(self._clock()))
        self._pool.submit(self._attempt, user, envelope, 0, "")
        event_id: str = envelope["event_id"]
        return event_id

    def send_of_organisation(self, enterprise_id: str, event: Json) -> str:
        """Send an event about an installation on a whole organisation."""
        envelope = self._payloads.organisation_event(enterprise_id, event, int(self._clock()))
        self._pool.submit(self._attempt, "", envelope, 0, "")
        return str(envelope["event_id"])

    def verify_url(self, challenge: str) -> bool:
        """What Slack does when an app's Events URL is saved: the app must answer the challenge."""
        body = {"token": self._payloads.token, "challenge": challenge, "type": "url_verification"}
        outcome = self._deliverer.event("", body)
        answered = outcome.body.decode(errors="replace").strip()
        return outcome.acknowledged and challenge in (answered, outcome.json().get("challenge"))

    def close(self) -> None:
        """Give up what still waits for a retry, and wait for what is under way."""
        self._closed.set()
        for timer in list(self._timers):
            timer.cancel()
        self._pool.shutdown(cancel_futures=True)

    def _attempt(self, user: str, envelope: Json, retry: int, reason: str) -> None:
        outcome = self._deliverer.event(user, envelope, retry, reason)
        refuses_retry = outcome.headers.get("x-slack-no-retry") == "1"
        if _accepted(outcome) or refuses_retry or retry >= len(self._delays) or self._closed.is_set():
            return
        following = (user, envelope, retry + 1, outcome.failure or "http_error")
        timer = threading.Timer(self._delays[retry], self._retry, following)
        timer.daemon = True
        self._timers = {waiting for waiting in self._timers if waiting.is_alive()} | {timer}
        timer.start()

    def _retry(self, user: str, envelope: Json, retry: int, reason: str) -> None:
        if not self._closed.is_set():
            self._pool.submit(self._attempt, user, envelope, retry, reason)


def _accepted(outcome: Outcome) -> bool:
    return bool(outcome.status) and HTTPStatus(outcome.status).is_success
