"""``countersign connections`` and ``countersign forget``, as typed, on the template's own tables and a queue."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from countersign.adapters import system
from countersign.adapters.dynamodb.audit import DynamoAuditLog, DynamoAuditTrail
from countersign.adapters.dynamodb.connections import DynamoConnectionStore
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.adapters.dynamodb.table import Table
from countersign.domain.audit import AuditQuery
from countersign.domain.connection import Status
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left
from countersign.domain.identity import Person
from countersign_cli import catalog_folder, deployment
from countersign_cli.main import app
from tests.contract.tables import template_table
from tests.contract.test_connection_store import LIVE

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@dataclass
class Stack:
    """What the command works on."""

    tables: dict[str, Table]
    sqs: Any
    queue: str

    def queued(self) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def audited(self) -> list[tuple[str, dict[str, str]]]:
        events = DynamoAuditTrail(self.tables["AuditTable"]).events(AuditQuery(1_700_000_000, 4_000_000_000, app="box"))
        return [(event.event, dict(event.facts)) for event in events]


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Stack]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(deployment, "LOCAL_STACK", tmp_path / "stack.json")
    with mock_aws():
        dynamodb, sqs = boto3.client("dynamodb", "eu-central-1", **KEYS), boto3.client("sqs", "eu-central-1", **KEYS)
        tables = {name: template_table(dynamodb, name) for name in ("ConnectionsTable", "SignInsTable", "AuditTable")}
        queue = sqs.create_queue(QueueName="actions")["QueueUrl"]
        outputs = {f"{name}Name": name for name in tables} | {"ActionsQueueUrl": queue}
        described = {"region": "eu-central-1", "aws_endpoint_url": "", "outputs": outputs}
        (tmp_path / "stack.json").write_text(json.dumps(described))
        store = DynamoConnectionStore(tables["ConnectionsTable"], tables["SignInsTable"])
        for tenant, user, app_id in (
            ("T0ACME", "U0JOSIE", "box"),
            ("T0ACME", "U0JOSIE", "servicenow"),
            ("T0ACME", "U0TOM", "box"),
            ("T0OTHER", "U0X", "box"),
        ):
            person = Person(tenant, user)
            store.put(replace(LIVE, person=person, workspace=tenant, app=app_id, status=Status.LIVE), replaces=None)
        yield Stack(tables, sqs, queue)


def run(*arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments, "--local"], env={"COLUMNS": "300"}, input=answer)


def listed(*arguments: str) -> list[tuple[str, str]]:
    result = run("connections", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return sorted((line["person"], line["app"]) for line in map(json.loads, result.stdout.splitlines()))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--app", "box"], [("U0JOSIE", "box"), ("U0TOM", "box"), ("U0X", "box")]),
        (["--app", "box", "--workspace", "T0ACME"], [("U0JOSIE", "box"), ("U0TOM", "box")]),
        (["--person", "T0ACME/U0JOSIE"], [("U0JOSIE", "box"), ("U0JOSIE", "servicenow")]),
        (["--person", "U0JOSIE", "--workspace", "T0ACME"], [("U0JOSIE", "box"), ("U0JOSIE", "servicenow")]),
        (["--person", "T0OTHER/U0JOSIE"], []),
    ],
)
def test_they_are_listed_by_person_or_by_app(asked: list[str], found: list[tuple[str, str]]) -> None:
    assert listed(*asked) == found


def test_people_get_a_table_with_the_accounts_and_no_token() -> None:
    shown = run("connections", "--app", "servicenow").output
    assert "T0ACME/U0JOSIE" in shown
    assert LIVE.account.label in shown
    assert "1 connection: 1 live\n" in shown
    assert "Nobody is connected." in run("connections", "--app", "jira").output


@pytest.mark.parametrize("width", [40, 80, 300])
def test_no_column_is_lost_in_a_narrow_window(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(catalog_folder.out, "width", width)
    head, row, *_ = run("connections", "--app", "servicenow").output.splitlines()
    assert head.endswith(" last used (UTC)")
    assert row.split()[-3:] == ["live", "2027-01-15T08:00:00Z", "never"]


@pytest.mark.parametrize("more", [[], ["--pause"], ["--resume"], ["--disconnect", "--yes"]])
def test_an_app_that_nobody_knows_is_refused_and_the_nearest_named(stack: Stack, more: list[str]) -> None:
    near = run("connections", "--app", "servcenow", *more)
    assert (near.exit_code, near.stderr) == (2, "There is no app servcenow: do you mean servicenow?\n")
    far = run("connections", "--app", "nosuch", *more)
    assert (far.exit_code, far.stderr[:41]) == (2, "There is no app nosuch: there are asana, ")
    assert (stack.queued(), DynamoPauses(stack.tables["SignInsTable"]).places("nosuch")) == ([], frozenset())


def test_an_app_that_left_the_catalog_can_still_be_cut_off_and_its_pause_ended(stack: Stack) -> None:
    store = DynamoConnectionStore(stack.tables["ConnectionsTable"], stack.tables["SignInsTable"])
    store.put(replace(LIVE, person=Person("T0ACME", "U0TOM"), app="gone", status=Status.LIVE), replaces=None)
    assert run("connections", "--app", "gone", "--disconnect", "--yes").exit_code == 0
    DynamoPauses(stack.tables["SignInsTable"]).set("left", "T0ACME", 1, paused=True)
    assert run("connections", "--app", "left", "--workspace", "T0ACME", "--resume").exit_code == 0


def test_the_list_of_an_app_says_where_it_is_paused_and_how_much_failed(stack: Stack) -> None:
    run("connections", "--app", "box", "--pause", "--workspace", "T0ACME")
    log = DynamoAuditLog(stack.tables["AuditTable"], system.now, 86_400, lambda _, **__: None)
    for number, (outcome, ago, workspace) in enumerate(
        [
            ("no_answer", 60, "T0ACME"),
            ("unknown", 60, "T0OTHER"),
            ("refused", 60, "T0ACME"),
            ("unknown", 90_000, "T0ACME"),
        ]
    ):
        facts = {"app": "box", "workspace": workspace, "outcome": outcome}
        log.record("action_ended", Person("T0ACME", "U0TOM"), facts, once=f"{number}", at=system.now() - ago)

    shown = run("connections", "--app", "box").output
    assert [" live, paused " in line for line in shown.splitlines()[1:4]] == [True, True, False]
    assert "Failed since this time yesterday: 2 acts.\nbox is paused in T0ACME.\n" in shown
    assert "yesterday: 1 act.\n" in run("connections", "--app", "box", "--workspace", "T0ACME").output
    assert "yesterday: 2 acts.\n" in run("connections", "--person", "T0ACME/U0TOM").output
    lines = run("connections", "--app", "box", "--json").stdout.splitlines()
    assert sorted((line["tenant"], line["paused"]) for line in map(json.loads, lines)) == [
        ("T0ACME", True),
        ("T0ACME", True),
        ("T0OTHER", False),
    ]


def test_who_is_connected_as_one_account_is_listed_and_that_they_are_several(stack: Stack) -> None:
    store = DynamoConnectionStore(stack.tables["ConnectionsTable"], stack.tables["SignInsTable"])
    for user in ("U0JOSIE", "U0TOM"):
        there = store.get(Person("T0ACME", user), "box")
        assert there is not None
        store.hold_account(there)
    own = replace(LIVE, person=Person("T0ACME", "U0PRIYA"), workspace="T0ACME", app="box", status=Status.LIVE)
    store.put(replace(own, account=replace(LIVE.account, id="hers")), replaces=None)

    lines = run("connections", "--json", "--app", "box").stdout.splitlines()
    assert {(line["person"], line["account_of_several"]) for line in map(json.loads, lines)} == {
        ("U0JOSIE", True),
        ("U0TOM", True),
        ("U0PRIYA", False),
        ("U0X", False),
    }
    assert run("connections", "--app", "box", "--workspace", "T0ACME").output.count("(several people)") == 2
    assert listed("--app", "box", "--account", "hers") == [("U0PRIYA", "box")]
    assert listed("--app", "box", "--account", LIVE.account.id, "--workspace", "T0ACME") == [
        ("U0JOSIE", "box"),
        ("U0TOM", "box"),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        ["--person", "T0ACME/U0JOSIE"],
        ["--app", "box", "--disconnect"],
        ["--app", "box", "--pause"],
        ["--app", "box", "--resume"],
    ],
)
def test_an_account_narrows_the_list_of_an_app_and_nothing_else(asked: list[str], stack: Stack) -> None:
    assert run("connections", *asked, "--account", "hers").exit_code == 2
    assert stack.queued() == []


def test_an_app_is_cut_off_by_the_queue_once_the_operator_said_yes(stack: Stack) -> None:
    refused = run("connections", "--app", "box", "--disconnect", answer="n\n")
    assert (refused.exit_code, "box, here and at the apps (3 connections)?" in refused.output) == (1, True)
    assert stack.queued() == []
    assert run("connections", "--app", "box", "--disconnect", "--workspace", "T0ACME", answer="y\n").exit_code == 0
    (message,) = stack.queued()
    cutting = CutApp.from_json(message["cut"])
    assert (message["kind"], cutting.app, cutting.workspace) == ("cut_app", "box", "T0ACME")
    assert cutting.by.startswith("arn:aws:")


def test_a_person_is_cut_off_by_the_queue(stack: Stack) -> None:
    assert run("connections", "--person", "T0ACME/U0JOSIE", "--disconnect", "--yes").exit_code == 0
    (message,) = stack.queued()
    departure = Departure.from_json(message["departure"])
    assert (departure.left, departure.someone, departure.workspace) == (
        Left.CUT_OFF,
        Person("T0ACME", "U0JOSIE"),
        None,
    )


@pytest.mark.parametrize(("user", "known"), [("U0TOM", True), ("U0ONCE", True), ("U0NOBODY", False)])
def test_whoever_nothing_is_known_of_is_said_to_be_so_before_anybody_is_forgotten(
    stack: Stack, user: str, *, known: bool
) -> None:
    log = DynamoAuditLog(stack.tables["AuditTable"], system.now, 86_400, lambda _, **__: None)
    log.record("disconnected", Person("T0ACME", "U0ONCE"), {"workspace": "T0ACME"}, once="once")
    result = run("forget", f"T0ACME/{user}", answer="n\n")
    assert result.exit_code == 1
    assert ("Nothing of T0ACME/U0NOBODY is found" in result.stderr) is not known
    assert stack.queued() == []


def test_a_person_is_forgotten_by_the_queue(stack: Stack) -> None:
    assert run("forget", "T0ACME/U0JOSIE", answer="y\n").exit_code == 0
    (message,) = stack.queued()
    departure = Departure.from_json(message["departure"])
    assert (departure.left, departure.someone) == (Left.FORGOTTEN, Person("T0ACME", "U0JOSIE"))


def test_an_app_is_paused_everywhere_until_it_is_resumed_and_that_is_audited_once(stack: Stack) -> None:
    pauses = DynamoPauses(stack.tables["SignInsTable"])
    assert "box is paused everywhere from now on." in run("connections", "--app", "box", "--pause").output
    assert "already" in run("connections", "--app", "box", "--pause").output
    assert pauses.paused("T0ANY") == {"box"}
    run("connections", "--app", "box", "--pause", "--workspace", "T0ACME")
    still = "It is still paused in T0ACME.\n"
    assert run("connections", "--app", "box", "--resume").output == f"box is resumed everywhere.\n{still}"
    assert run("connections", "--app", "box", "--resume").output == f"box was not paused everywhere.\n{still}"
    assert pauses.paused("T0ANY") == frozenset()
    assert sorted(event for event, _ in stack.audited()) == [
        "admin.app_paused",
        "admin.app_paused",
        "admin.app_resumed",
    ]
    assert stack.audited()[0][1]["by"].startswith("arn:aws:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["connections"], "name a person or an app"),
        (["connections", "--app", "box", "--person", "T0ACME/U0TOM"], "name a person or an app"),
        (["connections", "--app", "box", "--pause", "--resume"], "one thing at a time"),
        (["connections", "--person", "T0ACME/U0TOM", "--pause"], "an app is what can be paused"),
        (["connections", "--person", "josie@acme.com"], "is no Slack user id"),
        (["connections", "--person", "U0TOM"], "name the workspace with --workspace"),
        (["forget", "Josie"], "Invalid value for USER: 'Josie' is no Slack user id"),
    ],
)
def test_bad_arguments_are_answered_in_plain_words(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
