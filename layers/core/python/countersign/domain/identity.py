"""Who acts: people, workspaces and organisations, and how they are told apart."""

from dataclasses import dataclass
from typing import Final

_WORKSPACE: Final = "workspace:"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The installation through which a request came: a workspace, and its organisation where there is one."""

    id: str
    organisation: str | None = None

    @property
    def tenant(self) -> str:
        """What a person's id is meaningful in: the organisation where there is one, else the workspace."""
        return self.organisation or self.id


@dataclass(frozen=True, slots=True)
class Person:
    """A chat user, keyed by (organisation or workspace, user id).

    In an organisation a person has one id in all of its workspaces; outside, an id means something only
    together with its workspace (docs.slack.dev/enterprise/developing-for-enterprise-orgs).
    """

    tenant: str
    user_id: str

    @property
    def key(self) -> str:
        """The person as one string, ``tenant/user``, for store keys. Neither half can hold a slash."""
        return f"{self.tenant}/{self.user_id}"

    @classmethod
    def from_key(cls, key: str) -> "Person":
        """Read back what ``key`` wrote. Raises ValueError for anything else."""
        tenant, _, user_id = key.partition("/")
        if not tenant or not user_id:
            raise ValueError("no person's key")
        return cls(tenant, user_id)

    @property
    def is_workspace(self) -> bool:
        """Whether this is no person at all but the owner of a workspace's shared connections (``shared_owner``)."""
        return self.user_id.startswith(_WORKSPACE)


def shared_owner(workspace: Workspace) -> Person:
    """Whose the shared connections of a workspace are: a key beside those of people, and never one of them.

    Ids of chat users have no colon, and every one that comes from outside is held to that; this one has. Workspaces
    of one organisation each have their own: an admin of one is no admin of the others.
    """
    return Person(workspace.tenant, f"{_WORKSPACE}{workspace.id}")


def home_of(person: Person) -> Workspace:
    """Where a person is, as far as their key says: a workspace, or an organisation and not in which of its workspaces.

    Slack's ids of organisations begin with E, those of workspaces with T.
    """
    return Workspace(person.tenant, person.tenant if person.tenant.startswith("E") else None)


def came_through(person: Person, workspace_id: str) -> Workspace:
    """The installation through which something of a person's came, as its row has it."""
    return Workspace(workspace_id, home_of(person).organisation)
