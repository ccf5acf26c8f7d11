"""Who may do what: each function's role against one table (docs/adr/0012), whole and nothing besides."""

from typing import Any

import pytest

from tools.resolve import functions, of_type, resolved

READ_WRITE = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"}


def tables(actions: set[str], *names: str, indexes: bool = False) -> dict[str, set[str]]:
    granted = {f"dynamodb:{action}" for action in actions}
    return dict.fromkeys(names, granted) | {f"{name}/index/*": granted for name in names if indexes}


def secrets(*names: str) -> dict[str, set[str]]:
    return {name: {"secretsmanager:GetSecretValue"} for name in names}


def sends(*names: str) -> dict[str, set[str]]:
    return {name: {"sqs:SendMessage"} for name in names}


EVERY_TABLE_BUT_AUDIT = ("ConnectionsTable", "SignInsTable", "ActionsTable", "CardsTable")
BOT = {"BotKey": {"kms:Decrypt"}, **tables({"GetItem", "Query"}, "WorkspacesTable")}
"""Speaks as the bot of any workspace, whose token stands as it stands."""
BOT_RENEWED = {
    "BotKey": {"kms:GenerateDataKey", "kms:Decrypt"},
    **tables(READ_WRITE, "WorkspacesTable"),
}
TABLE = {
    "SlackInteractions": {
        **BOT,
        "TokenKey": {"kms:GenerateDataKey"},
        **sends("ActionsQueue", "ConnectionsQueue"),
        **secrets("SlackSigningSecret", "SlackCredentialsSecret"),
    },
    "OAuthCallback": {
        **sends("ActionsQueue"),
        "TokenKey": {"kms:GenerateDataKey"},
        **tables(READ_WRITE, "SignInsTable", "ConnectionsTable"),
        **tables({"PutItem"}, "AuditTable"),
        **secrets("SlackCredentialsSecret", "AppCredentialsSecret"),
    },
    "Connections": {
        **BOT,
        "ConnectionsQueue": CONSUME,
        **sends("ActionsQueue"),
        **tables({"GetItem", "Query", "UpdateItem"}, "ConnectionsTable"),
        **tables({"Query"}, "ConnectionsTable/index/app-index", "AuditTable/index/failure-index"),
        **tables({"GetItem", "PutItem", "UpdateItem", "Query"}, "SignInsTable"),
        **tables({"PutItem"}, "AuditTable"),
        **secrets("SlackCredentialsSecret"),
    },
    "AppActions": {
        **BOT_RENEWED,
        "ActionsQueue": CONSUME | {"sqs:SendMessage"},
        "TokenKey": {"kms:GenerateDataKey", "kms:Decrypt"},
        **tables(READ_WRITE, *EVERY_TABLE_BUT_AUDIT, indexes=True),
        **tables({"PutItem"}, "AuditTable"),
        **secrets("SlackCredentialsSecret", "AppCredentialsSecret"),
    },
    "CardHooks": {
        **BOT,
        **tables({"GetItem", "PutItem", "UpdateItem"}, "CardsTable"),
        **secrets("HookSecretsSecret", "SlackCredentialsSecret"),
    },
    "SlackInstall": {
        **sends("ActionsQueue"),
        "BotKey": {"kms:GenerateDataKey"},
        **tables({"GetItem", "PutItem", "UpdateItem"}, "WorkspacesTable"),
        **tables({"PutItem"}, "AuditTable"),
        **secrets("SlackCredentialsSecret"),
    },
    "Housekeeping": {
        **BOT_RENEWED,
        **sends("ActionsQueue"),
        "TokenKey": {"kms:GenerateDataKey", "kms:Decrypt"},
        **tables(READ_WRITE, *EVERY_TABLE_BUT_AUDIT, indexes=True),
        **tables({"PutItem"}, "AuditTable"),
        **secrets("SlackCredentialsSecret", "AppCredentialsSecret"),
    },
}
"""Function → what it may touch → how. Everything else is denied."""


def granted(function: str) -> dict[str, set[str]]:
    """What a function's role allows, by the logical id of the resource."""
    permissions: dict[str, set[str]] = {}
    for statement in statements(function):
        resources = statement["Resource"]
        actions = statement["Action"]
        for resource in resources if isinstance(resources, list) else [resources]:
            permissions.setdefault(logical(resource), set()).update([actions] if isinstance(actions, str) else actions)
    return permissions


def statements(function: str) -> list[dict[str, Any]]:
    role = of_type(resolved(), "AWS::IAM::Role")[f"{function}Role"]
    (policy,) = role["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def logical(resource: Any) -> str:
    """The logical id behind `!GetAtt X.Arn`, or `X/index/*` behind `!Sub ${X.Arn}/index/*`."""
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    return str(resource["Fn::Sub"]).replace("${", "").replace(".Arn}", "")


def test_every_function_is_in_the_table() -> None:
    assert set(functions()) == set(TABLE)


@pytest.mark.parametrize("function", TABLE)
def test_a_role_allows_what_the_table_says_and_nothing_else(function: str) -> None:
    assert granted(function) == {f"{function}LogGroup": LOGS, **TABLE[function]}


@pytest.mark.parametrize("function", TABLE)
def test_each_function_runs_under_its_own_role(function: str) -> None:
    assert functions()[function]["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}


@pytest.mark.parametrize("function", TABLE)
def test_a_role_is_assumed_by_lambda_only_and_brings_no_managed_policy(function: str) -> None:
    role = of_type(resolved(), "AWS::IAM::Role")[f"{function}Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    assert set(role) == {"AssumeRolePolicyDocument", "Policies"}


@pytest.mark.parametrize("function", TABLE)
def test_no_statement_has_a_wildcard_or_a_resource_of_somebody_else(function: str) -> None:
    for statement in statements(function):
        assert statement["Effect"] == "Allow"
        assert "*" not in str(statement["Action"])
        resources = statement["Resource"]
        assert all(
            isinstance(resource, dict) for resource in (resources if isinstance(resources, list) else [resources])
        )


def test_only_two_functions_can_open_tokens() -> None:
    openers = {name for name in TABLE if "kms:Decrypt" in granted(name).get("TokenKey", set())}
    assert openers == {"AppActions", "Housekeeping"}


def test_the_functions_that_face_slack_and_browsers_can_seal_and_not_open() -> None:
    sealers = {name for name in TABLE if granted(name).get("TokenKey") == {"kms:GenerateDataKey"}}
    assert sealers == {"SlackInteractions", "OAuthCallback"}


def test_the_function_that_installs_cannot_open_what_it_seals() -> None:
    assert granted("SlackInstall")["BotKey"] == {"kms:GenerateDataKey"}


def test_nobody_may_change_or_delete_what_the_audit_says() -> None:
    on_audit = set().union(*(granted(name).get("AuditTable", set()) for name in TABLE))
    assert on_audit == {"dynamodb:PutItem"}


def test_no_function_reads_the_audit_but_the_counts_that_admins_see() -> None:
    indexes = {(name, place) for name in TABLE for place in granted(name) if place.startswith("AuditTable/")}
    assert indexes == {("Connections", "AuditTable/index/failure-index")}
