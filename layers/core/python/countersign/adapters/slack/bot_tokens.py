"""Which bot speaks where: the deployment's one bot, or each workspace's own.

A deployment for one workspace has its bot's token among its secrets, and asks nobody anything. One that serves several
finds each workspace's token as its installation left it, renewed where Slack rotates tokens
(docs.slack.dev/authentication/using-token-rotation).
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from countersign.domain.connection import Connection, Status
from countersign.domain.errors import (
    AppError,
    ChatRefused,
    ChatUnavailable,
    ConfigurationError,
    LeaseBusy,
    SealBroken,
    SignInNeeded,
    StoreUnavailable,
)
from countersign.domain.identity import Workspace
from countersign.domain.installation import CHAT, bot_of
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens

if TYPE_CHECKING:
    from countersign.ports.stores import ConnectionStore, InstallationStore
    from countersign.ports.system import Clock

KEEP: Final = 300
"""Seconds that a token is kept in this process: an uninstalled bot is unknown after these at the latest."""
NOT_INSTALLED: Final = "not_installed"
NO_WORKSPACE_NAMED: Final = "no_workspace_named"


@dataclass(frozen=True)
class Installed:
    """The installations' side of it: where they are known, and how a bot's tokens are opened.

    Attributes:
        renew: the tokens, renewed where they must be; None in a function that may not.
        open: the tokens as they stand. Raises SealBroken, StoreUnavailable.
    """

    installations: "InstallationStore"
    tokens: "ConnectionStore"
    open: Callable[[Connection], Tokens]
    renew: Callable[[Connection], tuple[Connection, Tokens]] | None


class BotTokens:
    """Called with a workspace: its bot's token. Called with None: that of the only workspace there is.

    ``allowed``: whose bots may speak, by workspace or organisation; empty: everybody's that is there. Who was taken off
    the list keeps its installation, and hears nothing from it.

    Raises ChatRefused (``not_installed``, ``no_workspace_named``), ChatUnavailable, ConfigurationError,
    StoreUnavailable.
    """

    def __init__(
        self,
        given: Callable[[], Secret],
        home_of_given: Callable[[Secret], Workspace],
        installed: Callable[[], Installed],
        clock: "Clock",
        *,
        several: bool,
        allowed: AbstractSet[str] = frozenset(),
    ) -> None:
        self._given, self._home_of_given, self._installed = given, home_of_given, installed
        self._clock, self._several, self._allowed = clock, several, allowed
        self._kept: dict[Workspace, tuple[int, Secret]] = {}

    def __call__(self, workspace: Workspace | None) -> Secret:
        """The token."""
        if not self._several and (given := self.given()) is not None:
            return given
        workspace = workspace or self._only()
        kept = self._kept.get(workspace)
        if kept is None or kept[0] <= self._clock():
            kept = self._kept[workspace] = self._find(workspace)
        return kept[1]

    def given(self) -> Secret | None:
        """The token that an operator gave the deployment, or None."""
        try:
            return self._given()
        except ConfigurationError:
            return None

    def _find(self, workspace: Workspace) -> tuple[int, Secret]:
        for connection in self._bots(workspace):
            if connection.status is Status.LIVE:
                return self._opened(connection)
        given = self.given()
        if given is not None:
            home = self._home_of_given(given)
            if self._may(home.id, home.organisation) and home.id in (workspace.id, workspace.organisation):
                return self._clock() + KEEP, given
        raise ChatRefused(NOT_INSTALLED)

    def _bots(self, workspace: Workspace) -> Iterator[Connection]:
        """The workspace's own bot, else the whole organisation's, else one of the organisation's that is anywhere."""
        tokens = self._installed().tokens
        named = dict.fromkeys(filter(None, (workspace.id, workspace.organisation)))
        here = [name for name in named if self._may(name, workspace.organisation)]
        yield from filter(None, (tokens.get(bot_of(name), CHAT.id) for name in here))
        if workspace.id == workspace.organisation:
            for other in self._installed().installations.list():
                of_it = other.workspace.organisation == workspace.organisation
                if other.live and of_it and self._may(other.workspace.id, workspace.organisation):
                    yield from filter(None, [tokens.get(bot_of(other.workspace.id), CHAT.id)])

    def _may(self, *known_by: str | None) -> bool:
        return not self._allowed or bool(self._allowed & {*known_by})

    def _only(self) -> Workspace:
        installed = [each.workspace for each in self._installed().installations.list() if each.live]
        live = [each for each in installed if self._may(each.id, each.organisation)]
        if len(live) == 1:
            return live[0]
        if live:
            raise ChatRefused(NO_WORKSPACE_NAMED)
        given = self.given()
        if given is None:
            raise ConfigurationError("there is no bot token, and Countersign is installed in no workspace")
        return self._home_of_given(given)

    def _opened(self, connection: Connection) -> tuple[int, Secret]:
        installed, now = self._installed(), self._clock()
        try:
            if connection.access_token_good(now) or installed.renew is None:
                tokens = installed.open(connection)
            else:
                connection, tokens = installed.renew(connection)
        except (SignInNeeded, SealBroken) as error:
            raise ChatRefused(NOT_INSTALLED) from error
        except (AppError, LeaseBusy, StoreUnavailable) as error:
            raise ChatUnavailable(f"the bot's token can't be had: {error}") from error
        until = now + KEEP if connection.expires_at is None else min(now + KEEP, connection.expires_at)
        if until <= now or tokens.access_token is None:
            raise ChatUnavailable("the bot's token has ended and is being renewed")
        return until, tokens.access_token
