"""Takes note that somebody left, and begins to clear up what they leave."""

from dataclasses import dataclass

from countersign.domain.departure import Departure, Left, purge_of
from countersign.domain.errors import Conflict
from countersign.domain.installation import CHAT, bot_of
from countersign.domain.queue_messages import purge_message
from countersign.ports.records import AuditLog
from countersign.ports.stores import ConnectionStore, InstallationStore
from countersign.ports.system import Clock, Queue


@dataclass(frozen=True)
class OffBoard:
    """Safe to do twice, late and in any order: the time of the event decides, not when it came.

    ``bots``: the tokens of our own bots. Raises StoreUnavailable.
    """

    installations: InstallationStore
    bots: ConnectionStore
    queue: Queue
    audit: AuditLog
    clock: Clock

    def __call__(self, departure: Departure) -> None:
        """Note it, and queue the rest."""
        if departure.left is Left.UNINSTALLED:
            self._uninstalled(departure)
        elif departure.left is Left.MIGRATED and departure.organisation is not None:
            self.installations.mark_joined(departure.tenant, departure.organisation)
        once = f"{departure.tenant} {departure.workspace} {departure.person} {departure.at} {departure.trace_id}"
        self.audit.record(f"left.{departure.left}", departure.someone, _facts(departure), once=once)
        self.queue.send(purge_message(purge_of(departure)))

    def _uninstalled(self, departure: Departure) -> None:
        """Its bot goes, unless it has been installed again since."""
        there = self.installations.mark_gone(departure.installation, departure.organisation, departure.at)
        if not there.live:
            self._forget_bot(departure.installation)

    def _forget_bot(self, workspace_id: str) -> None:
        """Its token is dead at Slack already."""
        bot = self.bots.get(bot_of(workspace_id), CHAT.id)
        if bot is None:
            return
        now = self.clock()
        try:
            self.bots.set_revoking(bot, now=now, due_at=now)
        except Conflict:
            return  # installed again this very moment
        there = self.bots.get(bot_of(workspace_id), CHAT.id)
        if there is not None:
            self.bots.delete(there)


def _facts(departure: Departure) -> dict[str, str]:
    return {
        "workspace": departure.installation,
        "organisation": departure.organisation or "",
        "at": str(departure.at),
        "by": departure.by,
        "trace_id": departure.trace_id,
    }
