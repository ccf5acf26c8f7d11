"""What Slack remembers of its own doings: deliveries to the app, warning signs shown to people, Web API calls."""

from collections import defaultdict, deque
from typing import Any

from sandbox.slack.config import Clock

MOST_DELIVERIES = 50
MOST_NOTICES = 20
MOST_CALLS = 500


class Journal:
    """Bounded logs for the page and for tests. Appending to a deque is atomic, so no lock is needed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._deliveries: dict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=MOST_DELIVERIES))
        self._notices: dict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=MOST_NOTICES))
        self._calls: deque[dict[str, Any]] = deque(maxlen=MOST_CALLS)

    def delivered(self, user: str, *, route: str, kind: str, status: int, ms: int, retry: int) -> None:
        """Note a delivery caused by this person. `status` 0 means that no HTTP answer came."""
        entry = {"route": route, "kind": kind, "status": status, "ms": ms, "retry": retry, "at": self._clock()}
        self._deliveries[user].append(entry)

    def warn(self, user: str, text: str) -> None:
        """Show this person one of Slack's own warnings."""
        self._notices[user].append({"text": text, "at": self._clock()})

    def called(self, method: str, error: str | None) -> None:
        """Note a Web API call and the error that it was answered with, if any."""
        self._calls.append({"method": method, "error": error, "at": self._clock()})

    def deliveries(self, user: str) -> list[dict[str, Any]]:
        """Deliveries caused by this person, newest last, at most 50."""
        return list(self._deliveries[user])

    def notices(self, user: str) -> list[dict[str, Any]]:
        """Warnings shown to this person, newest last."""
        return list(self._notices[user])

    def calls(self) -> list[dict[str, Any]]:
        """The latest Web API calls, newest last."""
        return list(self._calls)
