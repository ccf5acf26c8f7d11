"""Looks every night whether somebody was deactivated and the event about it never came."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from countersign.domain.departure import Departure, Left
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import Workspace
from countersign.domain.member import Member
from countersign.domain.queue_messages import left_message, sweep_message
from countersign.ports.chat import Members
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore, InstallationStore
from countersign.ports.system import Clock, Journal, Queue, Randomness

DAY: Final = 86_400
HOUR: Final = 3_600
AT_HOUR: Final = 2
"""UTC hour in which the night's sweep begins, once."""
PAUSE: Final = 60
"""Seconds until a page that could not be read is tried again, where chat names no pause itself."""
LONGEST_PAUSE: Final = 900
"""SQS's longest delay."""


@dataclass(frozen=True)
class SweepMembers:
    """Page by page through the queue, at the pace that chat allows.

    ``home``: the workspace of the bot that an operator gave the deployment; None where there is none.
    """

    installations: InstallationStore
    members: Members
    connections: ConnectionStore
    sign_ins: SignInStore
    home: Callable[[], Workspace | None]
    queue: Queue
    randomness: Randomness
    journal: Journal
    clock: Clock

    def begin(self) -> None:
        """Called every minute: begins the sweep of this night, if nobody did. Raises StoreUnavailable."""
        now = self.clock()
        if now % DAY // HOUR != AT_HOUR:
            return
        if not self.sign_ins.first_sight(f"sweep#{now // DAY}", self.randomness(), now):
            return
        for workspace in self._everywhere():
            self.queue.send(sweep_message(workspace, ""))

    def __call__(self, workspace: Workspace, cursor: str) -> None:
        """One page; the next one rides the queue. Raises StoreUnavailable."""
        try:
            if workspace.id == workspace.organisation:
                for each in self.members.workspaces(workspace):
                    self.queue.send(sweep_message(each, ""))
                return None
            page, following = self.members.page(workspace, cursor)
        except ChatUnavailable as error:
            delay = min(error.retry_after or PAUSE, LONGEST_PAUSE)
            return self.queue.send(sweep_message(workspace, cursor), delay=delay)
        except ChatRefused as error:
            return self.journal("sweep_refused", workspace=workspace.id, reason=error.reason)
        for member in page:
            if member.gone:
                self._gone(member, workspace)
        if following:
            self.queue.send(sweep_message(workspace, following))
        return None

    def _gone(self, member: Member, workspace: Workspace) -> None:
        """Noted and cleared up as if the event had come, where there is something to clear up."""
        only, now = workspace.id if member.elsewhere else None, self.clock()
        if any(only in (None, through) for _, through in self.connections.places(member.person)):
            tenant, organisation, user = workspace.tenant, workspace.organisation, member.person.user_id
            trace_id = f"sweep-{workspace.id}-{now // DAY}"
            departure = Departure(Left.DEACTIVATED, tenant, only, organisation, user, now, trace_id)
            self.queue.send(left_message(departure))

    def _everywhere(self) -> Sequence[Workspace]:
        installed = [each.workspace for each in self.installations.list() if each.live]
        home = self.home()
        return installed if home is None or home in installed else [home, *installed]
