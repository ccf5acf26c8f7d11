"""Cuts an app off, page by page: everybody's connection to it, in one workspace or in all of them."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import Catalog
from countersign.domain.connection import CutBy
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import SECOND_LOOK
from countersign.domain.errors import ChatRefused
from countersign.domain.identity import Person, Workspace, came_through
from countersign.domain.queue_messages import cut_app_message
from countersign.domain.texts.admin import app_cut_off
from countersign.ports.admin import Census
from countersign.ports.chat import Messenger
from countersign.ports.records import AuditLog
from countersign.ports.system import Clock, Deadline, Queue
from countersign.usecases.cut_connection import CutConnection

PAGE: Final = 100
"""Connections that are dealt with before time is looked at."""
ENOUGH: Final = 8
"""Seconds before the end of the invocation at which no new page is begun; the queue goes on with it."""


@dataclass(frozen=True)
class CutAppOff:
    """Works for as long as this invocation lives and hands what is left to the queue: memory and time are bounded.

    Raises StoreUnavailable: the message comes again, at the page where it was. Whether ``by`` may was asked before.
    """

    census: Census
    cut: CutConnection
    catalog: Catalog
    queue: Queue
    messenger: Messenger
    audit: AuditLog
    clock: Clock
    deadline: Deadline

    def __call__(self, cutting: CutApp) -> None:
        """Go on with it."""
        if cutting.ended:
            return self._finished(cutting)
        by, going = CutBy.word_of(cutting.by), True
        while going:
            if self.deadline() - self.clock() < ENOUGH:
                return self.queue.send(cut_app_message(cutting))
            people, after = self.census.page(cutting.app, cutting.workspace, cutting.after, PAGE)
            for person, _ in people:
                through, goes = cutting.workspace, cutting.reaches
                if self.cut(person, cutting.app, through=through, goes=goes, trace_id=cutting.trace_id, by=by):
                    cutting = replace(cutting, cut=cutting.cut + 1)
            cutting = replace(cutting, after=after)
            going = after is not None
        # A message of its own: whoever repeats it has the count, which nobody could count again.
        return self.queue.send(cut_app_message(replace(cutting, ended=True)))

    def _finished(self, cutting: CutApp) -> None:
        if not cutting.again:
            self.queue.send(cut_app_message(replace(cutting, again=True, cut=0, ended=False)), delay=SECOND_LOOK)
        elif not cutting.cut:
            return  # the first look had found everybody
        facts = {
            "app": cutting.app,
            "workspace": cutting.workspace,
            "connections": str(cutting.cut),
            "by": cutting.by,
            "trace_id": cutting.trace_id,
        }
        by = _admin(cutting)
        once = f"{cutting.app} {cutting.workspace} {cutting.trace_id} {cutting.at} {'again' if cutting.again else ''}"
        self.audit.record("admin.app_cut_off", by, facts, once=once)
        if by is not None and cutting.workspace is not None:
            app = self.catalog.apps.get(cutting.app)
            self._tell(by, came_through(by, cutting.workspace), app.name if app else cutting.app, cutting.cut)

    def _tell(self, admin: Person, workspace: Workspace, app: str, count: int) -> None:
        try:
            self.messenger.within(workspace).direct(admin, app_cut_off(app, count))
        except ChatRefused:
            return  # the audit trail has it


def _admin(cutting: CutApp) -> Person | None:
    """The admin in chat who asked for it; None for an operator."""
    return None if cutting.by.startswith("arn:") else Person.from_key(cutting.by)
