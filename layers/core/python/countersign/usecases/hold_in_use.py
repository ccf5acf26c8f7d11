"""Holds a connection's account to the policy of the workspace where it is to be used."""

from dataclasses import dataclass

from countersign.domain.action import Action
from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection
from countersign.domain.errors import SignInNeeded
from countersign.domain.identity import Person, Workspace
from countersign.domain.texts.sign_in import unfit_account
from countersign.ports.records import AuditLog


@dataclass(frozen=True)
class HoldInUse:
    """A person has one connection to an app in all workspaces of their organisation, and each has its own policy.

    So that an account which one of them lets in is no way past another one's rules, it is judged again by what stands
    on the connection: nobody is asked anything. A policy that was made stricter since holds for older ones, too.
    """

    catalog: Catalog
    audit: AuditLog

    def of_action(self, connection: Connection, action: Action) -> None:
        """The same for what an action would use."""
        doing = f"{action.person.key} {action.id}"
        self(connection, action.workspace, action.person, doing=doing, trace_id=action.trace_id)

    def __call__(
        self, connection: Connection, workspace: Workspace, actor: Person, *, doing: str, trace_id: str
    ) -> None:
        """Raises SignInNeeded, which says what account is needed, and StoreUnavailable when that could not be recorded.

        Args:
            connection: what would be used.
            workspace: where somebody wants to.
            actor: who.
            doing: what for, in words that are the same at every repeat.
            trace_id: of the click.
        """
        policy = self.catalog.policy(connection.app, workspace)
        breach = policy.breach_in_use(connection)
        if breach is None:
            return
        facts = {
            "app": connection.app,
            "workspace": workspace.id,
            "account": connection.account.id,
            "rule": breach.value,
            "connected_through": connection.workspace,
            "trace_id": trace_id,
        }
        once = f"{doing} {connection.record_key} {breach}"
        self.audit.record("use_refused_by_policy", actor, facts, once=once)
        name, label = self.catalog.apps[connection.app].name, connection.account.label
        why = unfit_account(name, label, breach, policy.organisation or "")
        raise SignInNeeded(
            connection.app,
            f"{connection.app}: {breach} of this workspace's policy",
            since=connection.connected_at + 1,
            unfit=why,
        )
