"""Runs the journeys, and looks for every secret in everything that came out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from sandbox.one_process.stack import one_process
from tests.support.secret_form import with_secret_form
from tests.torture.canaries.kinds import KEYS_NAME
from tests.torture.canaries.outputs import Outputs, catching
from tests.torture.canaries.plants import Plants, planting
from tests.torture.canaries.trips import JOURNEYS

_TYPED: Final = "it counts in a message alone that Slack signed as its person's: nobody else can do anything with it"
MAY: Final[Mapping[tuple[str, str], str]] = {
    ("reply address", "queue"): "it is the only way to answer where the app is no member; the queue is encrypted",
    ("reply address", "dead letter"): "the same message, 30 minutes later worth nothing",
    ("reply address", "address"): "it is one",
    ("reply address", "form's state"): "Slack, who gave it, sends it back with the form, to the app alone",
    ("typed code", "page"): "there its person reads it",
    ("typed code", "queue"): f"their own words, {_TYPED}",
    ("typed code", "dead letter"): f"the same message; {_TYPED}",
    ("state", "page"): "it stands in the address that the page leads to",
    ("state", "header"): "the same, where a redirect leads there",
    ("nonce", "page"): "it stands in the address that the page leads to",
    ("nonce", "header"): "the same, where a redirect leads there",
    ("cookie", "header"): "the browser gets it there",
    ("link", "page"): "a page's form posts to its own link",
    ("form's id", "page"): "a page's form posts to it",
    ("form's id", "header"): "the way to that page, after the app",
}
"""(kind, place) → why it may be there. A nonce alone is stored as it is; see ``_stored``."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """How many secrets there were, and where some of them came out, in words that don't hold them.

    Attributes:
        kinds: of secrets that the product was given or made.
        unforeseen: what it took for a secret, and no kind says what it is.
        places: where something came out; functions and messages: what had a part in it.
    """

    planted: int
    found: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    unforeseen: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    messages: frozenset[str] = frozenset()


def leaks(plants: Plants, outputs: Outputs) -> tuple[str, ...]:
    """Every secret that came out where it may not, by its kind, place and what stood before it."""
    found = []
    for place, texts in outputs.found.items():
        whole = "\n".join(texts)
        for secret, kind in plants.kinds.items():
            if kind == KEYS_NAME or (kind, place) in MAY or secret not in whole:
                continue
            before = [whole[max(0, at.start() - 90) : at.start()] for at in re.finditer(re.escape(secret), whole)]
            found += [f"a {kind} in {place} after {text!r}" for text in before if not _stored(kind, place, text)][:1]
    return tuple(found)


def _stored(kind: str, place: str, before: str) -> bool:
    """Whether this is the nonce of a leg, which is no secret once Slack's answer is checked against it."""
    return (kind, place) == ("nonce", "table") and before.endswith(('"nonce": {"S": "', '"nonce":{"S":"'))


def search(seed: int) -> Leaks:
    """Every journey in a stack of its own, at the most talkative level of the logs."""
    planted, found = 0, []
    for number, name in enumerate(JOURNEYS):
        leaked = travel(name, seed + number)
        planted += leaked.planted
        found += [f"{name}, seed {seed + number}: {leak}" for leak in leaked.found]
    return Leaks(planted, tuple(found))


def with_step_up(catalog: Path) -> Path:
    """Approving a change asks for a sign-in of the last quarter of an hour."""
    recipe = catalog / "recipes" / "approve_change.yaml"
    recipe.write_text(f"{recipe.read_text(encoding='utf-8')}\nmax_sign_in_age: 15m\n", encoding="utf-8")
    return catalog


@cache
def travel(journey: str, seed: int) -> Leaks:
    """One of the journeys; what the same one came to is known."""
    trip = JOURNEYS[journey]
    chance = Random(seed)  # noqa: S311 - dice, which must fall the same way again
    with TemporaryDirectory() as folder:
        catalog = with_step_up(with_secret_form(Path(folder)))
        running = one_process(catalog, given={"LogLevel": "DEBUG", **trip.given}, slack=trip.slack)
        with planting() as plants, running as stack, catching(plants) as outputs:
            plants.watch_data_keys()
            plants.plant_settings()
            trip.go(stack, chance)
            outputs.look_around(stack)
    return Leaks(
        len(plants.kinds),
        leaks(plants, outputs),
        frozenset(plants.went_through()),
        frozenset(plants.unforeseen()),
        frozenset(outputs.found),
        frozenset(outputs.ran),
        frozenset(outputs.worked_off),
    )
