"""The Slack signing secret is exchanged as SECURITY.md has it, step by step."""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import boto3
import pytest
from moto import mock_aws

from countersign.adapters.secrets import KEEP, Secrets
from countersign.config import Settings
from countersign.domain.secret import Secret
from countersign.entrypoints.slack import handle
from tests.support.slack_ingress import Ingress
from tests.support.slack_requests import NOW, load, signed

FORMER, PRESENT = Secret("former"), Secret("present")
OLDER: Final = "signed with an older secret"


@dataclass
class Function(Ingress):
    """The Slack function, which keeps what it read."""

    kept: Secrets = field(kw_only=True)

    def signing_secrets(self) -> Sequence[Secret]:
        return self.kept.signing_secrets()


class Operator:
    """Who may write the secret, and start the function anew."""

    def __init__(self) -> None:
        self.now = NOW
        self.client = boto3.client("secretsmanager")
        self.arn = self.client.create_secret(Name="signing", SecretString="{}")["ARN"]
        self.fill_in(FORMER)
        self.start_anew()

    def fill_in(self, newest: Secret, *older: Secret) -> None:
        content: dict[str, object] = {"signing_secret": newest.reveal()}
        if older:
            content["signing_secrets"] = [secret.reveal() for secret in older]
        self.client.put_secret_value(SecretId=self.arn, SecretString=json.dumps(content))

    def start_anew(self) -> None:
        settings = Settings({"SLACK_SIGNING_SECRET_ARN": self.arn})
        self.function = Function(kept=Secrets(lambda: self.client, settings, lambda: self.now))

    def answer(self, secret: Secret) -> int:
        """To a click that is signed with this secret."""
        return handle(signed(load("button_approve"), secret), self.function)["statusCode"]


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield Operator()


def test_both_count_for_a_window_and_each_use_of_the_older_one_is_logged(
    operator: Operator, caplog: pytest.LogCaptureFixture
) -> None:
    assert (operator.answer(FORMER), operator.answer(PRESENT)) == (200, 401)

    operator.fill_in(PRESENT, FORMER)
    assert operator.answer(PRESENT) == 401, "until the function reads it, which is why it is started anew"
    operator.start_anew()
    with caplog.at_level(logging.WARNING):
        assert operator.answer(PRESENT) == 200
        assert OLDER not in caplog.messages
        assert operator.answer(FORMER) == 200
    assert caplog.messages.count(OLDER) == 1
    assert FORMER.reveal() not in str([record.__dict__ for record in caplog.records])

    operator.fill_in(PRESENT)
    operator.now += KEEP
    assert (operator.answer(FORMER), operator.answer(PRESENT)) == (401, 200)
