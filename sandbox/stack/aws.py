"""The local AWS: MiniStack, enforcing each function's role, on loopback only."""

import time
from contextlib import suppress
from pathlib import Path

import boto3
import requests

from sandbox.stack.errors import StackError
from sandbox.stack.layout import State, tool
from sandbox.stack.processes import Record, start
from sandbox.stack.world import World

REGION = "eu-central-1"
START_SECONDS = 30.0
OWNER = "test"
"""Access key, and secret, of the local AWS's owner, who may do everything."""


def environment(world: World, state: State) -> dict[str, str]:
    """Return MiniStack's whole environment.

    It hands all of it to the functions, so anything more would hide a variable that the template forgot.
    """
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(state.scratch),
        "TMPDIR": str(state.scratch),
        "LANG": "C.UTF-8",
        "GATEWAY_PORT": str(world.aws_port),
        "BIND_HOST": "127.0.0.1",  # it binds every interface otherwise
        "IOT_MTLS_ENABLED": "0",  # or it opens an MQTT port
        "AUTH": "true",
        "MINISTACK_REGION": REGION,
        "LAMBDA_WARM_TTL_SECONDS": "3600",  # a demo left alone for a coffee is still warm
    }


def client_environment(endpoint_url: str) -> dict[str, str]:
    """Return the variables with which an AWS SDK or tool reaches the local AWS as its owner."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": OWNER,
        "AWS_SECRET_ACCESS_KEY": OWNER,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def session() -> boto3.Session:
    """Return a session of the local AWS's owner, who may do everything. Clients need `endpoint_url` besides."""
    return boto3.Session(aws_access_key_id=OWNER, aws_secret_access_key=OWNER, region_name=REGION)


def start_aws(world: World, state: State) -> Record:
    """Start MiniStack and return once it answers.

    Raises:
        StackError: It ended, or did not answer in time; its last words are quoted.
    """
    log = state.logs / "aws.log"
    record = start(
        "aws",
        [tool("ministack", "python"), "-m", "ministack"],
        env=environment(world, state),
        cwd=state.scratch,
        log=log,
        records=state.processes,
    )
    wait_for(f"{world.aws_endpoint_url}/_ministack/health", record, log, START_SECONDS)
    return record


def wait_for(url: str, record: Record, log: Path, seconds: float) -> None:
    """Return once a GET of `url` is answered 2xx.

    Raises:
        StackError: The process behind it ended, or the time passed; the end of its log is quoted.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(url, timeout=5).ok:
                return
        if not record.alive():
            raise StackError(f"The {record.name} process ended by itself:\n{last_words(log)}")
        time.sleep(0.1)
    raise StackError(f"{url} did not answer within {seconds:.0f} s:\n{last_words(log)}")


def last_words(log: Path, lines: int = 15) -> str:
    """Return the end of a log file, or a note that there is none."""
    if not log.exists():
        return f"({log} was not written)"
    return "\n".join([*log.read_text(errors="replace").splitlines()[-lines:], f"(all of it: {log})"])
