"""What `make sam-local` makes of answers, events and functions, where there is no Docker to ask."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.stack.layout import REPOSITORY
from tools.events import recorded_events, sent_now
from tools.sam_invoke import loopback_ports, with_layer
from tools.sam_local import invoke_all, outcome_of

HANDS_BACK_ONE = '{"batchItemFailures": [{"itemIdentifier": "a"}]}'
type DockerThat = Callable[[str], Path]


@pytest.fixture
def docker_that(tmp_path: Path) -> DockerThat:
    """A folder for the PATH with a Docker command line whose engine is as a line of shell says."""

    def make(line: str) -> Path:
        program = tmp_path / "docker"
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
        return tmp_path

    return make


def sam_local(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.sam_local"],
        cwd=REPOSITORY,
        env={"PATH": str(path), "HOME": os.environ["HOME"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- with and without an engine


def test_it_says_skipped_where_docker_is_not_installed(tmp_path: Path) -> None:
    finished = sam_local(tmp_path)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "skipped: no Docker engine answers\n", "")


def test_it_says_skipped_where_no_engine_answers(docker_that: DockerThat) -> None:
    finished = sam_local(docker_that("echo 'Cannot connect to the Docker daemon' >&2; exit 1"))
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "skipped: no Docker engine answers\n", "")


def test_it_goes_on_where_an_engine_answers_and_says_in_a_line_what_is_wrong(docker_that: DockerThat) -> None:
    finished = sam_local(docker_that('[ "$1" = info ]'), COUNTERSIGN_PORT="none")
    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr.startswith("COUNTERSIGN_PORT is 'none'")
    assert finished.stderr.count("\n") == 1


# --- answers


@pytest.mark.parametrize(
    ("answer", "back", "outcome"),
    [
        ('{"statusCode": 404, "headers": {}, "body": "", "isBase64Encoded": false}', 0, "404"),
        ('{"batchItemFailures": []}', 0, "0 back to the queue"),
        (HANDS_BACK_ONE, 1, "1 back to the queue"),
        (HANDS_BACK_ONE, 0, None),
        ('{"batchItemFailures": []}', 1, None),
        ("null", 0, "done"),
        ('{"statusCode": 500, "headers": {}, "body": "", "isBase64Encoded": false}', 0, None),
        ('{"statusCode": "200"}', 0, None),
        ('{"errorType": "KeyError", "errorMessage": "x"}', 0, None),
        ("", 0, None),
        ("Task timed out after 10.00 seconds", 0, None),
    ],
)
def test_an_answer_is_said_in_a_word_or_is_none(answer: str, back: int, outcome: str | None) -> None:
    assert outcome_of(answer, back) == outcome


def test_every_event_has_its_line_and_faults_and_forgotten_functions_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answers = {"fine": '{"statusCode": 200}', "broken": "", "malformed": HANDS_BACK_ONE, "resume": HANDS_BACK_ONE}
    events = {"Front": [Path("fine.json"), Path("broken.json")], "Forgotten": [], "Worker": []}
    events["Worker"] = [Path("malformed.json"), Path("resume.json")]

    faults = invoke_all(lambda _, path: (answers[path.stem], f"log of {path.stem}"), events)

    assert faults == 3
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "FAIL Forgotten has no events",
        "ok   Front fine.json → 200",
        "FAIL Front broken.json → wrong",
        "ok   Worker malformed.json → 1 back to the queue",
        "FAIL Worker resume.json → wrong",
    ]
    assert said.err == f"\nlog of broken\n{HANDS_BACK_ONE}\nlog of resume\n"


# --- events


@pytest.mark.parametrize("path", [path for paths in recorded_events().values() for path in paths], ids=lambda p: p.stem)
def test_no_event_that_is_sent_to_a_local_stack_names_slacks_own_reply_address(path: Path) -> None:
    event = sent_now(path, "secret", {}, 0, replies="http://127.0.0.1:4560")
    bodies = [event.get("body") or "", *(record["body"] for record in event.get("Records", []))]
    assert not any("hooks.slack.com" in json.dumps(event) or "hooks.slack.com" in body for body in bodies)


# --- what SAM is given


def test_the_ports_of_loopback_are_found_in_what_functions_are_given() -> None:
    variables = {
        "A": {"AWS_ENDPOINT_URL": "http://127.0.0.1:4901", "LOCAL_HOSTS": "a.example=http://a.localhost:4900,b=x"},
        "B": {"ISSUER": "http://slack.localhost:4900", "TABLE": "t", "ELSEWHERE": "https://acme.example:4999/"},
    }
    assert loopback_ports(variables) == [4900, 4901]


def test_each_function_gets_the_layer_last_and_paths_become_absolute(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(
        "Resources:\n"
        "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: F, Layers: [!Ref L]}}\n"
        "  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: L}}\n"
    )

    resources = with_layer(tmp_path / "template.yaml", tmp_path / "relay")["Resources"]

    layers = [{"Ref": "L"}, {"Ref": "RelayLayer"}]
    assert resources["F"]["Properties"] == {"CodeUri": str(tmp_path / "F"), "Layers": layers}
    assert resources["L"]["Properties"] == {"ContentUri": str(tmp_path / "L")}
    assert resources["RelayLayer"]["Properties"] == {"ContentUri": str(tmp_path / "relay")}
