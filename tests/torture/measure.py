"""What every part shares: its settings, what it finds, and dividing work among processes."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Final

DEFAULT_SEED: Final = 20_261_122

type Figures = dict[str, int]
"""What of a part is written down, by the names of the published figures."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one process does of a part: its own seed, derived from the run's, and how often."""

    seed: int
    count: int


def shares(seed: int, count: int, size: int) -> Iterator[Share]:
    """Divide ``count`` into shares of at most ``size``; the same seed gives the same shares, however many processes."""
    for number, first in enumerate(range(0, count, size)):
        yield Share(seed * 1_000_003 + number, min(size, count - first))


def in_processes[T](work: Callable[[Share], T], parts: Sequence[Share], workers: int) -> list[T]:
    """Do every share, in fresh processes where there are several workers. Raises what a share raises."""
    if workers <= 1 or len(parts) <= 1:
        return [work(part) for part in parts]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(_say_which, work), parts))


def _say_which[T](work: Callable[[Share], T], share: Share) -> T:
    try:
        return work(share)
    except Exception as error:
        error.add_note(f"in the share with seed {share.seed}")
        raise


def seconds() -> float:
    """A clock for measuring."""
    return time.perf_counter()
