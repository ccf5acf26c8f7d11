"""The token key, and the bots' own: each seals tokens and nothing else, and can't be lost by a slip."""

from typing import Any

import pytest

from tools.resolve import of_type, resolved

CRYPTO = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"]


KEYS = ("TokenKey", "BotKey")


def policy(key: str = "TokenKey", **given: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = of_type(resolved(**given), "AWS::KMS::Key")[key]["KeyPolicy"]["Statement"]
    return found


def test_there_is_no_other_key_and_the_bots_one_is_held_to_the_same() -> None:
    assert set(of_type(resolved(), "AWS::KMS::Key")) == set(KEYS)
    assert policy("BotKey") == policy("TokenKey")


@pytest.mark.parametrize("context_key", ["tenant", "person", "app"])
def test_every_use_without_one_of_our_context_keys_is_denied(context_key: str) -> None:
    denials = [statement for statement in policy() if statement["Effect"] == "Deny"]
    (denial,) = (
        statement
        for statement in denials
        if statement["Condition"] == {"Null": {f"kms:EncryptionContext:{context_key}": "true"}}
    )
    assert (denial["Principal"], denial["Action"], denial["Resource"]) == ("*", CRYPTO, "*")


def test_every_use_with_another_context_key_is_denied() -> None:
    condition = {"ForAnyValue:StringNotEquals": {"kms:EncryptionContextKeys": ["tenant", "person", "app"]}}
    (denial,) = (statement for statement in policy() if statement.get("Condition") == condition)
    assert (denial["Effect"], denial["Principal"], denial["Action"]) == ("Deny", "*", CRYPTO)


def test_the_account_administers_the_key_and_lets_roles_decide() -> None:
    (allowed,) = (statement for statement in policy() if statement["Effect"] == "Allow")
    assert allowed["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert allowed["Action"] == "kms:*"


def test_only_the_local_stage_goes_without_the_denials() -> None:
    assert [statement["Effect"] for statement in policy(Stage="local")] == ["Allow"]
    assert [statement["Effect"] for statement in policy(Stage="test")] == ["Allow", "Deny", "Deny", "Deny", "Deny"]


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_symmetric_rotated_and_slow_to_delete(name: str) -> None:
    key = of_type(resolved(), "AWS::KMS::Key")[name]
    wanted = {"KeySpec": "SYMMETRIC_DEFAULT", "EnableKeyRotation": True, "PendingWindowInDays": 30}
    assert {name: key[name] for name in wanted} == wanted


def test_only_who_seals_what_is_peoples_own_gets_the_key_and_no_service_does() -> None:
    """Tables are encrypted by DynamoDB's key or one given by parameter, queues by SQS: never by this one."""
    resources = resolved(TableKeyArn="arn:aws:kms:eu-central-1:111122223333:key/given")
    users = {
        name
        for name, resource in resources.items()
        if "'TokenKey'" in str(resource) and resource["Type"] != "AWS::KMS::Key"
    }
    functions = {"SlackInteractions", "OAuthCallback", "AppActions", "Housekeeping"}
    assert users == {"TokenKeyAlias", *functions, *(f"{name}Role" for name in functions)}
