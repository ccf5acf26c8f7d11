"""`sam deploy` of the built template to the local AWS, and the secrets that an operator would fill in."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.stack.aws import client_environment, last_words, session
from sandbox.stack.build import host_architecture
from sandbox.stack.errors import StackError
from sandbox.stack.layout import LOCAL, REPOSITORY, State, tool
from sandbox.stack.world import World

STACK_NAME = "countersign"
STAGE = "local"
WORKER_TIMEOUT_SECONDS = 20
"""As on AWS: a worker with less to live than a token endpoint may take to answer never begins a refresh."""
QUEUE_VISIBILITY_SECONDS = 6 * WORKER_TIMEOUT_SECONDS


@dataclass(frozen=True)
class Deployment:
    """What the deployed stack is called and where it answers.

    Attributes:
        outputs: The stack's outputs.
        functions: Logical id → deployed name.
        tables: Logical id → deployed name.
        queues: Logical id → queue URL.
        api_url: Base of the routes, for programs.
        browser_url: The same API under the host that a browser should use.
    """

    outputs: Mapping[str, str]
    functions: Mapping[str, str]
    tables: Mapping[str, str]
    queues: Mapping[str, str]
    api_url: str
    browser_url: str


def deploy(template: Path, world: World, state: State) -> Deployment:
    """Deploy, and read back what came of it: the API's id changes whenever a route does.

    Raises:
        StackError: `sam deploy` failed; the end of its output is quoted.
    """
    log = state.logs / "deploy.log"
    overrides = [f"{name}={_quoted(value)}" for name, value in parameters(world).items()]
    with log.open("wb") as output:
        finished = subprocess.run(
            [
                *(tool("sam", "sam"), "deploy", "--template-file", template, "--stack-name", STACK_NAME),
                *("--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset"),
                *("--parameter-overrides", *overrides),
            ],
            cwd=REPOSITORY,
            env=_environment(world, state),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if finished.returncode:
        raise StackError(f"sam deploy failed:\n{last_words(log, 30)}")
    return _read_back(world)


def parameters(world: World) -> dict[str, str]:
    """Return the template's parameters for a local stack; empty values are left to the template's defaults."""
    settings = {
        f"{app}.{name}": value
        for app, entry in world.app_settings.items()
        for name, value in entry.get("settings", {}).items()
    }
    hosts = {host: base for entry in world.app_settings.values() for host, base in entry.get("hosts", {}).items()}
    given = {
        "Stage": STAGE,
        "Architecture": host_architecture(),
        "AppSettings": _pairs(settings),
        "LocalHosts": _pairs(hosts),
        "LocalGatewayPort": str(world.aws_port),
        "AwsEndpointUrl": world.aws_endpoint_url,
        "SlackApiUrl": world.slack.api_url,
        "SlackWebUrl": world.slack.web_url,
        "SlackOpenIdIssuer": world.slack.openid_issuer,
        "SlackOpenIdJwksUrl": world.slack.openid_jwks_url,
        "WorkerTimeoutSeconds": str(WORKER_TIMEOUT_SECONDS),
        "QueueVisibilitySeconds": str(QUEUE_VISIBILITY_SECONDS),
        **world.parameters,
    }
    return {name: value for name, value in given.items() if value}


def _quoted(value: str) -> str:
    """As sam reads it: it would end the value at a space."""
    return f'"{value}"' if " " in value else value


def _pairs(values: Mapping[str, object]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items())


def _environment(world: World, state: State) -> dict[str, str]:
    """A clean one: no profile or region of the caller's may lead this deployment to a real account."""
    return {
        **client_environment(world.aws_endpoint_url),
        "PATH": f"{tool('sam', 'sam').parent}{os.pathsep}/usr/bin:/bin",
        "HOME": str(state.scratch),
        "LANG": "C.UTF-8",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.5",
        "__SAM_CLI_APP_DIR": str(LOCAL / "sam"),
    }


def _read_back(world: World) -> Deployment:
    cloudformation = session().client("cloudformation", endpoint_url=world.aws_endpoint_url)
    described = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]

    def of_type(kind: str) -> dict[str, str]:
        return {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources if r["ResourceType"] == kind}

    return Deployment(
        outputs=outputs,
        functions=of_type("AWS::Lambda::Function"),
        tables=of_type("AWS::DynamoDB::Table"),
        queues=of_type("AWS::SQS::Queue"),
        api_url=f"{world.aws_endpoint_url}/_aws/execute-api/{outputs['ApiId']}/{STAGE}",
        browser_url=f"http://{outputs['ApiId']}.execute-api.localhost:{world.aws_port}/{STAGE}",
    )


def fill_secrets(deployment: Deployment, world: World, hook_secrets: Mapping[str, str]) -> None:
    """Put the world's credentials into the secrets, as an operator does once after the first deploy."""
    client = session().client("secretsmanager", endpoint_url=world.aws_endpoint_url)
    for secret, value in secret_values(world, hook_secrets).items():
        client.put_secret_value(SecretId=deployment.outputs[f"{secret}Arn"], SecretString=json.dumps(value))


def secret_values(world: World, hook_secrets: Mapping[str, str]) -> dict[str, object]:
    """Return what each of the template's secrets holds, by its logical id."""
    slack = world.slack
    return {
        "SlackSigningSecret": {"signing_secret": slack.signing_secret},
        "SlackCredentialsSecret": {
            "client_id": slack.client_id,
            "client_secret": slack.client_secret,
            "bot_token": slack.bot_token,
        },
        "AppCredentialsSecret": world.app_credentials,
        # One for every workspace: outside programs are told one secret for each hook, however many are installed.
        "HookSecretsSecret": {recipe: {"*": secret} for recipe, secret in hook_secrets.items()},
    }
