"""Functions that crash with secrets in their hands, once at every place, and messages that nobody can work off."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from types import CodeType
from typing import Any, Final

import boto3
import requests

from countersign.adapters.kms import KmsSealer
from countersign.adapters.oauth_http import OAuthHttp
from countersign.adapters.secrets import Secrets
from countersign.adapters.slack.bot_tokens import BotTokens
from countersign.adapters.slack.install import SlackInstall
from countersign.adapters.slack.openid import SlackOpenId
from countersign.domain import proof, webhook
from countersign.entrypoints import queues
from countersign.usecases.confirm_sign_in import ConfirmSignIn
from countersign.usecases.hear_code import HearCode
from countersign.usecases.open_answers import OpenAnswers
from countersign.usecases.seal_answers import SealAnswers
from sandbox.browser import Astray
from sandbox.one_process import functions
from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import CONSUMERS, OneProcess
from tests.torture.canaries.journeys import hand_over, secret_form
from tests.torture.canaries.kinds import code_of
from tests.torture.canaries.signing_in import HALF_AN_HOUR, abandoned, connected, create, house, typed_code
from tests.torture.canaries.workspaces import NEARLY, install_as

type Going = Callable[[OneProcess, Random], None]

WITH_SECRETS: Final[Mapping[str, frozenset[CodeType]]] = {
    "SlackInteractions": frozenset(map(code_of, (Secrets.signing_secrets, SealAnswers.__call__))),
    "OAuthCallback": frozenset(map(code_of, (SlackOpenId.identify, OAuthHttp.exchange, KmsSealer.seal))),
    "Connections": frozenset(map(code_of, (BotTokens.__call__, HearCode.__call__))),
    "AppActions": frozenset(map(code_of, (KmsSealer.open, OAuthHttp.refresh, OAuthHttp.revoke, OpenAnswers.__call__))),
    "CardHooks": frozenset(map(code_of, (webhook.verify_sender,))),
    "SlackInstall": frozenset(map(code_of, (SlackInstall.exchange,))),
    "Housekeeping": frozenset(map(code_of, (SlackInstall.refresh, KmsSealer.open))),
}
"""What gives or is given secrets: a crash at its end has them in its hands."""
WITH_A_CODE: Final[Mapping[str, frozenset[CodeType]]] = {
    "OAuthCallback": frozenset(map(code_of, (proof.code_of, ConfirmSignIn.__call__))),
    "Connections": frozenset(map(code_of, (HearCode.__call__,))),
}
FUNCTIONS: Final = {code_of(handler): name for name, handler in functions.HANDLERS.items()}
DEAD_LETTERS: Final = {"ActionsQueue": "ActionsDeadLetterQueue", "ConnectionsQueue": "ConnectionsDeadLetterQueue"}
TRIES: Final = 5
MOST_TRIES: Final = 7
_EVENTS: Final = sys.monitoring.events


class Crash(Exception):
    """What nobody foresaw."""


@dataclass
class Crashes:
    """Which function has crashed where, and where it is to."""

    wanted: Mapping[str, frozenset[CodeType]]

    done: set[tuple[str, CodeType]] = field(default_factory=set)

    def returned(self, code: CodeType, _offset: int, _answer: Any) -> None:
        """Something that has secrets in its hands is about to give them on."""
        function = _running(sys._getframe(1))
        if code in self.wanted.get(function, ()) and (function, code) not in self.done:
            self.done.add((function, code))
            raise Crash(f"{function} in {code.co_qualname}")

    @property
    def missed(self) -> list[str]:
        """Where none was."""
        wanted = {(function, code) for function, codes in self.wanted.items() for code in codes}
        return [f"{function} in {code.co_qualname}" for function, code in wanted - self.done]


def _running(frame: Any) -> str:
    """The function of the template on whose behalf this runs."""
    while frame is not None and frame.f_code not in FUNCTIONS:
        frame = frame.f_back
    return FUNCTIONS[frame.f_code] if frame is not None else ""


@contextmanager
def crashes(wanted: Mapping[str, frozenset[CodeType]]) -> Iterator[Crashes]:
    """Each function crashes once wherever it has secrets, for as long as the block runs."""
    found, monitoring = Crashes(wanted), sys.monitoring
    tool = next(number for number in (2, 3, 4) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign crashes")
    monitoring.register_callback(tool, _EVENTS.PY_RETURN, found.returned)
    codes = frozenset[CodeType]().union(*wanted.values())
    for code in codes:
        monitoring.set_local_events(tool, code, _EVENTS.PY_RETURN)
    try:
        yield found
    finally:
        for code in codes:
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)


def impatient(stack: OneProcess) -> None:
    """What fails is delivered again at once, and after five times given up, as the template has it."""
    sqs = boto3.client("sqs")
    for name in CONSUMERS:
        dead = sqs.get_queue_url(QueueName=DEAD_LETTERS[name])["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": {TRIES}}}'
        attributes = {"RedrivePolicy": redrive, "VisibilityTimeout": "0"}
        sqs.set_queue_attributes(QueueUrl=stack.queues[name], Attributes=attributes)


def crashing(stack: OneProcess, chance: Random) -> None:
    """Every function, wherever it has secrets; people and browsers try again until it has."""
    goings = (install_as_admin, acting, disconnected, secret_form, rotated, abandoned, tidied)
    _crash(stack, chance, WITH_SECRETS, goings)


def crashing_at_a_code(stack: OneProcess, chance: Random) -> None:
    """While a code is shown and typed."""
    _crash(stack, chance, WITH_A_CODE, (typed_code,))


def _crash(
    stack: OneProcess, chance: Random, wanted: Mapping[str, frozenset[CodeType]], goings: Sequence[Going]
) -> None:
    impatient(stack)
    with crashes(wanted) as found:
        for going in goings:
            for _ in range(MOST_TRIES):
                before = len(found.done)
                with suppress(NotSeen, Astray, requests.RequestException, StopIteration, AssertionError, Crash):
                    going(stack, chance)
                stack.settle(seconds=0)
                if len(found.done) == before:
                    break
    assert not found.missed, found.missed


def install_as_admin(stack: OneProcess, _: Random) -> None:
    """In a second workspace."""
    install_as(stack, "U1JOSIE")


def acting(stack: OneProcess, _: Random) -> None:
    """By a connection, new or not, whose access token has ended."""
    josie = Person(stack, "josie")
    with suppress(NotSeen, Astray):
        connected(josie, "Salesforce")
    stack.clock.forward(HALF_AN_HOUR)
    create(josie)


def tidied(stack: OneProcess, _: Random) -> None:
    """A minute of the schedule, half an hour later."""
    stack.clock.forward(HALF_AN_HOUR)
    house(stack)


def rotated(stack: OneProcess, _: Random) -> None:
    """Bots' tokens, in time."""
    stack.clock.forward(NEARLY)
    house(stack)


