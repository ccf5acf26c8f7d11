"""Whole journeys with every secret looked for in all that came out, and that one which came out is found."""

import logging
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import boto3
import pytest

from countersign.adapters.dynamodb.sign_ins import DynamoSignInStore
from countersign.adapters.sqs import SqsQueue
from countersign.domain import queue_messages
from countersign.domain.errors import StoreUnavailable
from countersign.domain.message import Message
from countersign.domain.texts.say import say
from countersign.usecases.converse import Converse
from countersign.usecases.hear_code import HearCode
from sandbox.one_process.functions import HANDLERS
from sandbox.one_process.person import Person
from sandbox.one_process.stack import one_process
from sandbox.stack.layout import REPOSITORY
from tests.support.shipped_catalog import SOURCE
from tests.torture.canaries.kinds import DERIVED, DRAWN_IN, ELSEWHERE
from tests.torture.canaries.outputs import OURS, PLACES, catching
from tests.torture.canaries.plants import planting
from tests.torture.canaries.run import MAY, Leaks, leaks, travel
from tests.torture.canaries.trips import JOURNEYS
from tests.torture.measure import DEFAULT_SEED
from tools.template import read_template

SECRETS: Final = {
    name
    for name, resource in read_template(REPOSITORY / "template.yaml")["Resources"].items()
    if resource["Type"] == "AWS::SecretsManager::Secret"
}
KINDS: Final = {
    *SECRETS,
    *(set(DRAWN_IN.values()) - ELSEWHERE - {"seed"}),
    *DERIVED.values(),
    *("state", "nonce", "cookie", "typed code", "key", "id_token", "data key", "bot's token", "bot's refresh token"),
}
MESSAGES: Final = set(re.findall(r'_message\(\s*"(\w+)"', Path(queue_messages.__file__).read_text(encoding="utf-8")))
"""Every kind that rides a queue."""


@pytest.mark.parametrize("journey", JOURNEYS)
def test_no_secret_of_a_journey_comes_out_anywhere(journey: str) -> None:
    leaked = travel(journey, DEFAULT_SEED)
    assert leaked.found == ()
    assert leaked.unforeseen == frozenset()
    assert leaked.planted > 20


@pytest.fixture(scope="module")
def travelled() -> list[Leaks]:
    """What all of them came to, those of the tests above once more."""
    return [travel(journey, DEFAULT_SEED) for journey in JOURNEYS]


def union(parts: Iterable[frozenset[str]]) -> set[str]:
    return set().union(*parts)


def test_every_function_is_called_and_every_queue_message_worked_off(travelled: list[Leaks]) -> None:
    assert union(each.functions for each in travelled) == set(HANDLERS)
    assert union(each.messages for each in travelled) == MESSAGES


def test_every_kind_of_secret_goes_through_and_every_place_is_looked_at(travelled: list[Leaks]) -> None:
    assert union(each.kinds for each in travelled) >= KINDS
    assert union(each.places for each in travelled) == PLACES
    assert {(kind in KINDS, place in PLACES) for kind, place in MAY} == {(True, True)}


def test_what_comes_out_is_found_wherever_it_does() -> None:
    with planting() as plants, one_process(SOURCE) as stack, catching(plants) as outputs:
        secret = stack.world.slack.bot_token
        plants.plant(secret, "token")
        logging.getLogger("countersign.anything").debug("got %s", secret)
        outputs.raised(compile("", f"{OURS}/anything.py", "exec"), 0, StoreUnavailable(f"no {secret}"))
        boto3.client("dynamodb").put_item(TableName="SignInsTable", Item={"pk": {"S": secret}, "sk": {"S": "x"}})
        dead = boto3.client("sqs").get_queue_url(QueueName="ActionsDeadLetterQueue")["QueueUrl"]
        boto3.client("sqs").send_message(QueueUrl=dead, MessageBody=f'{{"token": "{secret}"}}')
        outputs.look_around(stack)
        for place in ("page", "header", "address", "queue", "form's state"):
            outputs.add(place, f'{{"token": "{secret}"}}')
    found = leaks(plants, outputs)
    # The last net: under no telling name even a line would show it, but a bot's token tells by itself.
    assert {leak.partition(" after")[0] for leak in found} == {
        f"a token in {place}" for place in PLACES - {"chat", "line"}
    }
    assert not any(secret in leak for leak in found)


def test_what_the_product_itself_lets_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Careless in each of these places, with one of the deployment's secrets."""
    with planting() as plants, one_process(SOURCE) as stack, catching(plants) as outputs:
        plants.plant_settings()
        secret = stack.world.slack.client_secret
        send, first_sight, hear = SqsQueue.send, DynamoSignInStore.first_sight, HearCode.__call__

        def queued(self: SqsQueue, message: Any, *, delay: int = 0) -> None:
            send(self, {**message, "with": secret}, delay=delay)

        def stored(self: DynamoSignInStore, key: str, *rest: Any) -> bool:
            return first_sight(self, f"{key} {secret}", *rest)

        def logged(self: HearCode, interaction: Any) -> Message | None:
            logging.getLogger("countersign.usecases").debug("hears with %s", secret)
            return hear(self, interaction)

        monkeypatch.setattr(SqsQueue, "send", queued)
        monkeypatch.setattr(DynamoSignInStore, "first_sight", stored)
        monkeypatch.setattr(HearCode, "__call__", logged)
        monkeypatch.setattr(Converse, "_help", lambda *_, **__: say(f"Ask with {secret}"))
        Person(stack, "josie").type("/countersign help")
        stack.settle(seconds=0)
        outputs.look_around(stack)
    assert {leak.partition(" after")[0] for leak in leaks(plants, outputs)} == {
        f"a SlackCredentialsSecret in {place}" for place in ("queue", "table", "log", "line", "chat")
    }
