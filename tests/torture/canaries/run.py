"""Runs the journeys, and looks for every secret in everything that came out."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from sandbox.one_process.stack import one_process
from tests.support.secret_form import with_secret_form
from tests.torture.canaries.journeys import JOURNEYS
from tests.torture.canaries.outputs import Outputs, catching
from tests.torture.canaries.plants import Plants, planting

MAY: Final = {
    ("reply address", "queue"): "it is the only way to answer where the app is no member; the queue is encrypted",
    ("leg", "page"): "state and nonce stand in the address that the page leads to",
    ("link", "page"): "a page's form posts to its own link",
}
"""(kind, place) → why it may be there. A nonce alone is stored as it is; see `_stored`."""


@dataclass(frozen=True, slots=True)
class Leaks:
    """How many secrets there were, and where some of them came out, in words that don't hold them."""

    planted: int
    found: tuple[str, ...]


def leaks(plants: Plants, outputs: Outputs) -> tuple[str, ...]:
    """Every secret that came out where it may not, by its kind, place and what stood before it."""
    found = []
    for place, texts in outputs.found.items():
        whole = "\n".join(texts)
        for secret, kind in plants.kinds.items():
            if (kind, place) not in MAY and (at := whole.find(secret)) >= 0 and not _stored(place, whole, at):
                found.append(f"a {kind} in {place} after {whole[max(0, at - 90) : at]!r}")
    return tuple(found)


def _stored(place: str, whole: str, at: int) -> bool:
    """Whether this is the nonce of a leg, which is no secret once Slack's answer is checked against it."""
    return place == "table" and '"nonce": {"S": "' in whole[max(0, at - 40) : at]


def search(seed: int) -> Leaks:
    """Every journey in a stack of its own, at the most talkative level of the logs."""
    planted, found = 0, []
    for number, name in enumerate(JOURNEYS):
        leaked = travel(name, seed + number)
        planted += leaked.planted
        found += [f"{name}, seed {seed + number}: {leak}" for leak in leaked.found]
    return Leaks(planted, tuple(found))


def travel(journey: str, seed: int) -> Leaks:
    """One of the journeys."""
    chance = Random(seed)  # noqa: S311 - dice, which must fall the same way again
    with TemporaryDirectory() as folder:
        catalog = with_secret_form(Path(folder))
        with planting() as plants, one_process(catalog) as stack, catching() as outputs:
            plants.plant_settings(stack)
            JOURNEYS[journey](stack, chance)
            outputs.look_around(stack)
    return Leaks(len(plants.kinds), leaks(plants, outputs))
