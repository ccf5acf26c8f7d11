"""What an admin does from the home tab: pause an app, resume it, cut off an app or a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countersign.domain.audit import pause_record
from countersign.domain.catalog import Catalog
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left
from countersign.domain.interaction import Interaction
from countersign.domain.message import Message
from countersign.domain.queue_messages import cut_app_message, left_message
from countersign.domain.texts import admin as texts
from countersign.domain.texts.names import (
    ADMIN_CUT_APP,
    ADMIN_CUT_PERSON,
    ADMIN_PAUSE_APP,
    ADMIN_RESUME_APP,
)
from countersign.ports.admin import EVERYWHERE, Pauses
from countersign.ports.records import AuditLog
from countersign.ports.system import Clock, Queue
from countersign.usecases.recognise_admins import RecogniseAdmins

TELL_FIRST: Final = 2
"""Seconds that a cut waits, so that its answer stands below this one."""
LONGEST_ID: Final = 64
"""Longer than any id: what a button brings may be anything."""


@dataclass(frozen=True)
class Administer:
    """Whoever brings a button, only an admin of this very workspace is heard; both are written down.

    What an admin may is bounded by their workspace: connections that came through another one stay. Raises
    StoreUnavailable, ChatUnavailable.
    """

    pauses: Pauses
    catalog: Catalog
    queue: Queue
    is_admin: RecogniseAdmins
    audit: AuditLog
    clock: Clock

    def __call__(self, interaction: Interaction) -> Message:
        """Do it, and return what to say."""
        act, target = interaction.name.rpartition(".")[2], interaction.value[:LONGEST_ID]
        if not self.is_admin(interaction.person, interaction.workspace):
            self._record("admin.refused", interaction, {"act": act, "target": target})
            return texts.admins_only()
        match interaction.name:
            case name if name == ADMIN_CUT_PERSON:
                return self._cut_person(interaction, target)
            case name if name in (ADMIN_PAUSE_APP, ADMIN_RESUME_APP, ADMIN_CUT_APP) and target:
                return self._app(interaction, target)
            case _:
                return texts.not_understood()

    def _app(self, interaction: Interaction, app_id: str) -> Message:
        """An app that left the catalog can still be cut off."""
        known = self.catalog.apps.get(app_id)
        if interaction.name == ADMIN_CUT_APP:
            return self._cut_app(interaction, app_id, known.name if known else app_id)
        if known is None:
            return texts.not_understood()
        paused = interaction.name == ADMIN_PAUSE_APP
        self.pauses.set(app_id, interaction.workspace.id, self.clock(), paused=paused)
        self._record_pause(interaction, app_id, paused=paused)
        if paused:
            return texts.paused(known.name)
        held = app_id in self.pauses.paused(EVERYWHERE)
        return texts.resumed_here_alone(known.name) if held else texts.resumed(known.name)

    def _record_pause(self, interaction: Interaction, app_id: str, *, paused: bool) -> None:
        """Once for each pause; of one that stands already, too: this may be a repeat, of which only that was done."""
        since = self.pauses.changed_at(app_id, interaction.workspace.id)
        if since is None:
            return  # never paused: nothing was resumed
        event, once = pause_record(app_id, interaction.workspace.id, since, paused=paused)
        facts = {"app": app_id, "workspace": interaction.workspace.id, "trace_id": interaction.trace_id}
        self.audit.record(event, interaction.person, facts, once=once, at=since)

    def _record(self, event: str, interaction: Interaction, facts: Mapping[str, str]) -> None:
        """Once for each press of a button, however often the queue brings it."""
        facts = {**facts, "workspace": interaction.workspace.id, "trace_id": interaction.trace_id}
        self.audit.record(event, interaction.person, facts, once=interaction.id, at=interaction.at)

    def _cut_app(self, interaction: Interaction, app_id: str, name: str) -> Message:
        """Queued before it is said; that it ended is audited, and told, with the count."""
        cutting = CutApp(app_id, interaction.workspace.id, interaction.person.key, self.clock(), interaction.trace_id)
        self.queue.send(cut_app_message(cutting), delay=TELL_FIRST)
        return texts.cutting_app(name)

    def _cut_person(self, interaction: Interaction, user_id: str) -> Message:
        if not is_user_id(user_id):
            return texts.not_understood()
        workspace = interaction.workspace
        departure = Departure(
            Left.CUT_OFF,
            tenant=workspace.tenant,
            workspace=workspace.id,
            organisation=workspace.organisation,
            person=user_id,
            at=self.clock(),
            trace_id=interaction.trace_id,
            by=interaction.person.user_id,
        )
        self.queue.send(left_message(departure), delay=TELL_FIRST)
        return texts.cutting_person(user_id)


def is_user_id(value: str) -> bool:
    """Whether this can be a person's id in chat: what a button brings may be anything."""
    return value.isascii() and value.isalnum() and len(value) <= LONGEST_ID
