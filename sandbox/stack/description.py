"""The two files that describe a running stack: `stack.json` for outside programs, `sandbox.json` for the sandbox."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from sandbox.stack.aws import REGION
from sandbox.stack.deploy import STACK_NAME, Deployment
from sandbox.stack.layout import State
from sandbox.stack.shortcuts import registered_shortcuts
from sandbox.stack.world import World

TOKEN_SECONDS = 300
"""Life of the sandbox apps' access tokens: short, so that a demo sees refreshes."""


def hook_secrets(world: World) -> dict[str, str]:
    """Return the bearer secret of each recipe of the catalog that a webhook starts: the caller's, else a random one."""
    return {recipe: secrets.token_urlsafe(24) for recipe in _hook_recipes(world.catalog)} | dict(world.hook_secrets)


def _hook_recipes(catalog: Path) -> list[str]:
    """A hook posts and updates a card, so the recipes with a card are those with a hook."""
    recipes = [yaml.safe_load(path.read_text()) for path in sorted((catalog / "recipes").glob("*.yaml"))]
    return [recipe["id"] for recipe in recipes if "card" in recipe]


def stack_description(world: World, deployment: Deployment, hooks: Mapping[str, str], state: State) -> dict[str, Any]:
    """Return what `stack.json` holds; its keys are a promise to outside programs."""
    return {
        "api_url": deployment.api_url,
        "browser_url": deployment.browser_url,
        "aws_endpoint_url": world.aws_endpoint_url,
        "region": REGION,
        "stack_name": STACK_NAME,
        "outputs": dict(deployment.outputs),
        "slack": _slack(world),
        "sandbox_url": world.sandbox_url,
        "hooks": _hooks(deployment, hooks),
        "functions": dict(deployment.functions),
        "tables": dict(deployment.tables),
        "queues": dict(deployment.queues),
        "logs": str(state.function_logs),
    }


def sandbox_config(
    world: World, deployment: Deployment, hooks: Mapping[str, str], *, sample_cards: bool
) -> dict[str, Any]:
    """Return what `python -m sandbox` reads: the registrations of Countersign with the sandbox's Slack and apps."""
    slack = {name: value for name, value in _slack(world).items() if name != "api_url"}
    return {
        "port": world.port,
        "api_url": deployment.api_url,
        "browser_url": deployment.browser_url,
        "slack": slack | {"enterprise_id": None, "shortcuts": registered_shortcuts(world.catalog)},
        "apps": {
            app: dict(credentials) | {"redirect_uri": f"{deployment.browser_url}/oauth/callback/{app}"}
            for app, credentials in world.app_credentials.items()
        },
        "hooks": _hooks(deployment, hooks),
        "sample_cards": sample_cards,
        "token_seconds": TOKEN_SECONDS,
    }


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file whole or not at all: a reader never meets half of one. Only this user may read it."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(content, indent=2) + "\n")
    unfinished.rename(path)


def _slack(world: World) -> dict[str, str]:
    wanted = ("api_url", "signing_secret", "client_id", "client_secret", "app_id", "bot_token", "team_id")
    return {name: asdict(world.slack)[name] for name in wanted}


def _hooks(deployment: Deployment, hooks: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {
        recipe: {"url": f"{deployment.api_url}/hooks/{recipe}", "secret": secret} for recipe, secret in hooks.items()
    }
