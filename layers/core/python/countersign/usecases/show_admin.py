"""Draws what admins see of a workspace: who is connected where, what went wrong, what is paused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from countersign.admin_ports import Census, Failures, Pauses
from countersign.domain.catalog import Catalog
from countersign.domain.connection import Status
from countersign.domain.identity import Person, Workspace
from countersign.domain.message import Block
from countersign.domain.texts.admin import AppState, admin_section
from countersign.ports import Clock
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

    def __call__(self, person: Person, workspace: Workspace) -> Sequence[Block]:
        """The section of the home tab."""
        if not self.is_admin(person, workspace):
            return ()
        paused = self.pauses.paused(workspace.id)
        since = self.clock() - DAY
        several = self.census.accounts_of_several(workspace.tenant)
        states = [self._state(app, workspace.id, since, paused) for app in self.catalog.apps]
        return admin_section([replace(state, of_several=several.get(state.id, 0)) for state in states])

    def _state(self, app_id: str, workspace: str, since: int, paused: frozenset[str]) -> AppState:
        counts = self.census.count(app_id, workspace)
        return AppState(
            id=app_id,
            name=self.catalog.apps[app_id].name,
            connected=counts.get(Status.LIVE, 0),
            needs_sign_in=counts.get(Status.NEEDS_SIGN_IN, 0),
            revoking=counts.get(Status.REVOKING, 0),
            failures=self.failures.failures(app_id, workspace, since),
            paused=app_id in paused,
        )
