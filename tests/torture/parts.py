"""The parts of the long runs: what each does with its options, and what of it must be zero."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.torture.attacks.run import attack
from tests.torture.canaries.run import search
from tests.torture.hostile.api import assault_through_api
from tests.torture.hostile.guided import available, fuzz
from tests.torture.hostile.judge import Verdicts
from tests.torture.hostile.run import Plan, assault
from tests.torture.measure import DEFAULT_SEED, Figures
from tests.torture.sealing import swap_all


@dataclass(frozen=True, slots=True)
class Options:
    """How much of everything."""

    seed: int = DEFAULT_SEED
    workers: int = 2
    rounds: int = 9_500
    certified_rounds: int = 500
    slack_requests: int = 1_000_000
    other_requests: int = 100_000
    guided: int = 50_000
    messages: int = 5_000
    through_api: int = 2_000
    shapes: int = 20_000
    id_tokens: int = 2_000
    token_answers: int = 5_000
    shown: int = 4_232
    rows: int = 5_000
    texts: int = 2_000
    sealed: int = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of a part, and what went wrong in words: with seeds, so that it can be played again."""

    figures: Figures
    faults: tuple[str, ...] = ()
    classes: Figures = field(default_factory=dict)
    """How many of each class of hostile input, beside the figures."""
    skipped: tuple[str, ...] = ()
    """What was asked for and could not be done here, in words."""


def attacks(options: Options) -> Outcome:
    """Two people's sign-ins against each other."""
    found = attack(options.seed, options.rounds, options.certified_rounds, options.workers)
    faults = found.wrong or (() if found.bound else ("nobody ever got in: nothing was tried",))
    return Outcome({"rounds": found.rounds, "wrong_bindings": len(found.wrong)}, faults)


def hostile(options: Options) -> Outcome:
    """Hostile requests to every public route, in process and through the API; and whatever else comes from outside."""
    found = assault(options.seed, _plan(options), options.workers)
    guided = options.guided and available()
    if guided:
        found.requests += options.guided
        found.classes["C2"] += options.guided
        if broken := fuzz(options.guided, options.seed):
            found.uncaught += 1
            found.fault(broken)
    through_api = assault_through_api(options.seed, options.through_api) if options.through_api else Verdicts()
    found.add(through_api)
    wrong = {
        "uncaught": found.uncaught,
        "status_5xx": found.status_5xx,
        "parses_before_signature": found.parses_before_signature,
        "aws_calls_before_signature": found.aws_calls_before_signature,
    }
    sent = {"requests": found.requests} | ({"through_api": through_api.requests} if options.through_api else {})
    unsaid = (f"{wrong}",) if any(wrong.values()) and not found.faults else ()
    skipped = (f"{options.guided} guided requests: atheris is not here",) if options.guided and not guided else ()
    classes = dict(sorted(found.classes.items(), key=_number))
    return Outcome(sent | wrong, (*found.faults, *unsaid), classes, skipped)


def _plan(options: Options) -> Plan:
    return Plan(
        slack=options.slack_requests,
        shapes=options.shapes,
        others=options.other_requests,
        messages=options.messages,
        id_tokens=options.id_tokens,
        token_answers=options.token_answers,
        rows=options.rows,
        texts=options.texts,
        shown=options.shown,
    )


def _number(counted: tuple[str, int]) -> int:
    """C2 before C10."""
    return int(counted[0].removeprefix("C"))


def canaries(options: Options) -> Outcome:
    """Every secret of whole journeys, looked for in everything that came out."""
    leaked = search(options.seed)
    return Outcome({"canaries_planted": leaked.planted, "canaries_found": len(leaked.found)}, leaked.found)


def sealing(options: Options) -> Outcome:
    """Whatever is sealed, opened as everything else."""
    swapped = swap_all(options.seed, options.sealed)
    return Outcome({"swaps": swapped.swaps, "swaps_opened": len(swapped.opened)}, swapped.opened)


PARTS: Final[Mapping[str, Callable[[Options], Outcome]]] = {
    "attacks": attacks,
    "hostile": hostile,
    "secrets": canaries,
    "sealing": sealing,
}
"""Every part by its published name."""
