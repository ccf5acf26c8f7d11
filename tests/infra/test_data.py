"""Tables and secrets: nothing that a person or an operator put in is lost by a deploy, a delete or a bad day."""

from typing import Any

import pytest

from tools.resolve import of_type, resolved

TABLES = {"ConnectionsTable", "SignInsTable", "ActionsTable", "CardsTable", "AuditTable", "WorkspacesTable"}
SECRETS = {"SlackSigningSecret", "SlackCredentialsSecret", "AppCredentialsSecret", "HookSecretsSecret"}
KEPT = TABLES | SECRETS | {"TokenKey", "BotKey"}


def table(name: str, **given: str) -> dict[str, Any]:
    found: dict[str, Any] = of_type(resolved(**given), "AWS::DynamoDB::Table")[name]
    return found


def keys(schema: list[dict[str, str]]) -> list[str]:
    return [part["AttributeName"] for part in schema]


def test_these_are_all_tables_and_secrets() -> None:
    assert set(of_type(resolved(), "AWS::DynamoDB::Table")) == TABLES
    assert set(of_type(resolved(), "AWS::SecretsManager::Secret")) == SECRETS


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_holds_data_outlives_the_stack(name: str) -> None:
    resource = resolved()[name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_protected_and_can_be_put_back_to_any_second_of_35_days(name: str) -> None:
    found = table(name)
    assert found["DeletionProtectionEnabled"] is True
    assert found["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_local_table_can_be_thrown_away(name: str) -> None:
    found = table(name, Stage="local")
    assert found["DeletionProtectionEnabled"] is False
    assert found["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": False}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_paid_by_use_and_tidied_by_ttl(name: str) -> None:
    found = table(name)
    assert found["BillingMode"] == "PAY_PER_REQUEST"
    assert found["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert keys(found["KeySchema"]) == ["pk", "sk"]


def indexes(name: str) -> dict[str, list[str]]:
    return {index["IndexName"]: keys(index["KeySchema"]) for index in table(name)["GlobalSecondaryIndexes"]}


@pytest.mark.parametrize("name", sorted(TABLES - {"AuditTable", "WorkspacesTable"}))
def test_housekeeping_finds_what_is_due_without_a_scan(name: str) -> None:
    assert indexes(name)["due-index"] == ["due_kind", "due_at"]


@pytest.mark.parametrize("name", ["ConnectionsTable", "SignInsTable", "CardsTable"])
def test_what_goes_with_a_workspace_is_found_without_a_scan(name: str) -> None:
    assert indexes(name)["tenant-index"] == ["tenant", "workspace"]


def test_the_audit_is_read_by_person_by_app_and_by_failure_without_a_scan() -> None:
    assert indexes("AuditTable") == {
        "person-index": ["user_id", "sk"],
        "app-index": ["app", "sk"],
        "failure-index": ["failed_app", "sk"],
    }


def test_who_is_connected_to_an_app_is_counted_without_a_scan_and_without_the_tokens() -> None:
    assert indexes("ConnectionsTable")["app-index"] == ["app", "standing"]
    (by_app,) = (
        index for index in table("ConnectionsTable")["GlobalSecondaryIndexes"] if index["IndexName"] == "app-index"
    )
    assert by_app["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["status"]}


def test_the_ledger_is_listed_by_what_waits_and_by_age() -> None:
    indexes = {index["IndexName"]: keys(index["KeySchema"]) for index in table("ActionsTable")["LocalSecondaryIndexes"]}
    assert indexes == {"waiting-index": ["pk", "waiting"], "created-index": ["pk", "created_at"]}


def test_tables_use_a_key_of_the_accounts_choice_where_one_is_given() -> None:
    arn = "arn:aws:kms:eu-central-1:111122223333:key/given"
    assert "SSESpecification" not in table("ConnectionsTable")
    assert table("ConnectionsTable", TableKeyArn=arn)["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": arn,
    }


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_is_born_unguessable_and_never_written_by_a_later_deploy(name: str) -> None:
    """CloudFormation writes a secret's value again only when the property that made it changes."""
    secret = of_type(resolved(), "AWS::SecretsManager::Secret")[name]
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["PasswordLength"] >= 32
    assert "Ref" not in str(secret["GenerateSecretString"])
