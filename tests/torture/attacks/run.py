"""Random interleavings of two people's sign-ins: most on a stage of our own, some on other people's servers."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.support.scripted_server import serve
from tests.support.sign_in_world import JOSIE, TOM
from tests.support.two_browsers import Stage
from tests.torture.attacks.certified import certified
from tests.torture.attacks.interleaving import Round, honest
from tests.torture.attacks.oracle import Oracle
from tests.torture.measure import Share, in_processes, shares

SHARE: Final = 250
HONEST_EVERY: Final = 25
"""After so many rounds each of the two signs in undisturbed, and must get in."""


@dataclass(frozen=True, slots=True)
class Attacked:
    """What came of some rounds: ``bound`` accounts, and those that were bound to somebody else."""

    rounds: int
    bound: int
    wrong: tuple[str, ...]


def attack(seed: int, rounds: int, certified_rounds: int, workers: int) -> Attacked:
    """Play so many rounds on our own stage, and on certified ones. Raises Locked when somebody honest can't get in."""
    found = in_processes(on_our_stage, list(shares(seed, rounds, SHARE)), workers)
    found += [on_certified_servers(share) for share in shares(seed + 1, certified_rounds, certified_rounds or 1)]
    wrong = tuple(line for each in found for line in each.wrong)
    return Attacked(sum(each.rounds for each in found), sum(each.bound for each in found), wrong)


class Locked(Exception):
    """Somebody with a link of their own, in a fresh browser, did not get in."""


def on_our_stage(share: Share) -> Attacked:
    """A share of the rounds on the sandbox's kind of servers."""
    with serve() as server:
        return play(Stage.on(server), share)


def on_certified_servers(share: Share) -> Attacked:
    """A share of the rounds with npm's servers as Slack and as the app."""
    with tempfile.TemporaryDirectory() as folder, certified(Path(folder)) as stage:
        return play(stage, share)


def play(stage: Stage, share: Share) -> Attacked:
    """A share of the rounds on this stage. Raises Locked."""
    chance, oracle = Random(share.seed), Oracle(stage)  # noqa: S311 - dice, which must fall the same way again
    for number in range(share.count):
        Round(stage, oracle, chance).play()
        if number % HONEST_EVERY == 0:
            for person in (TOM, JOSIE):
                if not honest(stage, oracle, person):
                    raise Locked(f"{person.user_id} did not get in after round {number} of seed {share.seed}")
    return Attacked(share.count, oracle.bound, tuple(f"seed {share.seed}: {line}" for line in oracle.wrong))
