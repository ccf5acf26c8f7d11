"""Hostile requests to Slack's routes: the real handler, its container's secrets on a mocked AWS, chat in memory."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any, Final
from unittest import mock
from urllib.parse import parse_qs, urlencode

import boto3
from moto import mock_aws

from countersign.adapters import aws
from countersign.config import Settings
from countersign.domain.secret import Secret
from sandbox.one_process.aws import _ACCOUNT
from tests.support.acting_world import ENVIRONMENT
from tests.support.every_event import EveryWorld, load_handler
from tests.support.memory_chat import MemoryChat
from tests.support.memory_sign_in import MemoryQueue
from tests.support.slack_requests import NOW, SIGNING_SECRET, SLACK_EVENTS, body_of, load, signed
from tests.torture.hostile.judge import PROVED, UNPROVED, Judge, Verdicts, slack_signed
from tests.torture.hostile.mutation import Hostile, Mutator, with_body
from tests.torture.hostile.watch import watching
from tests.torture.measure import Share

ANEW: Final = 2_000
"""After so many requests the world's memory of what was said and queued is emptied."""
FORMER: Final = Secret("former-signing-secret")
TIMESTAMPS: Final = (
    "",
    "abc",
    "1_000",
    " 1 ",
    "١٧٨٥٥٧٨٥٣١",
    "+1785578531",
    "-1",
    "0",
    "nan",
    "1e9",
    "9" * 5_000,
    "1785578531.0",
    str(NOW + 301),
    str(NOW - 301),
    "[1785578531]",
)
SIGNATURES: Final = (
    "",
    "v0=",
    "v1=" + "0" * 64,
    "v0=" + "A" * 64,
    "v0=" + "0" * 64,
    "v0=é" + "0" * 63,
    "v0=" + "0" * 63,
    "v0",
)


class SlackWorld(EveryWorld):
    """The Slack function's world whose signing secret lies in Secrets Manager."""

    def __init__(self, arn: str) -> None:
        super().__init__()
        self.settings = Settings(
            {**ENVIRONMENT, "ALLOWED_WORKSPACES": "T0ACME,E0ACME", "SLACK_SIGNING_SECRET_ARN": arn}
        )

    def signing_secrets(self) -> list[Secret]:
        """From Secrets Manager, kept as the product keeps it."""
        return list(self.secrets.signing_secrets())

    actions_queue = cached_property(lambda _: MemoryQueue())  # type: ignore[assignment]
    connections_queue = cached_property(lambda _: MemoryQueue())  # type: ignore[assignment]

    @property
    def effects(self) -> int:
        """How much was queued and said."""
        said = len(self.slack.forms) + len(self.slack.told) + len(self.slack.posted)
        return len(self.actions_queue.sent) + len(self.connections_queue.sent) + said

    def forget(self) -> None:
        """Empty queues and chat; the secret stays known, as in a warm function."""
        self.actions_queue.sent.clear()
        self.connections_queue.sent.clear()
        vars(self.slack).update(vars(MemoryChat()))


class Requests:
    """Every recorded request, and hostile ones made of it."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator, self.chance = mutator, mutator.chance
        self.recorded = {name: load(name) for name in SLACK_EVENTS}
        self.documents = {name: document(name, event) for name, event in self.recorded.items()}

    def one(self) -> Hostile:
        """A hostile request."""
        name = self.chance.choice(SLACK_EVENTS)
        event = self.recorded[name]
        match self.chance.randrange(8):
            case 0:
                return Hostile("C1", f"{name}, headers", self._headers(signed(event)))
            case 1:
                changed = with_body(signed(event), self.mutator.raw(body_of(event)))
                return Hostile("C2", f"{name}, body after signing", changed)
            case 2:
                changed = signed(with_body(event, self.mutator.raw(body_of(event))))
                return Hostile("C2", f"{name}, signed bytes", changed)
            case 3:
                return Hostile("C4", f"{name}, event", self.mutator.event(signed(event)))
            case 4:
                return Hostile("C2", f"{name}, unsigned content", with_body(event, self._content(name)))
            case _:
                return Hostile("C3", f"{name}, signed content", signed(with_body(event, self._content(name))))

    def _content(self, name: str) -> bytes:
        return encode(name, self.documents[name], self.mutator)

    def _headers(self, event: dict[str, Any]) -> dict[str, Any]:
        """Signed, and its headers then tampered with."""
        name = self.chance.choice(["X-Slack-Signature", "X-Slack-Request-Timestamp"])
        values = SIGNATURES if "Signature" in name else TIMESTAMPS
        good = event["headers"][name]
        tampered: list[Any] = [
            [self.chance.choice(values)],
            [good, good],
            [],
            [self.mutator.text()],
            [good.upper()],
            [f" {good}"],
            [good, self.chance.choice(values)],
            [good + "\r\n x"],
        ]
        value = self.chance.choice(tampered)
        headers = {key: one for key, one in event["headers"].items() if key != name}
        return {
            **event,
            "headers": headers | ({name: value[-1]} if value else {}),
            "multiValueHeaders": {**event["multiValueHeaders"], name: value},
        }


def document(name: str, event: Mapping[str, Any]) -> Any:
    """The JSON that a recorded request carries, or its form's fields."""
    raw = body_of(dict(event))
    if name.startswith("event"):
        return json.loads(raw)
    fields = {key: values[0] for key, values in parse_qs(raw.decode(), keep_blank_values=True).items()}
    return json.loads(fields["payload"]) if "payload" in fields else fields


