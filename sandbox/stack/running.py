"""Bring a stack up, and end it."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from sandbox.stack.aws import START_SECONDS, client_environment, start_aws, wait_for
from sandbox.stack.build import build
from sandbox.stack.deploy import STACK_NAME, Deployment, deploy, fill_secrets
from sandbox.stack.description import hook_secrets, sandbox_config, stack_description, write_json
from sandbox.stack.errors import StackError
from sandbox.stack.layout import REPOSITORY, State
from sandbox.stack.processes import Record, end_recorded, start
from sandbox.stack.warm import warm_up
from sandbox.stack.world import World

Say = Callable[[str], None]
LOG_GROUPS = f"/countersign/{STACK_NAME}/"
"""What the names of the functions' log groups begin with in the template."""


@dataclass(frozen=True)
class Stack:
    """A stack that answers, and the processes it is made of."""

    world: World
    deployment: Deployment
    state: State
    records: tuple[Record, ...]

    def end(self) -> None:
        """End this stack's processes, the newest first; a later stack in the same folder is left alone."""
        ours = any(record.alive() for record in self.records)
        for record in reversed(self.records):
            record.end()
        if ours:
            forget(self.state)


def up(world: World, state: State, *, sample_cards: bool, say: Say) -> Stack:
    """Start everything and return once it all answers and `stack.json` is written.

    What an earlier run left in this folder is ended first. If anything fails, nothing is left running.

    Raises:
        StackError: It couldn't be started; the text says why.
    """
    down(state)
    _demand_free_ports(world)
    state.prepare()
    try:
        return _start(world, state, sample_cards=sample_cards, say=say)
    except BaseException:
        down(state)
        raise


def down(state: State) -> list[str]:
    """End what this folder's stack started, tidy up, and return the names of the processes that were still running."""
    ended = end_recorded(state.processes) if state.processes.is_dir() else []
    forget(state)
    return ended


def forget(state: State) -> None:
    """Remove what only a running stack needs; its logs stay for reading."""
    for path in (state.stack_file, state.sandbox_file):
        path.unlink(missing_ok=True)
    for record in state.processes.glob("*.json"):
        record.unlink(missing_ok=True)
    shutil.rmtree(state.scratch, ignore_errors=True)


def _start(world: World, state: State, *, sample_cards: bool, say: Say) -> Stack:
    say("Building (sam build) …")
    template = build(world.catalog)
    say("Starting the local AWS …")
    aws = start_aws(world, state)
    say("Deploying template.yaml (sam deploy) …")
    deployment = deploy(template, world, state)
    hooks = hook_secrets(world)
    fill_secrets(deployment, world, hooks)
    follower = _start_log_follower(world, state)
    say("Warming the functions up …")
    warm_up(world, deployment)
    say("Starting the sandbox …")
    write_json(state.sandbox_file, sandbox_config(world, deployment, hooks, sample_cards=sample_cards))
    sandbox = _start_sandbox(world, state)
    wait_for(f"{deployment.api_url}/health", aws, state.logs / "aws.log", START_SECONDS)
    write_json(state.stack_file, stack_description(world, deployment, hooks, state))
    return Stack(world, deployment, state, (aws, follower, sandbox))


def _start_log_follower(world: World, state: State) -> Record:
    return start(
        "logs",
        [sys.executable, "-m", "sandbox.stack.logs", world.aws_endpoint_url, LOG_GROUPS, state.function_logs],
        env=_environment(world, state),
        cwd=REPOSITORY,
        log=state.logs / "log-follower.log",
        records=state.processes,
    )


def _start_sandbox(world: World, state: State) -> Record:
    log = state.logs / "sandbox.log"
    record = start(
        "sandbox",
        [sys.executable, "-m", "sandbox", state.sandbox_file],
        env=_environment(world, state),
        cwd=REPOSITORY,
        log=log,
        records=state.processes,
    )
    wait_for(f"{world.sandbox_url}/api/people", record, log, START_SECONDS)
    return record


def _environment(world: World, state: State) -> dict[str, str]:
    return {
        **client_environment(world.aws_endpoint_url),
        "PATH": os.defpath,
        "HOME": str(state.scratch),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }


def _demand_free_ports(world: World) -> None:
    for port in (world.port, world.aws_port):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise StackError(
                    f"Port {port} of 127.0.0.1 is in use by another program. End it, or choose two free ports in a "
                    f"row: COUNTERSIGN_PORT={world.port + 100} make demo"
                ) from error
