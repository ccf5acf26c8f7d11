"""Everything together: the world, AWS, the functions behind their gateway, the queues, and the sandbox."""

import json
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from catalog_build.compile import compile_catalog
from countersign.domain.catalog_data import load
from sandbox.one_process.aws import aws_of
from sandbox.one_process.functions import Function, Notes, functions
from sandbox.one_process.gateway import gateway
from sandbox.one_process.serving import served
from sandbox.server import Sandbox, create_sandbox
from sandbox.stack.deploy import STAGE, Deployment, parameters, secret_values
from sandbox.stack.description import hook_secrets, sandbox_config
from sandbox.stack.layout import REPOSITORY
from sandbox.stack.world import World, read_world
from tools.template import read_template

CONSUMERS: Mapping[str, str] = {"ActionsQueue": "AppActions", "ConnectionsQueue": "Connections"}
"""Which function takes from which queue."""
_PAUSE = 0.05
SOON = 5
"""Seconds that `settle` waits for what was queued with a delay."""


@dataclass
class Clock:
    """The time of the functions and of the sandbox; AWS keeps its own. It can be put forward."""

    ahead: float = 0

    def __call__(self) -> float:
        """Epoch seconds."""
        return time.time() + self.ahead

    def forward(self, seconds: float) -> None:
        """So much time passes."""
        self.ahead += seconds


@dataclass(frozen=True)
class OneProcess:
    """A running stack."""

    world: World
    sandbox: Sandbox
    functions: Mapping[str, Function]
    queues: Mapping[str, str]
    hooks: Mapping[str, Mapping[str, str]]
    """Recipe id → `url` and `secret`."""
    notes: Notes
    """What the functions noted, in order."""
    clock: Clock = field(default_factory=Clock)

    def settle(self, *, seconds: float = SOON) -> None:
        """Work off the queues until nothing is left that comes due within so many seconds."""
        until = time.monotonic() + seconds
        while self._work_off() or (self._resting() and time.monotonic() < until):
            time.sleep(_PAUSE)

    def _work_off(self) -> bool:
        """Deliver each message that is due, once. What fails stays in the queue, hidden, as on AWS."""
        client, worked = boto3.client("sqs"), False
        for queue, function in CONSUMERS.items():
            url = self.queues[queue]
            for message in client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["SentTimestamp"]
            ).get("Messages", []):
                worked = True
                # By the functions' clock: AWS keeps its own while theirs is put forward.
                sent = int(message["Attributes"]["SentTimestamp"]) + int(self.clock.ahead * 1000)
                attributes = {"SentTimestamp": str(sent)}
                record = {"messageId": message["MessageId"], "body": message["Body"], "attributes": attributes}
                failed = self.functions[function]({"Records": [record]})["batchItemFailures"]
                if not failed:
                    client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return worked

    def _resting(self) -> bool:
        client = boto3.client("sqs")
        answers = [client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]) for url in self.queues.values()]
        # What came due after it was looked for is among those that can be had now.
        return any(
            int(answer["Attributes"]["ApproximateNumberOfMessagesDelayed"])
            or int(answer["Attributes"]["ApproximateNumberOfMessages"])
            for answer in answers
        )


@contextmanager
def one_process(
    catalog: Path,
    environ: Mapping[str, str] | None = None,
    *,
    given: Mapping[str, str] | None = None,
    slack: Mapping[str, Any] | None = None,
) -> Iterator[OneProcess]:
    """Run the stack with this catalog for as long as the block runs. Raises BrokenCatalog, StackError.

    Args:
        catalog: A folder with `apps/` and `recipes/`.
        environ: The caller's world, as `make up` takes it.
        given: Parameters of the template beside those of a local stack.
        slack: What the sandbox Slack shall have beside its usual settings, e.g. `enterprise_id`.
    """
    compiled = load(compile_catalog(catalog))
    template = read_template(REPOSITORY / "template.yaml")
    port, api_port = _free_ports(2)
    world = read_world({**(environ or {}), "CATALOG_DIR": str(catalog), "COUNTERSIGN_PORT": str(port)})
    browser_url = f"http://api.execute-api.localhost:{api_port}/{STAGE}"
    chosen = {**parameters(world), "PublicUrl": browser_url, "AwsEndpointUrl": "", **(given or {})}
    with ExitStack() as running:
        made = running.enter_context(aws_of(template))
        secrets = hook_secrets(world)
        for name, value in secret_values(world, secrets).items():
            boto3.client("secretsmanager").put_secret_value(SecretId=made[name].arn, SecretString=json.dumps(value))
        notes, clock = Notes(), Clock()
        found = functions(chosen, made, compiled, notes, clock)
        running.enter_context(served(gateway(template, found, STAGE), api_port))
        deployment = Deployment({}, {}, {}, {}, f"http://127.0.0.1:{api_port}/{STAGE}", browser_url)
        config = sandbox_config(world, deployment, secrets, sample_cards=False)
        config["slack"] |= slack or {}
        sandbox = create_sandbox(config, clock)
        running.callback(sandbox.close)
        running.enter_context(served(sandbox.wsgi, port))
        queues = {name: made[name].ref for name in CONSUMERS}
        yield OneProcess(world, sandbox, found, queues, config["hooks"], notes, clock)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(closing(socket.socket())) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
