"""One `sam local invoke` at a time, against one running stack.

Nothing in a container finds any host by name (its name server is its own loopback, where there is none), so that what
an event says can reach the stack, and nobody else.
"""

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import yaml

from sandbox.stack.aws import client_environment, session
from sandbox.stack.build import host_architecture
from sandbox.stack.errors import StackError
from sandbox.stack.layout import LOCAL, REPOSITORY, tool
from tools.events import sent_now
from tools.relay import LOOPBACK, relayed, write_layer
from tools.template import read_template

IMAGE = f"public.ecr.aws/lambda/python:3.13-{host_architecture()}"
type Invoker = Callable[[str, Path], tuple[str, str]]
"""Invokes the function of a logical id with the event in a file; returns its answer (empty if none came) and log."""
type Variables = Mapping[str, Mapping[str, str]]
"""Logical id → environment variables of the deployed function."""


@contextmanager
def invoker(stack: Mapping[str, Any], template: Path, overrides: Mapping[str, str]) -> Iterator[Invoker]:
    """Make ready what containers need to reach a stack, for as long as the block runs.

    Args:
        stack: What stack.json says.
        template: The built template.
        overrides: The parameters that the stack was deployed with.

    Raises:
        StackError: The image is not to be had, or containers can't reach this machine.
    """
    if docker("image", "inspect", IMAGE) is None and docker("pull", IMAGE) is None:
        raise StackError(f"Docker neither has nor gets the image {IMAGE}.")
    gateway, network = _bridge()
    variables = _variables(stack)
    ports = loopback_ports(variables)
    with ExitStack() as while_open:
        scratch = Path(while_open.enter_context(tempfile.TemporaryDirectory()))
        layer = write_layer(scratch / "relay", gateway, ports)
        (scratch / "variables.json").write_text(json.dumps(variables))
        (scratch / "template.yaml").write_text(yaml.safe_dump(with_layer(template, layer)))
        try:
            while_open.enter_context(relayed(gateway, LOOPBACK, ports, network))
        except OSError as error:
            raise StackError(f"Containers can't reach this machine at {gateway}: {error}") from error
        yield _Sam(stack, overrides, scratch)


@dataclass(frozen=True)
class _Sam:
    """Runs `sam local invoke`."""

    stack: Mapping[str, Any]
    overrides: Mapping[str, str]
    scratch: Path

    def __call__(self, logical_id: str, path: Path) -> tuple[str, str]:
        """Invoke a function; its answer is the last line that SAM prints."""
        finished = subprocess.run(
            [tool("sam", "sam"), "local", "invoke", logical_id, *self._options()],
            cwd=REPOSITORY,
            env=self._environment(),
            input=json.dumps(self._event(path)),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # Ctrl-C is ours: SAM removes its container when it is done
        )
        answer = "" if finished.returncode else finished.stdout.strip().rpartition("\n")[2]
        return answer, finished.stderr

    def _event(self, path: Path) -> dict[str, Any]:
        slack = self.stack["slack"]
        hook_secrets = {recipe: hook["secret"] for recipe, hook in self.stack["hooks"].items()}
        replies = urljoin(slack["api_url"], "/").rstrip("/")
        return sent_now(path, slack["signing_secret"], hook_secrets, int(time.time()), replies)

    def _options(self) -> list[str | Path]:
        return [
            *("--template-file", self.scratch / "template.yaml", "--env-vars", self.scratch / "variables.json"),
            *("--event", "-", "--skip-pull-image", "--container-dns", LOOPBACK, "--region", self.stack["region"]),
            *("--parameter-overrides", *(f"{name}={value}" for name, value in self.overrides.items())),
        ]

    def _environment(self) -> dict[str, str]:
        sam = {"SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(LOCAL / "sam")}
        return {**os.environ, **client_environment(self.stack["aws_endpoint_url"]), **sam}


def _variables(stack: Mapping[str, Any]) -> Variables:
    """The deployed functions' own: SAM can't resolve references to tables and queues by itself."""
    client = session().client("lambda", endpoint_url=stack["aws_endpoint_url"])
    return {
        logical_id: client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        for logical_id, name in stack["functions"].items()
    }


def loopback_ports(variables: Variables) -> list[int]:
    """Return the ports of this machine that functions call, by the addresses in their environment."""
    address = re.compile(r"//(?:127\.0\.0\.1|(?:[\w.-]+\.)?localhost):(\d+)")
    return sorted({int(port) for own in variables.values() for text in own.values() for port in address.findall(text)})


def with_layer(template: Path, layer: Path) -> dict[str, Any]:
    """Return a built template, its paths absolute, with one more layer for every function."""
    content = read_template(template)
    for resource in content["Resources"].values():
        properties = resource.get("Properties", {})
        for place in properties.keys() & {"CodeUri", "ContentUri"}:
            properties[place] = str(template.parent / properties[place])
        if resource["Type"] == "AWS::Serverless::Function":
            properties["Layers"] = [*properties.get("Layers", []), {"Ref": "RelayLayer"}]
    relay = {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": str(layer)}}
    content["Resources"]["RelayLayer"] = relay
    return content


def docker(*arguments: str) -> str | None:
    """Return what Docker's command line prints; None if it fails or is not there."""
    try:
        finished = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return None if finished.returncode else finished.stdout


def _bridge() -> tuple[str, IPv4Network]:
    """Return the gateway and the network of Docker's default bridge, on which SAM puts the functions."""
    shown = docker("network", "inspect", "bridge")
    if shown is None:
        raise StackError("Docker has no network named bridge, on which SAM puts containers.")
    configured = json.loads(shown)[0]["IPAM"]["Config"]
    address = next(entry for entry in configured if ":" not in entry["Subnet"])
    network = IPv4Network(address["Subnet"])
    return address.get("Gateway") or str(network[1]), network
