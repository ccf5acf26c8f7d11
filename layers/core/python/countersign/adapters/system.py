"""The one place that reads the clock, randomness and the environment; everything else is given them."""

import os
import secrets
import threading
import time
from collections.abc import Mapping


def now() -> int:
    """Epoch seconds. Implements ``ports.system.Clock``."""
    return int(time.time())


class Moments:
    """Epoch microseconds, each later than any that was asked for before: what this process does has an order."""

    def __init__(self) -> None:
        self._last, self._one_at_a_time = 0, threading.Lock()

    def __call__(self) -> int:
        """The next moment."""
        with self._one_at_a_time:
            self._last = max(time.time_ns() // 1000, self._last + 1)
            return self._last


moment = Moments()


def random_hex() -> str:
    """32 unguessable bytes as 64 lower-case hex characters. Implements ``ports.system.Randomness``."""
    return secrets.token_hex(32)


def pause(seconds: int) -> None:
    """Wait. Implements ``ports.system.Pause``."""
    time.sleep(seconds)


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ
