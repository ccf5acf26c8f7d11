"""Holds a new grant against what the deployment demands of its people's accounts, before anything of it is kept."""

from dataclasses import dataclass
from typing import Final

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Account, Connection, Status
from countersign.domain.grant import Grant
from countersign.domain.identity import Workspace
from countersign.domain.pages import Page, PageKind
from countersign.domain.policy import Breach, Policy
from countersign.domain.sign_in import Intent
from countersign.domain.tenancy import is_ours
from countersign.ports.apps import AppSettings
from countersign.ports.records import AuditLog
from countersign.usecases.browser_leg import Journey

_PAGES: Final = {
    Breach.ORGANISATION: PageKind.OTHER_ORGANISATION,
    Breach.EMAIL: PageKind.OTHER_EMAIL,
    Breach.OTHER_ACCOUNT: PageKind.OTHER_ACCOUNT,
}


@dataclass(frozen=True)
class HoldToPolicy:
    """The rules of ``policies.yaml`` for a sign-in's app and workspace, and what its app file demands of anybody."""

    catalog: Catalog
    audit: AuditLog
    settings: AppSettings

    def permitted(self, intent: Intent, grant: Grant) -> Grant:
        """``grant`` without the places that may not be connected: neither shown nor kept."""
        return grant.only(self._policy(intent).sites(grant.sites))

    def refusal(self, journey: Journey, grant: Grant, account: Account, existing: Connection | None) -> Page | None:
        """The page for an account that may not be bound, noted in the audit trail. Raises StoreUnavailable.

        ``grant``: with all its places still. ``existing``: the present connection.
        """
        intent, app = journey.intent, journey.app
        policy, email = self._policy(intent), journey.leg.person_email or intent.person_email
        live = existing if existing and existing.status is not Status.REVOKING else None
        breach = policy.breach(
            account,
            email=email,
            existing=live.account if live else None,
            shared=intent.shared,
            sites=policy.sites(grant.sites) if grant.sites else None,
        )
        if not is_ours(account, app, self.settings(app.id)):
            breach = Breach.ORGANISATION
        if breach is None:
            return None
        facts = {"app": app.id, "workspace": intent.workspace, "account": account.id, "rule": breach.value}
        facts |= {"trace_id": intent.trace_id}
        self.audit.record("sign_in.refused_by_policy", intent.person, facts, once=journey.leg.id_hash)
        previous = live.account.label if live else ""
        return journey.page(_PAGES[breach], cause=breach.value, account=account.label, previous=previous)

    def _policy(self, intent: Intent) -> Policy:
        return self.catalog.policy(intent.app, Workspace(intent.workspace, intent.organisation))
