"""Faults on demand: what the next calls of a Web API method answer instead of, or after, doing their work."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from http import HTTPStatus

ANY_METHOD = "*"


@dataclass(frozen=True)
class Fault:
    """One spoilt answer.

    Attributes:
        status: HTTP status to answer; 429 carries `Retry-After` and `ratelimited`.
        error: With status 200: the error name in the body.
        body: The raw body to answer, e.g. HTML or nothing, instead of JSON.
        delay: Seconds to wait before answering.
        retry_after: Seconds named in `Retry-After`.
        after: Whether the work is done first, so that only the answer is lost.
    """

    status: int = 500
    error: str | None = None
    body: str | None = None
    delay: float = 0.0
    retry_after: int = 1
    after: bool = False

    @property
    def only_slow(self) -> bool:
        """Whether the true answer follows after the delay."""
        return self.status == HTTPStatus.OK and self.error is None and self.body is None


class Faults:
    """Faults waiting for their method to be called, in the order in which they were planted. Thread-safe."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)
        self._lock = threading.Lock()

    def plant(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Spoil the next calls of a method; `*` stands for any, `response_url` for uses of response URLs."""
        with self._lock:
            self._waiting[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """The fault that is due for this call, used up by asking."""
        with self._lock:
            for name in (method, ANY_METHOD):
                if self._waiting[name]:
                    return self._waiting[name].popleft()
        return None

    def clear(self) -> None:
        """Forget all faults that are still waiting."""
        with self._lock:
            self._waiting.clear()
