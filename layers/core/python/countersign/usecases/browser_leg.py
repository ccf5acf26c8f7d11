"""Holds a browser that comes back against the leg it set out on: same browser, right step, in time."""

from dataclasses import dataclass

from countersign.domain.catalog import App, Catalog
from countersign.domain.pages import Page, PageKind, connect_address, page_about, unusable_link
from countersign.domain.sign_in import Intent, IntentStatus, Leg, LegStep, LinkState, hash_of, link_state
from countersign.ports import Clock, SignInStore


@dataclass(frozen=True, slots=True)
class Journey:
    """A browser that is who it was: the intent it serves, and the leg it has just ended."""

    intent: Intent
    leg: Leg
    app: App
    secret: str
    cookie: str

    def page(self, kind: PageKind, cause: str = "", **values: str) -> Page:
        """A page about this journey, without buttons."""
        return page_about(kind, self.intent, self.app.name, cause=cause, **values)

    @property
    def declined(self) -> Page:
        """The page after a no: of tokens, which the app takes back, or of a key, which only its person can end."""
        return self.page(PageKind.KEY_DECLINED if self.app.credential else PageKind.DECLINED)

    @property
    def post_to(self) -> str:
        """Where buttons about this leg post to."""
        return connect_address(self.intent, self.secret)


@dataclass(frozen=True)
class BrowserLeg:
    """Finds the leg that a secret belongs to, if this browser may go on with it. Nothing is spent yet."""

    sign_ins: SignInStore
    catalog: Catalog
    clock: Clock

    def __call__(self, secret: str, cookie: str | None, step: LegStep, app_id: str | None = None) -> Journey | Page:
        """The journey, or the page that says why not. Raises StoreUnavailable.

        Without the very cookie that the leg was bound to, nothing about it is said. An intent that is done passes: its
        caller decides what a reload shows.
        """
        leg = self.sign_ins.get_leg(hash_of(secret))
        if leg is None or leg.step is not step or leg.app not in self.catalog.apps:
            return Page(PageKind.UNKNOWN)
        if app_id is not None and leg.app != app_id:
            # Mix-up (RFC 9700 §4.4): the answer came to another app's redirect URI than the question named.
            return Page(PageKind.BAD_REQUEST, cause="mix-up: the leg is of another app")
        if cookie is None or hash_of(cookie) != leg.cookie_hash:
            self._strayed(leg)
            return Page(PageKind.LOST_COOKIE)
        intent = self.sign_ins.get_intent(leg.intent_hash)
        if intent is None:
            return Page(PageKind.UNKNOWN)
        app = self.catalog.signing_in(leg.app, shared=intent.shared, step_up=intent.step_up)
        journey = Journey(intent, leg, app, secret, cookie)
        return self.refusal(journey) or journey

    def _strayed(self, leg: Leg) -> None:
        """An answer came back in a browser that never asked: the leg is over, for the one that did ask too.

        Its code is of whoever sits there. Talked into passing the address on from their address bar, they would lend
        their identity to the leg's own browser, for which everything fits: state, cookie and PKCE.
        """
        if leg.step in (LegStep.SLACK, LegStep.APP):
            self.sign_ins.consume_leg(leg)

    def refusal(self, journey: Journey) -> Page | None:
        """Why the journey can't go on any more: burnt meanwhile, or out of time."""
        intent, name, now = journey.intent, journey.app.name, self.clock()
        if intent.status is IntentStatus.BURNT:
            return unusable_link(intent, LinkState.BURNT, name, journey.secret)
        if intent.status is IntentStatus.OPEN and now >= journey.leg.expires_at:
            return unusable_link(intent, LinkState.EXPIRED, name, journey.secret)
        return None

    def spend(self, journey: Journey) -> bool:
        """True for the one caller that goes on with this leg."""
        return self.sign_ins.consume_leg(journey.leg)

    def again(self, journey: Journey) -> Journey:
        """The same with the intent as it is now."""
        intent = self.sign_ins.get_intent(journey.intent.id_hash) or journey.intent
        return Journey(intent, journey.leg, journey.app, journey.secret, journey.cookie)

    def used(self, journey: Journey) -> Page:
        """The page of a link that has done its work."""
        state = link_state(journey.intent, self.clock())
        return unusable_link(journey.intent, state, journey.app.name, journey.secret)