def encode(name: str, content: Any, mutator: Mutator) -> bytes:
    """The content, mutated, as Slack sends it."""
    if name.startswith("event"):
        return mutator.json_text(content).encode("utf-8", "surrogatepass")
    if not name.startswith("command"):
        return urlencode({"payload": mutator.json_text(content)}, errors="surrogatepass").encode()
    return encode_plain(name, mutator.json(content))


def encode_plain(name: str, content: Any) -> bytes:
    """Content as Slack sends it in such a request: JSON, JSON in a form, or a form."""
    if name.startswith("event"):
        return json.dumps(content).encode()
    if not name.startswith("command"):
        return urlencode({"payload": json.dumps(content)}).encode()
    fields = content if isinstance(content, dict) else {"payload": content}
    return urlencode(fields, doseq=True, errors="surrogatepass").encode()


@contextmanager
def slack_function() -> Iterator[tuple[Any, SlackWorld]]:
    """The function's own handler, warm: its secret is read, and known for the next five minutes."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, _ACCOUNT))
        stack.enter_context(mock_aws())
        aws.client.cache_clear()  # type: ignore[attr-defined]
        stack.callback(aws.client.cache_clear)  # type: ignore[attr-defined]
        secret = {"signing_secret": SIGNING_SECRET.reveal(), "signing_secrets": [FORMER.reveal()]}
        client = boto3.client("secretsmanager")
        arn = client.create_secret(Name="slack", SecretString=json.dumps(secret))["ARN"]
        world = SlackWorld(arn)
        stack.enter_context(mock.patch("countersign.bootstrap.container", return_value=world))
        handle = load_handler("slack_interactions")
        for name in SLACK_EVENTS:
            handle(signed(load(name)))  # warm: what is imported late is imported now
        world.forget()
        yield handle, world


def attack_slack(share: Share) -> Verdicts:
    """So many hostile requests, each judged: what isn't Slack's gets nowhere, what is never breaks anything."""
    verdicts, requests = Verdicts(), Requests(Mutator(share.seed))
    with slack_function() as (handle, world), watching() as watch:
        judge = Judge(handle, verdicts, watch)
        for number in range(share.count):
            kind, how, event = requests.one()
            verdicts.classes[kind] += 1
            what = f"seed {share.seed}, request {number} ({how})"
            before = world.effects
            answer = judge(event, what)
            if answer is not None:
                hold_to_its_signature(event, answer, world.effects != before, verdicts, what)
            if number % ANEW == ANEW - 1:
                world.forget()
    verdicts.parses_before_signature, verdicts.aws_calls_before_signature = watch.parses, watch.calls
    return verdicts


def hold_to_its_signature(
    event: Mapping[str, Any], answer: Mapping[str, Any], effect: bool, verdicts: Verdicts, what: str
) -> None:
    """What isn't Slack's has no effect, and each of both is answered in its own way."""
    status, path = answer["statusCode"], (event.get("httpMethod"), event.get("resource") or event.get("path"))
    if path == ("GET", "/health"):
        return
    proved = slack_signed(event)
    if not proved and effect:
        verdicts.fault(f"{what}: not Slack's, and something happened")
    if status not in (PROVED if proved else UNPROVED):
        verdicts.fault(f"{what}: {'' if proved else 'not '}Slack's, answered {status}")
