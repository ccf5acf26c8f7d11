"""The parts of the long runs: what each does with its options, and what of it must be zero."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tests.torture.attacks.run import attack
from tests.torture.measure import DEFAULT_SEED, Figures


@dataclass(frozen=True, slots=True)
class Options:
    """How much of everything."""

    seed: int = DEFAULT_SEED
    workers: int = 2
    rounds: int = 9_500
    certified_rounds: int = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of a part, and what went wrong in words: with seeds, so that it can be played again."""

    figures: Figures
    faults: tuple[str, ...] = ()


def attacks(options: Options) -> Outcome:
    """Two people's sign-ins against each other."""
    found = attack(options.seed, options.rounds, options.certified_rounds, options.workers)
    faults = found.wrong or (() if found.bound else ("nobody ever got in: nothing was tried",))
    return Outcome({"rounds": found.rounds, "wrong_bindings": len(found.wrong)}, faults)


PARTS: Final[Mapping[str, Callable[[Options], Outcome]]] = {"attacks": attacks}
"""Every part by its published name."""
