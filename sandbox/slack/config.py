"""What the sandbox Slack is told at start: the app's credentials, and where the app and the sandbox itself answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

Clock = Callable[[], float]
"""Seconds since the epoch, now. Injected, so that tests can let a trigger or a code grow old."""

# Those of the app's manifest without chat:write.public, and channels:history so that outside tests can look.
BOT_SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,groups:read,im:history,"
    "usergroups:read,users:read,users:read.email"
)


@dataclass(frozen=True)
class Shortcut:
    """A shortcut as the app's manifest lists it (docs.slack.dev/reference/app-manifest, `features.shortcuts`)."""

    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str


@dataclass(frozen=True)
class SlackConfig:
    """The registration of one Slack app, and the addresses of the sandbox.

    Attributes:
        port: Port on which the sandbox listens.
        api_url: Base for programs; deliveries go to `{api_url}/slack/interactions|events|commands`.
        redirect_uris: OAuth redirect URLs as registered in the app's settings.
        scopes: Bot scopes granted at install, comma-separated.
        distributed: Whether workspaces other than the app's own may use it.
        token_rotation: Whether bot tokens end after twelve hours and are refreshed.
        command: The one registered slash command.
        shortcuts: The registered shortcuts, which people find in the composer's menu and in those of messages.
        acknowledge_seconds: How long Slack waits for the answer to a delivery.
        retry_delays: Seconds before each retry of an event that was not acknowledged.
    """

    port: int
    api_url: str
    signing_secret: str
    client_id: str
    client_secret: str
    app_id: str
    bot_token: str
    team_id: str
    redirect_uris: tuple[str, ...]
    enterprise_id: str | None = None
    apps: tuple[str, ...] = ()
    scopes: str = BOT_SCOPES
    distributed: bool = True
    token_rotation: bool = False
    command: str = "/countersign"
    shortcuts: tuple[Shortcut, ...] = ()
    acknowledge_seconds: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read the sandbox's config file.

        The optional keys `redirect_uris`, `scopes`, `distributed`, `token_rotation`, `shortcuts`, `acknowledge_seconds`
        and `retry_delays` of its `slack` object override what is derived.

        Raises:
            KeyError: A required key is missing.
            TypeError: A shortcut lacks a field, or has one too many.
        """
        slack = dict(document["slack"])
        browser_url = document["browser_url"]
        derived = (f"{browser_url}/oauth/slack/callback", f"{browser_url}/slack/oauth_redirect")
        redirect_uris = tuple(slack.pop("redirect_uris", derived))
        shortcuts = tuple(Shortcut(**each) for each in slack.pop("shortcuts", ()))
        retry_delays = tuple(slack.pop("retry_delays", cls.retry_delays))
        return cls(
            port=document["port"],
            api_url=document["api_url"],
            apps=tuple(document.get("apps", {})),
            redirect_uris=redirect_uris,
            shortcuts=shortcuts,
            retry_delays=retry_delays,
            **slack,
        )

    @property
    def web_url(self) -> str:
        """Slack as a browser knows it; also the OpenID issuer."""
        return f"http://slack.localhost:{self.port}"

    @property
    def program_url(self) -> str:
        """Slack as programs reach it: `*.localhost` names resolve in browsers only."""
        return f"http://127.0.0.1:{self.port}/slack"

    @property
    def page_url(self) -> str:
        """The sandbox page."""
        return f"http://127.0.0.1:{self.port}/"
