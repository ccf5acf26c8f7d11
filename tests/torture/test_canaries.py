"""Whole journeys with every secret looked for in all that came out, and that one which came out is found."""

import logging
from collections import Counter
from pathlib import Path
from random import Random

import boto3
import pytest

from countersign.domain.errors import StoreUnavailable
from sandbox.one_process.stack import one_process
from tests.support.secret_form import with_secret_form
from tests.support.shipped_catalog import SOURCE
from tests.torture.canaries.journeys import JOURNEYS, approve
from tests.torture.canaries.outputs import OURS, catching
from tests.torture.canaries.plants import KINDS, planting
from tests.torture.canaries.run import leaks, travel
from tests.torture.measure import DEFAULT_SEED


@pytest.mark.parametrize("journey", JOURNEYS)
def test_no_secret_of_a_journey_comes_out_anywhere(journey: str) -> None:
    leaked = travel(journey, DEFAULT_SEED)
    assert leaked.found == ()
    assert leaked.planted > 20


def test_every_kind_of_secret_is_planted_and_every_place_looked_at(tmp_path: Path) -> None:
    with planting() as plants, one_process(with_secret_form(tmp_path)) as stack, catching() as outputs:
        plants.plant_settings(stack)
        approve(stack, Random(1))  # noqa: S311 - dice
        JOURNEYS["key"](stack, Random(1))  # noqa: S311 - dice
        JOURNEYS["secret form"](stack, Random(1))  # noqa: S311 - dice
        outputs.look_around(stack)
    kinds = Counter(plants.kinds.values())
    assert kinds.keys() == {*KINDS.values(), "deployment's secret"}
    assert outputs.found.keys() == {"log", "exception", "page", "queue", "table", "chat"}


def test_what_comes_out_is_found_wherever_it_does() -> None:
    with planting() as plants, one_process(SOURCE) as stack, catching() as outputs:
        secret = stack.world.slack.bot_token
        plants.plant(secret, "token")
        logging.getLogger("countersign.anything").debug("got %s", secret)
        outputs.raised(compile("", f"{OURS}/anything.py", "exec"), 0, StoreUnavailable(f"no {secret}"))
        boto3.client("dynamodb").put_item(TableName="SignInsTable", Item={"pk": {"S": secret}, "sk": {"S": "x"}})
        outputs.answered(_of_nothing.__code__, 0, {"body": f"<p>{secret}</p>"})
        outputs.look_around(stack)
        outputs.add("queue", f'{{"token": "{secret}"}}')
    found = leaks(plants, outputs)
    assert {leak.partition(" after")[0] for leak in found} == {
        f"a token in {place}" for place in ("log", "exception", "table", "page", "queue")
    }
    assert not any(secret in leak for leak in found)


def _of_nothing() -> None:
    """A function whose code stands for an entry point's."""
