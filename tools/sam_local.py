"""Run each function in Lambda's own container image with each of its events: `python -m tools.sam_local`.

`sam local invoke` needs a Docker engine; where there is none, this says `skipped` and is no failure. The functions run
against the local AWS (the running stack's, or one brought up for it), with the deployed functions' own environment.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.stack.aws import client_environment, session
from sandbox.stack.build import build, host_architecture
from sandbox.stack.layout import LOCAL, REPOSITORY, State, tool
from sandbox.stack.running import up
from sandbox.stack.world import World, read_world
from tools.template import read_template

IMAGE = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"


def main() -> int:
    """Print a line per event and return the exit status: 1 when a function raised, ran out of time or did not start."""
    if _docker("info") != 0:
        print("skipped: no Docker engine answers")
        return 0
    world = read_world(os.environ)
    state = State(LOCAL)
    if state.stack_file.exists():
        return _invoke_all(world, json.loads(state.stack_file.read_text()))
    stack = up(world, state, sample_cards=False, say=print)
    try:
        return _invoke_all(world, json.loads(state.stack_file.read_text()))
    finally:
        stack.end()


def _docker(*arguments: str) -> int:
    try:
        return subprocess.run(["docker", *arguments], capture_output=True, check=False).returncode
    except FileNotFoundError:
        return 127


def _invoke_all(world: World, stack: Mapping[str, Any]) -> int:
    template = build(world.catalog)
    with tempfile.TemporaryDirectory() as scratch:
        variables = Path(scratch) / "environment.json"
        variables.write_text(json.dumps(_environments(stack)))
        faults = [name for name, event in _events(template) if not _invoke(template, name, event, variables, stack)]
    print(f"{len(faults)} of the events failed" if faults else "every event was answered")
    return 1 if faults else 0


def _environments(stack: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The deployed functions' variables by logical id: SAM can't resolve references to tables and queues by itself."""
    client = session().client("lambda", endpoint_url=stack["aws_endpoint_url"])
    return {
        logical_id: client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        for logical_id, name in stack["functions"].items()
    }


def _events(template: Path) -> Iterator[tuple[str, Path]]:
    for logical_id, resource in read_template(template)["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            folder = read_template(REPOSITORY / "template.yaml")["Resources"][logical_id]["Properties"]["CodeUri"]
            for event in sorted((REPOSITORY / "events" / Path(folder).name).glob("*.json")):
                yield logical_id, event


def _invoke(template: Path, logical_id: str, event: Path, variables: Path, stack: Mapping[str, Any]) -> bool:
    image = ["--skip-pull-image"] if _docker("image", "inspect", IMAGE) == 0 else []
    finished = subprocess.run(
        [
            *(tool("sam", "sam"), "local", "invoke", logical_id, "--template-file", template, "--event", event),
            *("--env-vars", variables, "--docker-network", "host", "--region", stack["region"], *image),
        ],
        cwd=REPOSITORY,
        env={**os.environ, **client_environment(stack["aws_endpoint_url"]), "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    answer = finished.stdout.strip().splitlines()[-1:] or [""]
    good = finished.returncode == 0 and '"errorType"' not in answer[0] and answer[0] != ""
    print(f"{'ok  ' if good else 'FAIL'} {logical_id} {event.name} → {answer[0][:100]}", flush=True)
    if not good:
        print(finished.stderr, file=sys.stderr)
    return good


if __name__ == "__main__":
    sys.exit(main())
