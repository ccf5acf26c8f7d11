"""Renews the bots' tokens before they end, so that those who may not renew them find good ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from countersign.domain.connection import Connection, Status
from countersign.domain.errors import CountersignError
from countersign.domain.installation import CHAT, bot_of
from countersign.ports.stores import ConnectionStore, InstallationStore
from countersign.ports.system import Clock, Journal

EARLY: Final = 3 * 3_600
"""Seconds before a token's end at which it is renewed: of twelve hours (docs.slack.dev, using-token-rotation)."""


@dataclass(frozen=True)
class KeepBots:
    """One round over all installations.

    Attributes:
        needed: whether there can be any token but the deployment's own, which does not rotate.
        renew: renews a connection's tokens, whatever is left of them.
    """

    installations: InstallationStore
    bots: ConnectionStore
    needed: Callable[[], bool]
    renew: Callable[[Connection], object]
    journal: Journal
    clock: Clock

    def __call__(self) -> None:
        """Do a round. Raises StoreUnavailable."""
        if not self.needed():
            return
        for installation in self.installations.list():
            bot = self.bots.get(bot_of(installation.workspace.id), CHAT.id) if installation.live else None
            if bot is not None and self._ends_soon(bot):
                self._renew(bot)

    def _ends_soon(self, bot: Connection) -> bool:
        """One that can't be renewed any more (``NEEDS_SIGN_IN``) was noted when that became known."""
        if bot.status is not Status.LIVE or bot.expires_at is None:
            return False
        return bot.expires_at - self.clock() < EARLY

    def _renew(self, bot: Connection) -> None:
        """What goes wrong with one bot does not stop the others; the next round tries again."""
        try:
            self.renew(bot)
        except CountersignError as error:
            self.journal("bot_not_renewed", workspace=bot.workspace, code=error.code, detail=str(error))
