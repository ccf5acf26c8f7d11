"""What operators filled in, read through Secrets Manager."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from countersign.adapters.secrets import KEEP, Secrets
from countersign.config import Settings
from countersign.domain.errors import ConfigurationError, StoreUnavailable
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

NAMES = ("SLACK_SIGNING_SECRET", "SLACK_CREDENTIALS_SECRET", "APP_CREDENTIALS_SECRET", "HOOK_SECRETS_SECRET")
FILLED: dict[str, Any] = {
    "SLACK_SIGNING_SECRET": {"signing_secret": "new", "signing_secrets": ["old", ""]},
    "SLACK_CREDENTIALS_SECRET": {"client_id": "1.2", "client_secret": "c", "bot_token": "xoxb-1"},
    "APP_CREDENTIALS_SECRET": {"servicenow": {"client_id": "s", "client_secret": ["new", "old"]}},
    "HOOK_SECRETS_SECRET": {"approve_change": "h", "approve_deal": {"T0ACME": "d1", "T1LABS": "d2", "T2": "", "T3": 7}},
}


class World:
    """Secrets in moto, and a clock."""

    def __init__(self, client: "SecretsManagerClient") -> None:
        self.client, self.now, self.asked = client, 0, 0
        for name, content in FILLED.items():
            client.create_secret(Name=name, SecretString=json.dumps(content))
        settings = Settings({f"{name}_ARN": name for name in NAMES})
        self.secrets = Secrets(self._client, settings, lambda: self.now)

    def _client(self) -> "SecretsManagerClient":
        self.asked += 1
        return self.client

    def put(self, name: str, text: str) -> None:
        self.client.put_secret_value(SecretId=name, SecretString=text)


@pytest.fixture
def world(dynamodb: "DynamoDBClient") -> World:  # noqa: ARG001 - it starts moto
    return World(boto3.client("secretsmanager"))


def test_each_secret_is_read_in_its_own_shape(world: World) -> None:
    secrets = world.secrets
    assert secrets.signing_secrets() == [Secret("new"), Secret("old")]
    assert secrets.slack_client() == ClientCredentials("1.2", (Secret("c"),))
    assert secrets.bot_token() == Secret("xoxb-1")
    assert secrets.app("servicenow") == ClientCredentials("s", (Secret("new"), Secret("old")))
    assert secrets.hook("approve_change") == {"": Secret("h")}
    assert secrets.hook("approve_deal") == {"T0ACME": Secret("d1"), "T1LABS": Secret("d2")}
    assert not secrets.hook("another")


def test_a_rotated_secret_is_seen_after_five_minutes(world: World) -> None:
    world.secrets.signing_secrets()
    world.put("SLACK_SIGNING_SECRET", '{"signing_secret": "newer"}')
    world.now = KEEP - 1
    assert world.secrets.signing_secrets()[0] == Secret("new")
    assert world.asked == 1
    world.now = KEEP
    assert world.secrets.signing_secrets() == [Secret("newer")]


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("SLACK_SIGNING_SECRET", "{}", lambda s: s.signing_secrets()),
        ("SLACK_SIGNING_SECRET", '{"signing_secret": ""}', lambda s: s.signing_secrets()),
        ("SLACK_SIGNING_SECRET", "plain", lambda s: s.signing_secrets()),
        ("SLACK_SIGNING_SECRET", "[]", lambda s: s.signing_secrets()),
        ("SLACK_CREDENTIALS_SECRET", '{"bot_token": "generated at the first deploy"}', lambda s: s.bot_token()),
        ("SLACK_CREDENTIALS_SECRET", '{"client_id": "", "client_secret": "c"}', lambda s: s.slack_client()),
        ("APP_CREDENTIALS_SECRET", '{"replace_me": "generated"}', lambda s: s.app("servicenow")),
        (
            "APP_CREDENTIALS_SECRET",
            '{"servicenow": {"client_id": "s", "client_secret": []}}',
            lambda s: s.app("servicenow"),
        ),
    ],
)
def test_what_is_not_filled_in_is_said_and_never_shown(
    world: World, name: str, text: str, read: Callable[[Secrets], object]
) -> None:
    world.put(name, text)
    with pytest.raises(ConfigurationError) as raised:
        read(world.secrets)
    assert "generated" not in str(raised.value)


def test_a_secret_that_is_gone_is_storage_that_does_not_answer(world: World) -> None:
    world.client.delete_secret(SecretId="HOOK_SECRETS_SECRET", ForceDeleteWithoutRecovery=True)
    with pytest.raises(StoreUnavailable):
        world.secrets.hook("approve_change")


def test_a_setting_that_is_missing_is_named() -> None:
    def no_client() -> "SecretsManagerClient":
        raise AssertionError("asked")

    with pytest.raises(ConfigurationError, match="SLACK_SIGNING_SECRET_ARN"):
        Secrets(no_client, Settings({}), lambda: 0).signing_secrets()
