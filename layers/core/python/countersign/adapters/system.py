"""The one place that reads the clock, randomness and the environment; everything else is given them."""

import os
import secrets
import time
from collections.abc import Mapping


def now() -> int:
    """Epoch seconds. Implements ``ports.Clock``."""
    return int(time.time())


def random_hex() -> str:
    """32 unguessable bytes as 64 lower-case hex characters. Implements ``ports.Randomness``."""
    return secrets.token_hex(32)


def pause(seconds: int) -> None:
    """Wait. Implements ``ports.Pause``."""
    time.sleep(seconds)


def environment() -> Mapping[str, str]:
    """The process's environment."""
    return os.environ
