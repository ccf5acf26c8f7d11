"""Hostile input of every kind (C1 to C11 of the threat model's corpora), divided among processes."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.torture.hostile.browser_routes import attack_browser
from tests.torture.hostile.chat_text import attack_chat
from tests.torture.hostile.id_tokens import attack_id_tokens
from tests.torture.hostile.judge import Verdicts, resident_kb
from tests.torture.hostile.program_routes import attack_programs
from tests.torture.hostile.queue_messages import attack_queues
from tests.torture.hostile.shapes import attack_shapes
from tests.torture.hostile.shown_data import PLACES
from tests.torture.hostile.shown_judge import attack_shown
from tests.torture.hostile.slack_routes import attack_slack
from tests.torture.hostile.stored_runs import attack_rows
from tests.torture.hostile.token_runs import attack_tokens
from tests.torture.measure import Share, in_processes, shares

SHARE: Final = 25_000
FEWER: Final = 2_500
"""A share of what takes longer."""
STRINGS: Final = 50
WARM: Final = 1_000
"""Requests after which a process holds in memory what it always holds."""
MOST_GROWTH_KB: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Attack:
    """A kind of requests, sent with its share's seed. Picklable: each share may run in another process."""

    send: Callable[[Share], Verdicts]

    def __call__(self, share: Share) -> Verdicts:
        """Send a share, and see what the process has grown by since it was warm."""
        logging.disable(logging.CRITICAL)
        try:
            verdicts = self.send(Share(share.seed, min(WARM, share.count)))
            warm = resident_kb()
            if share.count > WARM:
                verdicts.add(self.send(Share(share.seed + 1, share.count - WARM)))
            verdicts.growth_kb = resident_kb() - warm
        finally:
            logging.disable(logging.NOTSET)
        if verdicts.growth_kb > MOST_GROWTH_KB:
            verdicts.fault(f"seed {share.seed}: {verdicts.growth_kb // 1024} MB more after {share.count} requests")
        return verdicts


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of every kind of hostile input."""

    slack: int
    shapes: int
    others: int
    messages: int
    id_tokens: int
    token_answers: int
    rows: int
    texts: int
    shown: int

    def kinds(self) -> Iterator[tuple[Callable[[Share], Verdicts], int, int]]:
        """(what sends it, how much, how much at most in one share)."""
        yield attack_slack, self.slack, SHARE
        yield attack_shapes, self.shapes, FEWER
        yield attack_browser, self.others // 2, SHARE
        yield attack_programs, self.others - self.others // 2, SHARE
        yield attack_queues, self.messages, FEWER
        yield attack_id_tokens, self.id_tokens, FEWER
        yield attack_tokens, self.token_answers, FEWER
        yield attack_rows, self.rows, FEWER
        yield attack_chat, self.texts, FEWER


def assault(seed: int, plan: Plan, workers: int) -> Verdicts:
    """All of it, divided among processes."""
    found = Verdicts()
    for number, (send, count, size) in enumerate(plan.kinds()):
        for verdicts in in_processes(Attack(send), list(shares(seed + number, count, size)), workers):
            found.add(verdicts)
    for verdicts in in_processes(show_silently, list(parts_of_the_list(plan.shown)), workers):
        found.add(verdicts)
    return found


def parts_of_the_list(count: int) -> Iterator[Share]:
    """The list of strings in parts: its seed is where a part begins, and each string comes to every place."""
    for first in range(0, count, STRINGS * len(PLACES)):
        yield Share(first // len(PLACES), min(STRINGS * len(PLACES), count - first))


def show_silently(share: Share) -> Verdicts:
    """A part of the list, without the log lines of what it breaks."""
    logging.disable(logging.CRITICAL)
    try:
        return attack_shown(share)
    finally:
        logging.disable(logging.NOTSET)
