"""Run each function in Lambda's own container image with each of its events: `python -m tools.sam_local`.

`sam local invoke` needs a Docker engine; where there is none, this says `skipped` and is no failure. The functions run
against the local AWS (the running stack's, or one brought up for it), with the deployed functions' own environment.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
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
from tools.events import recorded_events, sent_now
from tools.relay import relayed

FIRST_FAULT = 500
"""From here on an HTTP status says that it was the server's fault (RFC 9110 §15.6)."""
IMAGE = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"


def main() -> int:
    """Print a line per event and return the exit status: 1 when a function has no event, or did not answer one."""
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
    print(f"{faults} failed" if faults else "every event was answered")
    return 1 if faults else 0


def invoke_all(stack: Mapping[str, Any], template: Path, overrides: Mapping[str, str]) -> int:
    """Invoke each function with each of its events; return how many failed, and how many functions have none.

    Args:
        stack: What stack.json says.
        template: The built template.
        overrides: The parameters that the stack was deployed with.
    """
    gateway, network = _bridge()
    ports = [urlsplit(stack[address]).port or 80 for address in ("sandbox_url", "aws_endpoint_url")]
    with tempfile.TemporaryDirectory() as scratch, relayed(gateway, network, ports):
        invoker = Invoker(stack, template, overrides, gateway, Path(scratch))
        return sum(invoker.faults(name, events) for name, events in recorded_events().items())


@dataclass(frozen=True)
class Invoker:
    """Runs `sam local invoke` against one running stack."""

    stack: Mapping[str, Any]
    template: Path
    overrides: Mapping[str, str]
    gateway: str
    """Where a container reaches this machine."""
    scratch: Path

    def faults(self, logical_id: str, events: Sequence[Path]) -> int:
        """Invoke a function with each of its events and return how many failed; a function that has none is a fault."""
        if not events:
            print(f"FAIL {logical_id} has no events", flush=True)
            return 1
        return sum(not self.invoke(logical_id, event) for event in events)

    def invoke(self, logical_id: str, path: Path) -> bool:
        """Invoke a function with the event in a file, print the outcome, and tell whether the function answered."""
        event = sent_now(path, self.stack["slack"]["signing_secret"], self._hook_secrets(), int(time.time()))
        finished = subprocess.run(
            [tool("sam", "sam"), "local", "invoke", logical_id, *self._options(event)],
            cwd=REPOSITORY,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        status = status_of(finished.stdout.strip().rpartition("\n")[2]) if finished.returncode == 0 else None
        print(f"{'FAIL' if status is None else 'ok  '} {logical_id} {path.name} → {status or 'no answer'}", flush=True)
        if status is None:
            print(finished.stdout, finished.stderr, file=sys.stderr)
        return status is not None

    def _hook_secrets(self) -> dict[str, str]:
        return {recipe: hook["secret"] for recipe, hook in self.stack["hooks"].items()}

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


def status_of(answer: str) -> str | None:
    """Return what a function answered in a word: an HTTP status, how many messages go back to their queue, or "done".

    None is for what no caller of Lambda's is content with: an exception, a fault of ours (5xx), or another shape.
    """
    try:
        content = json.loads(answer)
    except ValueError:
        return None
    match content:
        case {"statusCode": int(status)} if status < FIRST_FAULT:
            return str(status)
        case {"batchItemFailures": list(failed)}:
            return f"{len(failed)} back to the queue"
        case None:
            return "done"
        case _:
            return None


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


if __name__ == "__main__":
    sys.exit(main())
