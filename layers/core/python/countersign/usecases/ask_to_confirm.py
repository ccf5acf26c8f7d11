"""Shows both identities of a sign-in before anything is stored, and the places to choose from."""

from dataclasses import dataclass, replace

from countersign.domain.catalog import App, Catalog
from countersign.domain.connection import Account, Connection, Status
from countersign.domain.identity import Workspace
from countersign.domain.page_texts.facts import CODE, NO_ADDRESS
from countersign.domain.pages import Alert, Page, PageKind, connect_address, for_everyone, identities, page_about
from countersign.domain.proof import code_of, shown
from countersign.domain.sign_in import Intent, Leg
from countersign.domain.sign_in_policy import Reason, reasons_of_proof, reasons_to_confirm, unproved_by
from countersign.ports.stores import ConnectionStore


@dataclass(frozen=True)
class AskToConfirm:
    """The page about a CONFIRM leg, as often as it is asked for."""

    connections: ConnectionStore
    catalog: Catalog

    def __call__(
        self, intent: Intent, app: App, leg: Leg, account: Account, secret: str, typed: str, alert: Alert | None = None
    ) -> Page:
        """The page; without reasons and choices there is nothing to ask. Raises StoreUnavailable.

        ``account``: the leg's. ``secret``: the leg's id, which the buttons post to. ``typed``: what makes its code.
        """
        existing = self.connections.get(intent.owner, app.id)
        live = existing if existing and existing.status is not Status.REVOKING else None
        email = leg.person_email or intent.person_email
        about = page_about(
            PageKind.CHOOSE if leg.asks_site else PageKind.CONFIRM,
            intent,
            app.name,
            connect_address(intent, secret),
            email=email or NO_ADDRESS,
            account=account.label,
            account_email=account.email or NO_ADDRESS,
            previous=live.account.label if live else "",
            previous_site=(live.account.organisation or live.site) if live else "",
        )
        page = for_everyone(about, self.catalog.acting_titles(app.id)) if intent.shared else about
        rule = self.catalog.policy(app.id, Workspace(intent.workspace, intent.organisation)).email
        unproved, shared = unproved_by(app), intent.shared
        code = shown(code_of(typed)) if leg.proof.asks_code else ""
        reasons = reasons_to_confirm(email, account, _account(live), unproved=unproved, shared=shared, email_rule=rule)
        if _moves(live, leg):
            reasons = (*reasons, Reason.SITE_CHANGES)
        return replace(
            page,
            address=page.post_to,
            facts=(*identities(intent, app.name, account), *(((CODE, code),) if code else ())),
            reasons=(*reasons, *reasons_of_proof(leg.proof)),
            choices=tuple((site.id, site.name) for site in leg.sites) if leg.asks_site else (),
            alert=alert,
        )


def _moves(live: Connection | None, leg: Leg) -> bool:
    """Whether another place takes that of the present connection, though nobody chose it."""
    return live is not None and bool(live.site) and bool(leg.site) and live.site != leg.site


def _account(connection: Connection | None) -> Account | None:
    return connection.account if connection else None