def disconnected(stack: OneProcess, _: Random) -> None:
    """Whatever there is."""
    josie = Person(stack, "josie")
    josie.type("/countersign connections")
    stack.settle(seconds=0)
    josie.click("Disconnect")
    stack.settle()


def dead_letters(stack: OneProcess, _: Random) -> None:
    """Nothing that rides a queue can be worked off: all of it ends where an alarm waits."""
    josie, tom = Person(stack, "josie"), Person(stack, "tom")
    connected(josie, "Salesforce")
    impatient(stack)
    stack.sandbox.send_sample_cards()
    with stuck():
        josie.type("/countersign connections")
        josie.type("2ABC-DEFG")
        josie.click("Approve", on="Deal")
        hand_over(tom)
        stack.clock.forward(HALF_AN_HOUR)
        house(stack)
        stack.settle(seconds=0)
    dead = [boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"] for name in DEAD_LETTERS.values()]
    for url in dead:
        answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        assert int(answer["Attributes"]["ApproximateNumberOfMessages"]), url


@contextmanager
def stuck() -> Iterator[None]:
    """Whatever is taken from a queue crashes."""

    def crash(code: CodeType, _offset: int) -> None:
        raise Crash(code.co_qualname)

    monitoring, working = sys.monitoring, (code_of(queues._act), code_of(queues._only_interaction))
    tool = next(number for number in (2, 3, 4) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign crashes")
    monitoring.register_callback(tool, _EVENTS.PY_START, crash)
    for code in working:
        monitoring.set_local_events(tool, code, _EVENTS.PY_START)
    try:
        yield
    finally:
        for code in working:
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)
