"""Hostile requests to every public route, divided among processes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.torture.hostile.browser_routes import attack_browser
from tests.torture.hostile.judge import Verdicts, resident_kb
from tests.torture.hostile.program_routes import attack_programs
from tests.torture.hostile.queue_messages import attack_queues
from tests.torture.hostile.slack_routes import attack_slack
from tests.torture.measure import Share, in_processes, shares

SHARE: Final = 25_000
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
            verdicts.add(self.send(Share(share.seed + 1, share.count - min(WARM, share.count))))
            verdicts.growth_kb = resident_kb() - warm
        finally:
            logging.disable(logging.NOTSET)
        if verdicts.growth_kb > MOST_GROWTH_KB:
            verdicts.fault(f"seed {share.seed}: {verdicts.growth_kb // 1024} MB more after {share.count} requests")
        return verdicts


def assault(seed: int, slack: int, others: int, messages: int, workers: int) -> Verdicts:
    """So many requests to Slack's routes, to the other routes, and messages to the queues."""
    found = Verdicts()
    counts = {attack_slack: slack, attack_browser: others // 2, attack_programs: others - others // 2}
    for number, (send, count) in enumerate((counts | {attack_queues: messages}).items()):
        for verdicts in in_processes(Attack(send), list(shares(seed + number, count, SHARE)), workers):
            found.add(verdicts)
    return found
