"""``countersign audit``, as typed, on the template's own table."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from countersign.adapters.dynamodb.audit import DynamoAuditLog
from countersign.domain.identity import Person
from countersign_cli import audit_formats, catalog_folder, deployment
from countersign_cli.audit_formats import harmless
from countersign_cli.main import app
from tests.contract.tables import template_table

NOON = 1_800_014_400
"""2027-01-15 12:00:00 UTC."""
JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
DONE = {"workspace": "T0ACME", "app": "servicenow", "outcome": "done", "account": "a1", "record": "servicenow#chg1"}
REFUSED = {**DONE, "outcome": "refused", "note": "said: no", "by": "U0ADMIN"}


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A stack on this machine, as `make up` describes it; its AWS is moto."""
    described = {"region": "eu-central-1", "aws_endpoint_url": "", "outputs": {"AuditTableName": "AuditTable"}}
    (tmp_path / "stack.json").write_text(json.dumps(described))
    monkeypatch.setattr(deployment, "LOCAL_STACK", tmp_path / "stack.json")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1", aws_access_key_id="test", aws_secret_access_key="test")
        log = DynamoAuditLog(template_table(client, "AuditTable"), lambda: NOON, 10**9, lambda _, **__: None)
        log.record("action_ended", JOSIE, DONE, once="a", at=NOON)
        log.record(
            "disconnected", TOM, {"workspace": "T0ACME", "app": "box", "account": "=cmd()"}, once="b", at=NOON + 60
        )
        log.record("action_ended", TOM, REFUSED, once="c", at=NOON + 86_400)
        yield


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", "--local", *arguments], env={"COLUMNS": "300"})


def events(*arguments: str) -> list[tuple[str, str]]:
    result = run("--format", "jsonl", *arguments)
    assert result.exit_code == 0, result.output
    return [(line["person"], line["event"]) for line in map(json.loads, result.stdout.splitlines())]


def test_a_date_means_all_of_that_day_in_utc() -> None:
    assert events("--from", "2027-01-15", "--to", "2027-01-15") == [
        ("U0JOSIE", "action_ended"),
        ("U0TOM", "disconnected"),
    ]


@pytest.mark.parametrize("until", ["2027-01-15T12:01:00Z", "2027-01-15T12:01", "2027-01-15T13:01:00+01:00"])
def test_a_time_means_up_to_it_and_is_utc_unless_it_says_otherwise(until: str) -> None:
    assert events("--from", "2027-01-15T12:00Z", "--to", until) == [("U0JOSIE", "action_ended")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["--person", "U0TOM"], ["disconnected", "action_ended"]),
        (["--person", "T0ACME/U0TOM"], ["disconnected", "action_ended"]),
        (["--person", "T0OTHER/U0TOM"], []),
        (["--app", "box"], ["disconnected"]),
        (["--app", "servicenow", "--person", "U0TOM"], ["action_ended"]),
        (["--workspace", "T0OTHER"], []),
    ],
)
def test_it_can_be_asked_by_person_app_and_workspace(asked: list[str], found: list[str]) -> None:
    assert [name for _, name in events("--from", "2027-01-01", "--to", "2027-02-01", *asked)] == found


def test_a_line_of_json_holds_the_whole_event() -> None:
    (line,) = run("--from", "2027-01-16", "--to", "2027-01-16", "--format", "jsonl").stdout.splitlines()
    event = json.loads(line)
    assert (event["at"], event["tenant"]) == ("2027-01-16T12:00:00Z", "T0ACME")
    assert event["facts"] == REFUSED
    assert datetime.fromisoformat(event["noted_at"]).microsecond >= 0
    assert len(event["noted_at"]) == len("2027-01-16T12:00:00.000000Z")


def test_csv_is_safe_to_open_in_a_spreadsheet() -> None:
    written = run("--from", "2027-01-15", "--to", "2027-01-16", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [(row["at"], row["person"], row["app"], row["account"]) for row in rows] == [
        ("2027-01-15T12:00:00Z", "U0JOSIE", "servicenow", "a1"),
        ("2027-01-15T12:01:00Z", "U0TOM", "box", "'=cmd()"),
        ("2027-01-16T12:00:00Z", "U0TOM", "servicenow", "a1"),
    ]
    assert json.loads(rows[2]["more"]) == {"note": "said: no", "by": "U0ADMIN"}
    assert [row["noted_at"] for row in rows] == sorted({row["noted_at"] for row in rows})


def test_an_app_that_nobody_knows_is_said_to_be_none() -> None:
    assert run("--app", "servcenow").stderr.splitlines()[1:] == ["There is no app servcenow: do you mean servicenow?"]
    assert run("--app", "servicenow", "--to", "2026-01-01").stderr == "Nothing was recorded then that fits.\n"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])  # noqa: RUF001
def test_no_cell_can_begin_a_formula(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_people_get_a_table_and_its_head_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_formats, "_PAGE", 1)
    shown = run("--from", "2027-01-15", "--to", "2027-01-16").output
    assert shown.count("time (UTC)") == 1
    assert [line.split()[1] for line in shown.splitlines()[1:]] == ["U0JOSIE", "U0TOM", "U0TOM"]


@pytest.mark.parametrize("width", [40, 80, 300])
def test_people_see_the_record_and_who_did_it_however_narrow_the_window(
    monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(catalog_folder.out, "width", width)
    shown = run("--from", "2027-01-15", "--to", "2027-01-17").output
    assert "  by=U0ADMIN record=servicenow#chg1 " in shown
    assert "outcome         more\n" in shown


def test_without_times_it_is_the_last_week_and_an_empty_one_is_said() -> None:
    result = run("--to", "2026-01-01")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing was recorded then that fits." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "yesterday"], "'yesterday' is no date or time"),
        (["--to", "2027-02-30"], "'2027-02-30' is no date or time"),
        (["--from", "2027-02-01", "--to", "2027-01-01"], "not before the time to end at"),
        (["--format", "xml"], "'xml' is not one of"),
    ],
)
def test_bad_arguments_are_answered_in_plain_words(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_where_no_stack_runs_it_says_how_to_start_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(deployment, "LOCAL_STACK", tmp_path / "none.json")
    result = run()
    assert (result.exit_code, "make up" in result.stderr) == (2, True)


def test_without_credentials_it_says_how_to_get_some(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as nobody:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
            nobody.delenv(name, raising=False)
        nobody.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        nobody.setenv("AWS_EC2_METADATA_DISABLED", "true")
        result = CliRunner().invoke(app, ["audit", "--region", "eu-central-1"])
    assert (result.exit_code, "There are no AWS credentials" in result.stderr) == (2, True)
