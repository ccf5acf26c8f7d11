"""The world around the stack: which Slack, apps and secrets. The sandbox's own, unless the caller brings others.

The names of the environment variables are a promise to outside programs; each may be set alone.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.apps.factory import DESCRIPTIONS
from sandbox.apps.hosts import local_names
from sandbox.stack.errors import StackError
from sandbox.stack.layout import REPOSITORY
from sandbox.stack.parameters import VARIABLE, read_parameters
from sandbox.stack.shapes import complaint

DEFAULT_PORT = 4560
PORTS = range(1024, 65535)
TEAM_ID = "T0ACME"


@dataclass(frozen=True)
class Slack:
    """One Slack: where it answers, and the app's registration with it."""

    api_url: str
    web_url: str
    openid_jwks_url: str
    openid_issuer: str
    signing_secret: str
    bot_token: str
    client_id: str
    client_secret: str
    app_id: str = "A0COUNTERSIGN"
    team_id: str = TEAM_ID


@dataclass(frozen=True)
class World:
    """Everything that differs between two local stacks."""

    port: int
    slack: Slack
    app_settings: Mapping[str, Mapping[str, Any]]
    """App id → {"settings": {name: value}, "hosts": {declared host: loopback base to use instead}}."""
    app_credentials: Mapping[str, Mapping[str, str]]
    """App id → {"client_id", "client_secret"}."""
    hook_secrets: Mapping[str, str]
    """Recipe id → bearer secret; what isn't here is drawn at random."""
    catalog: Path
    """Folder with `apps/` and `recipes/`."""
    parameters: Mapping[str, str]
    """The template's parameters that differ from their defaults, beside what the other fields say."""

    @property
    def aws_port(self) -> int:
        """Port of the local AWS."""
        return self.port + 1

    @property
    def sandbox_url(self) -> str:
        """The sandbox, for programs and people."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def aws_endpoint_url(self) -> str:
        """The local AWS, for programs."""
        return f"http://127.0.0.1:{self.aws_port}"


def read_world(environ: Mapping[str, str]) -> World:
    """Read the caller's world from environment variables.

    Raises:
        StackError: A variable, or a file that it names, makes no sense.
    """
    port = _port(environ.get("COUNTERSIGN_PORT") or str(DEFAULT_PORT))
    return World(
        port=port,
        slack=_slack(environ, port),
        app_settings=_app_settings(port, _json_file(environ, "APP_SETTINGS_FILE")),
        app_credentials=_app_credentials() | _json_file(environ, "APP_CREDENTIALS_FILE"),
        hook_secrets=_json_file(environ, "HOOK_SECRETS_FILE"),
        catalog=_catalog(environ.get("CATALOG_DIR")),
        parameters=read_parameters(environ.get(VARIABLE, "")),
    )


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) in PORTS:
        return int(text)
    raise StackError(
        f"COUNTERSIGN_PORT is {text!r}; it must be from {PORTS[0]} to {PORTS[-1]} (the next one is used too)."
    )


def _slack(environ: Mapping[str, str], port: int) -> Slack:
    web_url = (environ.get("SLACK_WEB_URL") or f"http://slack.localhost:{port}").rstrip("/")
    return Slack(
        api_url=(environ.get("SLACK_API_URL") or f"http://127.0.0.1:{port}/slack/api").rstrip("/") + "/",
        web_url=web_url,
        openid_jwks_url=environ.get("SLACK_OPENID_JWKS_URL") or f"{web_url}/openid/connect/keys",
        openid_issuer=(environ.get("SLACK_OPENID_ISSUER") or web_url).rstrip("/"),
        signing_secret=environ.get("SLACK_SIGNING_SECRET") or secrets.token_hex(16),
        bot_token=environ.get("SLACK_BOT_TOKEN") or f"xoxb-{secrets.token_hex(24)}",
        client_id=environ.get("SLACK_CLIENT_ID") or f"{secrets.randbelow(10**12):012}.{secrets.randbelow(10**12):012}",
        client_secret=environ.get("SLACK_CLIENT_SECRET") or secrets.token_hex(16),
    )


def _app_settings(port: int, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sandbox apps' entries and the caller's; of an app in both, what the caller leaves out stays."""
    own = {
        app: {
            "settings": dict(description.settings),
            "hosts": {host: f"http://{name}:{port}" for host, name in local_names(description).items()},
        }
        for app, description in DESCRIPTIONS.items()
    }
    return own | {app: {**own.get(app, {}), **entry} for app, entry in given.items()}


def _app_credentials() -> dict[str, dict[str, str]]:
    with_oauth = [app for app, description in DESCRIPTIONS.items() if description.endpoints]
    return {app: {"client_id": secrets.token_hex(16), "client_secret": secrets.token_hex(16)} for app in with_oauth}


def _catalog(text: str | None) -> Path:
    catalog = Path(text).expanduser().resolve() if text else REPOSITORY / "layers" / "catalog"
    missing = [name for name in ("apps", "recipes") if text and not (catalog / name).is_dir()]
    if missing:
        raise StackError(f"CATALOG_DIR is {text}, which has no folder {' and no folder '.join(missing)}.")
    return catalog


def _json_file(environ: Mapping[str, str], variable: str) -> dict[str, Any]:
    """Read the JSON object in the file that a variable names; an unset variable is an empty object."""
    name = environ.get(variable)
    if not name:
        return {}
    try:
        content = json.loads(Path(name).expanduser().read_text())
    except (OSError, ValueError) as error:
        raise StackError(f"{variable} names {name}, which can't be read as JSON: {error}") from error
    if wrong := complaint(variable, content):
        raise StackError(f"{variable} names {name}, in which {wrong}.")
    return dict(content)
