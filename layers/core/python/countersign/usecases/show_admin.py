"""Draws what admins see of a workspace: who is connected where, what went wrong, what is paused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Status
from countersign.domain.identity import Person, Workspace
from countersign.domain.message import Block
from countersign.domain.texts.admin import AppState, admin_section
from countersign.ports.admin import EVERYWHERE, Census, Failures, Pauses
from countersign.ports.system import Clock
from countersign.usecases.recognise_admins import RecogniseAdmins

DAY: Final = 86_400


@dataclass(frozen=True)
class ShowAdmin:
    """Nothing for anybody else. Raises StoreUnavailable, ChatUnavailable."""

    census: Census
    failures: Failures
    pauses: Pauses
    catalog: Catalog
    is_admin: RecogniseAdmins
    clock: Clock

    def __call__(self, person: Person, workspace: Workspace, chosen: str | None = None) -> Sequence[Block]:
        """The section of the home tab. ``chosen``: whom the admin may want to cut off, and is asked about."""
        if not self.is_admin(person, workspace):
            return ()
        paused, everywhere = self.pauses.paused(workspace.id), self.pauses.paused(EVERYWHERE)
        several = self.census.accounts_of_several(workspace.tenant)
        states = [
            replace(
                self._state(app, workspace.id),
                paused=app in paused,
                paused_everywhere=app in everywhere,
                of_several=several.get(app, 0),
            )
            for app in self.catalog.apps
        ]
        return admin_section(states, chosen)

    def _state(self, app_id: str, workspace: str) -> AppState:
        counts, since = self.census.count(app_id, workspace), self.clock() - DAY
        return AppState(
            id=app_id,
            name=self.catalog.apps[app_id].name,
            connected=counts.get(Status.LIVE, 0),
            needs_sign_in=counts.get(Status.NEEDS_SIGN_IN, 0),
            revoking=counts.get(Status.REVOKING, 0),
            failures=self.failures.failures(app_id, workspace, since),
        )
