"""Run each function in Lambda's own container image with each of its events: `python -m tools.sam_local`.

`sam local invoke` needs a Docker engine; where there is none, this says `skipped` and is no failure. The functions run
against the local AWS (the running stack's, or one brought up for it), with the deployed functions' own environment.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.stack.aws import client_environment, session
from sandbox.stack.build import build, host_architecture
from sandbox.stack.deploy import parameters
from sandbox.stack.layout import LOCAL, REPOSITORY, State, tool
from sandbox.stack.running import up
from sandbox.stack.world import read_world
from tools.relay import relayed
from tools.template import read_template

IMAGE = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"


def main() -> int:
    """Print a line per event and return the exit status: 1 when a function raised, ran out of time or did not start."""
    if _docker("info") != 0:
        print("skipped: no Docker engine answers")
        return 0
    world = read_world(os.environ)
    state = State(LOCAL)
    stack = None if state.stack_file.exists() else up(world, state, sample_cards=False, say=print)
    try:
        faults = invoke_all(json.loads(state.stack_file.read_text()), build(world.catalog), parameters(world))
    finally:
        if stack:
            stack.end()
    print(f"{faults} of the events failed" if faults else "every event was answered")
    return 1 if faults else 0


def invoke_all(stack: Mapping[str, Any], template: Path, overrides: Mapping[str, str]) -> int:
    """Invoke each function with each of its events, and return how many failed.

    Args:
        stack: What stack.json says.
        template: The built template.
        overrides: The parameters that the stack was deployed with.
    """
    gateway, network = _bridge()
    ports = [urlsplit(stack[address]).port or 80 for address in ("sandbox_url", "aws_endpoint_url")]
    with tempfile.TemporaryDirectory() as scratch, relayed(gateway, network, ports):
        invoker = Invoker(stack, template, overrides, gateway, Path(scratch))
        return sum(not invoker.invoke(name, event) for name, event in _events())


@dataclass(frozen=True)
class Invoker:
    """Runs `sam local invoke` against one running stack."""

    stack: Mapping[str, Any]
    template: Path
    overrides: Mapping[str, str]
    gateway: str
    """Where a container reaches this machine."""
    scratch: Path

    def invoke(self, logical_id: str, path: Path) -> bool:
        """Invoke a function with the event in a file, print the outcome, and tell whether the function answered."""
        event = signed(json.loads(path.read_text()), self.stack["slack"]["signing_secret"], int(time.time()))
        finished = subprocess.run(
            [tool("sam", "sam"), "local", "invoke", logical_id, *self._options(event)],
            cwd=REPOSITORY,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        answer = finished.stdout.strip().rpartition("\n")[2]
        good = finished.returncode == 0 and answer != "" and '"errorType"' not in answer
        print(f"{'ok  ' if good else 'FAIL'} {logical_id} {path.name} → {answer[:60]}", flush=True)
        if not good:
            print(finished.stderr, file=sys.stderr)
        return good

    def _options(self, event: Mapping[str, Any]) -> list[str | Path]:
        event_file, variables = self.scratch / "event.json", self.scratch / "environment.json"
        event_file.write_text(json.dumps(event))
        if not variables.exists():
            variables.write_text(json.dumps(self._variables()))
        image_is_here = _docker("image", "inspect", IMAGE) == 0
        return [
            *("--template-file", self.template, "--event", event_file, "--env-vars", variables),
            *("--parameter-overrides", *(f"{name}={value}" for name, value in self.overrides.items())),
            *("--region", self.stack["region"]),
            *(["--skip-pull-image"] if image_is_here else []),
        ]

    def _variables(self) -> dict[str, dict[str, str]]:
        """The deployed functions' own, by logical id: SAM can't resolve references to tables and queues by itself."""
        client = session().client("lambda", endpoint_url=self.stack["aws_endpoint_url"])
        found = {
            logical_id: client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            for logical_id, name in self.stack["functions"].items()
        }
        here = re.compile(r"//(127\.0\.0\.1|localhost):")
        return {
            logical_id: {name: here.sub(f"//{self.gateway}:", value) for name, value in variables.items()}
            for logical_id, variables in found.items()
        }

    def _environment(self) -> dict[str, str]:
        sam = {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(LOCAL / "sam")}
        return {**os.environ, **client_environment(self.stack["aws_endpoint_url"]), **sam}


def signed(event: dict[str, Any], signing_secret: str, now: int) -> dict[str, Any]:
    """Return an event of Slack's with a fresh signature of the stack's own secret; any other event as it is.

    The events in the repository carry the signature of their time and secret, which a function rightly refuses.
    docs.slack.dev/authentication/verifying-requests-from-slack
    """
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if "x-slack-signature" not in headers:
        return event
    raw = event["body"].encode()
    body = base64.b64decode(raw) if event.get("isBase64Encoded") else raw
    digest = hmac.new(signing_secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    fresh = {"x-slack-signature": f"v0={digest}", "x-slack-request-timestamp": str(now)}
    return event | {"headers": headers | fresh, "multiValueHeaders": None}


def _docker(*arguments: str) -> int:
    try:
        return subprocess.run(["docker", *arguments], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 127


def _bridge() -> tuple[str, IPv4Network]:
    """Return the gateway and the network of Docker's default bridge, on which SAM puts the functions."""
    shown = subprocess.run(
        ["docker", "network", "inspect", "bridge"], capture_output=True, text=True, check=True
    ).stdout
    address = json.loads(shown)[0]["IPAM"]["Config"][0]
    network = IPv4Network(address["Subnet"])
    return address.get("Gateway") or str(network[1]), network


def _events() -> Iterator[tuple[str, Path]]:
    sources = read_template(REPOSITORY / "template.yaml")["Resources"]
    for logical_id, resource in sources.items():
        if resource["Type"] == "AWS::Serverless::Function":
            folder = resource["Properties"]["CodeUri"]
            for event in sorted((REPOSITORY / "events" / Path(folder).name).glob("*.json")):
                yield logical_id, event


if __name__ == "__main__":
    sys.exit(main())
