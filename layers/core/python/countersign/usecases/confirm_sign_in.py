"""A person looked at both identities, and said yes or no."""

from dataclasses import dataclass, replace

from countersign.domain.connection import Connection, Status
from countersign.domain.errors import Conflict
from countersign.domain.pages import Alert, Page, PageKind, done
from countersign.domain.sign_in import IntentStatus, LegStep
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock
from countersign.usecases.ask_to_confirm import AskToConfirm
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.store_connection import StoreConnection


@dataclass(frozen=True)
class ConfirmSignIn:
    """Stores what the CONFIRM leg holds, or makes it due for revocation: each is final."""

    browser_leg: BrowserLeg
    ask_to_confirm: AskToConfirm
    store_connection: StoreConnection
    sign_ins: SignInStore
    connections: ConnectionStore
    audit: AuditLog
    clock: Clock

    def look(self, secret: str, cookie: str | None) -> Page:
        """The page again, for a browser that comes back to it, or what became of it. Raises StoreUnavailable."""
        found = self.browser_leg(secret, cookie, LegStep.CONFIRM)
        if isinstance(found, Page):
            return found
        if found.leg.declined:
            return found.declined
        return self._again(found) if found.intent.status is IntentStatus.DONE else self._ask_again(found)

    def __call__(self, secret: str, cookie: str | None, *, accepted: bool, site: str = "") -> Page:
        """The end of a sign-in; the same page again when it is sent twice. Raises StoreUnavailable.

        ``site``: the id of the place that its person chose, where there are several.
        """
        found = self.browser_leg(secret, cookie, LegStep.CONFIRM)
        if isinstance(found, Page):
            return found
        if found.leg.declined:
            return self._noted_declined(found)
        if found.intent.status is IntentStatus.DONE:
            return self._again(found)
        if not accepted:
            return self._declined(found)
        leg = found.leg.at(site) if found.leg.asks_site else found.leg
        if leg is None:
            return self._ask_again(found, Alert.NO_CHOICE)
        if (unproved := self._unproved(found)) is not None:
            return unproved
        try:
            return self._done(found, self.store_connection(found.intent, leg, found.app))
        except Conflict as error:
            return found.page(PageKind.CHANGED, cause=str(error))

    def _unproved(self, journey: Journey) -> Page | None:
        """Why it can't be stored yet, or ever: its code was not typed. None: it was, or none is asked for."""
        if not journey.leg.proof.asks_code:
            return None
        wanted = self.sign_ins.wanted_code(journey.intent.person)
        if wanted is None or wanted.leg_hash != journey.leg.id_hash:
            return journey.page(PageKind.CODE_ENDED, cause="a newer code took its place")
        if wanted.proved:
            return None
        if wanted.waits(self.clock()):
            return self._ask_again(journey, Alert.CODE_MISSING)
        return journey.page(PageKind.CODE_ENDED, cause=f"tries: {wanted.tries}")

    def _ask_again(self, journey: Journey, alert: Alert | None = None) -> Page:
        """Nothing was chosen, or something that was never offered; or the code did not come."""
        leg = journey.leg
        if leg.account is None:
            return journey.page(PageKind.CHANGED, cause="the leg holds no connection")
        secret, typed = journey.secret, journey.typed_secret(journey.secret)
        return self.ask_to_confirm(journey.intent, journey.app, leg, leg.account, secret, typed, alert=alert)

    def _declined(self, journey: Journey) -> Page:
        """No is final: what the app gave is given back from now on. Unless a yes was faster."""
        if not self.sign_ins.decline_leg(journey.leg, self.clock()):
            return journey.page(PageKind.REPLAYED)
        self.browser_leg.ended_by_its_person(journey)
        return self._noted_declined(journey)

    def _noted_declined(self, journey: Journey) -> Page:
        """In the audit trail once, however often the button is pressed."""
        intent, account = journey.intent, journey.leg.account
        facts = {"app": journey.app.id, "workspace": intent.workspace, "trace_id": intent.trace_id}
        facts |= {"account": account.id if account else ""}
        self.audit.record("sign_in.declined", intent.person, facts, once=journey.leg.id_hash)
        return journey.declined

    def _again(self, journey: Journey) -> Page:
        """The sign-in ended before: with this leg, or in another tab."""
        connection = self.connections.get(journey.intent.owner, journey.app.id)
        if connection is None or connection.status is not Status.LIVE or connection.sign_in != journey.leg.id_hash:
            return self.browser_leg.used(journey)
        return self._done(journey, connection)

    @staticmethod
    def _done(journey: Journey, connection: Connection) -> Page:
        return replace(done(journey.intent, journey.app.name, connection.account), address=journey.post_to)
