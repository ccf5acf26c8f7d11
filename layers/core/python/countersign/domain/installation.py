"""An installation: Countersign's bot in one workspace, or on the whole of an organisation."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.catalog import ActsAs, App, ClientAuthentication, Identity, OAuth
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.identity import Person, Workspace
from countersign.domain.sign_in import LINK_SECONDS
from countersign.domain.tokens import Sealed, SealOwner, Tokens

REQUIRED_SCOPES: Final = ("commands", "chat:write", "im:history", "app_mentions:read", "users:read")
"""Without one of these nothing works (docs/slack-app-manifest.yaml says what each is for)."""
OPTIONAL_SCOPES: Final = ("users:read.email", "chat:write.public", "usergroups:read", "channels:read", "groups:read")
"""An installer may untick these; what needs one then says so."""
STATE_SECONDS: Final = LINK_SECONDS
"""How long an installation may take in the browser; Slack's code lives as long."""

CHAT: Final = App(
    id="chat",
    name="Slack",
    acts_as=ActsAs.APP,
    settings={},
    hosts=(),
    oauth=OAuth(
        authorization_endpoint="",
        token_endpoint="",
        refresh_endpoint="",
        client_authentication=ClientAuthentication.POST,
        pkce=False,
        scopes=(*REQUIRED_SCOPES, *OPTIONAL_SCOPES),
        scope_separator=",",
        authorization_parameters={},
        asks_who=True,
        revocation=None,
        issuer=None,
        api_base=None,
        refresh_rotates=True,
        refresh_grace=True,
        redirect_uri_on_refresh=False,
        invalid_grant_status=(),
    ),
    identity=Identity(request=None, account_id="", login="", name="", email=None, organisation=None, demand=None),
    operations={},
    account_url=None,
)
"""The chat service as what a bot's tokens are for: they are kept and refreshed as an app's are, by the same code.

Its addresses are the adapter's matter.
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """The row.

    Attributes:
        workspace: its id is the organisation's where the app is installed on the whole of it.
        name: of the workspace or organisation; for show only.
        installed_by: who approved it in Slack.
        installed_at: when its code was exchanged; gone_at: when Slack said that it was removed. The later one counts,
            in whatever order the two became known.
    """

    workspace: Workspace
    name: str
    app_id: str
    bot_user: str
    installed_by: str
    scopes: tuple[str, ...]
    installed_at: int
    gone_at: int | None = None

    @property
    def on_whole_organisation(self) -> bool:
        """Whether it covers every workspace of the organisation that an admin adds."""
        return self.workspace.id == self.workspace.organisation

    @property
    def live(self) -> bool:
        """Whether Countersign is there now."""
        return self.gone_at is None or self.gone_at < self.installed_at

    @property
    def known_by(self) -> frozenset[str]:
        """The ids that an allow-list may name it by."""
        return frozenset(filter(None, (self.workspace.id, self.workspace.organisation)))

    @property
    def missing_scopes(self) -> tuple[str, ...]:
        """What it needs and was not given."""
        return tuple(scope for scope in REQUIRED_SCOPES if scope not in self.scopes)


@dataclass(frozen=True, slots=True)
class Granted:
    """What the chat service gave for an installation's code. ``expires_in`` is None where tokens are not rotated."""

    installation: Installation
    tokens: Tokens
    expires_in: int | None

    def __repr__(self) -> str:
        """The workspace alone."""
        return f"Granted({self.installation.workspace.id})"


@dataclass(frozen=True, slots=True)
class InstallState:
    """An installation under way in one browser: used once, by whoever brings its secret *and* the cookie.

    ``redirect_uri`` must be the same in both legs.
    """

    id_hash: str
    cookie_hash: str
    redirect_uri: str
    expires_at: int


def bot_of(workspace_id: str) -> Person:
    """Whom a bot's tokens belong to: nobody in chat has this id, because theirs are in capitals."""
    return Person(workspace_id, "bot")


def bot_seal_owner(installation: Installation, version: int) -> SealOwner:
    """To whom its tokens are sealed."""
    workspace = installation.workspace.id
    return seal_owner(bot_of(workspace), workspace, CHAT.id, installation.bot_user, version)


def bot_connection(granted: Granted, sealed: Sealed, version: int) -> Connection:
    """The bot's tokens as a connection of its own: leased, refreshed and cut like a person's."""
    installation, expires_in = granted.installation, granted.expires_in
    workspace, started = installation.workspace.id, installation.installed_at
    return Connection(
        person=bot_of(workspace),
        workspace=workspace,
        app=CHAT.id,
        account=Account(installation.bot_user, installation.app_id, installation.name),
        status=Status.LIVE,
        version=version,
        sealed=sealed,
        scopes=installation.scopes,
        expires_at=None if expires_in is None else started + expires_in,
        connected_at=started,
    )
