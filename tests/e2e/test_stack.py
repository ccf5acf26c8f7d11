"""The local stack itself: what outside programs are promised, who may do what, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests

from sandbox.stack.layout import REPOSITORY, State
from sandbox.stack.processes import recorded
from tests.e2e.ports import free_pair

KEYS = {
    *("api_url", "browser_url", "aws_endpoint_url", "region", "stack_name", "outputs", "slack"),
    *("sandbox_url", "hooks", "functions", "tables", "queues", "logs"),
}
SLACK_KEYS = {"api_url", "signing_secret", "client_id", "client_secret", "app_id", "bot_token", "team_id"}
FUNCTIONS = {"SlackInteractions", "OAuthCallback", "Connections", "AppActions", "CardHooks", "Housekeeping"} | {
    "SlackInstall"
}


def client(stack: dict[str, Any], service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=stack["aws_endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_the_description_has_what_outside_programs_are_promised(stack: dict[str, Any]) -> None:
    assert set(stack) == KEYS
    assert set(stack["slack"]) == SLACK_KEYS
    assert set(stack["functions"]) == FUNCTIONS
    assert all(set(hook) == {"url", "secret"} for hook in stack["hooks"].values())


def test_health_answers_under_both_addresses(stack: dict[str, Any]) -> None:
    host = stack["browser_url"].removeprefix("http://").partition("/")[0]
    through_the_host = stack["aws_endpoint_url"] + "/local/health"
    assert requests.get(stack["api_url"] + "/health", timeout=10).status_code == 200
    assert requests.get(through_the_host, headers={"Host": host}, timeout=10).status_code == 200


@pytest.mark.parametrize("address", ["api_url", "browser_url"])
def test_an_installation_comes_back_to_the_browsers_address(stack: dict[str, Any], address: str) -> None:
    base, headers = stack[address], {}
    if address == "browser_url":
        host, _, path = base.removeprefix("http://").partition("/")
        base, headers = f"{stack['aws_endpoint_url']}/{path}", {"Host": host}
    answer = requests.get(f"{base}/slack/install", headers=headers, allow_redirects=False, timeout=30)
    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (answer.status_code, asked["client_id"]) == (302, [stack["slack"]["client_id"]])
    assert asked["redirect_uri"] == [f"{stack['browser_url']}/slack/oauth_redirect"]


def test_the_operators_secrets_are_filled_in(stack: dict[str, Any]) -> None:
    arn = stack["outputs"]["SlackSigningSecretArn"]
    value = json.loads(client(stack, "secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    assert value == {"signing_secret": stack["slack"]["signing_secret"]}


def test_functions_live_as_long_as_on_aws(stack: dict[str, Any]) -> None:
    queue = client(stack, "sqs").get_queue_attributes(
        QueueUrl=stack["queues"]["ActionsQueue"], AttributeNames=["VisibilityTimeout"]
    )
    function = client(stack, "lambda").get_function_configuration(FunctionName=stack["functions"]["AppActions"])
    assert (queue["Attributes"]["VisibilityTimeout"], function["Timeout"]) == ("120", 20)


def test_what_a_function_logs_can_be_read_in_a_file(stack: dict[str, Any]) -> None:
    answer = client(stack, "lambda").invoke(FunctionName=stack["functions"]["Connections"], Payload=b'{"Records": []}')
    request_id = answer["ResponseMetadata"]["RequestId"]
    log = Path(stack["logs"]) / "connections.log"
    deadline = time.monotonic() + 20
    while not (log.exists() and log.read_text().count("REPORT RequestId")):
        assert time.monotonic() < deadline, f"invocation {request_id} left no line in {log}"
        time.sleep(0.1)


def command(state: Path, port: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox.stack", *arguments, "--state", state],
        cwd=REPOSITORY,
        env={"HOME": os.environ["HOME"], "PATH": os.environ["PATH"], "COUNTERSIGN_PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(240)
def test_a_killed_stack_neither_breaks_the_next_start_nor_outlives_down(tmp_path: Path) -> None:
    port = free_pair()
    state = State(tmp_path)
    first = command(tmp_path, port, "up")
    assert first.returncode == 0, first.stderr
    killed = next(record for record in recorded(state.processes) if record.name == "aws")
    os.kill(killed.pid, signal.SIGKILL)
    second = command(tmp_path, port, "up")
    assert second.returncode == 0, second.stderr
    running = list(recorded(state.processes))
    assert {record.name for record in running if record.alive()} == {"aws", "logs", "sandbox"}
    assert command(tmp_path, port, "down").stdout == "Ended: sandbox, logs, aws.\n"
    assert not any(record.alive() for record in running)
    assert not state.stack_file.exists()


def test_a_port_in_use_is_named(stack: dict[str, Any], tmp_path: Path) -> None:
    port = int(stack["sandbox_url"].rpartition(":")[2])
    refused = command(tmp_path, port, "up")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"Port {port} of 127.0.0.1 is in use by another program.")
