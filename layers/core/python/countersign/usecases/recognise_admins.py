"""Who may look after what belongs to a whole workspace."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from countersign.domain.errors import ChatRefused
from countersign.domain.identity import Person, Workspace
from countersign.ports.chat import People


@dataclass(frozen=True)
class RecogniseAdmins:
    """The workspace's own admins and owners, as chat says, and whom the deployment lists. Doubt counts as no.

    ``listed``: user ids of the parameter ``Admins``. Raises ChatUnavailable: nothing is shown or done then.
    """

    people: People
    listed: AbstractSet[str]

    def __call__(self, person: Person, workspace: Workspace) -> bool:
        """Whether they may, in this very workspace. Strangers were told apart before."""
        if person.user_id in self.listed:
            return True
        try:
            return self.people.is_admin(person, workspace)
        except ChatRefused:
            return False
