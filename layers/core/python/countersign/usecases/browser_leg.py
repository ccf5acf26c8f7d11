"""Holds a browser that comes back against the leg it set out on: same browser, right step, in time."""

from dataclasses import dataclass, replace
from typing import Final

from countersign.domain.callback import Query, code_marks
from countersign.domain.catalog import App, Catalog
from countersign.domain.pages import Page, PageKind, connect_address, page_about, unusable_link
from countersign.domain.sign_in import (
    Intent,
    IntentStatus,
    Leg,
    LegStep,
    LinkState,
    confirm_secret,
    hash_of,
    key_secret,
    leg_cookie_hash,
    link_state,
    typed_secret,
)
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock

_NOBODY: Final = "nobody"
"""A browser without our cookie: it goes on with nothing, and neither does any other with what it brought."""


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
    def confirm_secret(self) -> str:
        """Id of the CONFIRM leg that follows this one."""
        return confirm_secret(self.cookie, self.secret, self.intent)

    def typed_secret(self, confirm_secret: str) -> str:
        """What the code is made of that belongs to a CONFIRM leg of this browser."""
        return typed_secret(self.cookie, confirm_secret, self.intent)

    @property
    def key_secret(self) -> str:
        """Id of the KEY leg that follows this one."""
        return key_secret(self.cookie, self.secret, self.intent)

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

    def brought_first(self, query: Query, cookie: str | None) -> bool:
        """Whether this browser is the first that brings the code. To be asked before anything is looked at or judged.

        A code is of whoever sat where it came first. Talked into passing on what stands in their address bar, they
        would lend their identity to whoever brings it next, with a state and a cookie of his own that fit: so from its
        first arrival on, whatever is wrong with that one, a code is worth nothing in any other browser.
        """
        whose, now = hash_of(cookie) if cookie else _NOBODY, self.clock()
        claimed = [self.sign_ins.claim_code(mark, whose, now) for mark in code_marks(query)]
        return all(claimed)

    def strayed(self, journey: Journey) -> Page:
        """The end of a leg to which another browser's code was brought."""
        self.sign_ins.consume_leg(journey.leg)
        return journey.page(PageKind.REPLAYED, cause="the code came to another browser first")

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
        intent = self.sign_ins.get_intent(leg.intent_hash)
        if intent is None:
            return Page(PageKind.UNKNOWN)
        if cookie is None or leg_cookie_hash(cookie, secret, intent, step) != leg.cookie_hash:
            self._strayed(leg)
            return Page(PageKind.LOST_COOKIE)
        app = self.catalog.signing_in(leg.app, shared=intent.shared, step_up=intent.step_up)
        journey = Journey(intent, leg, app, secret, cookie)
        return self.refusal(journey) or journey

    def _strayed(self, leg: Leg) -> None:
        """An answer came back in a browser that never asked: the leg is over, for the one that did ask too."""
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

    def ended_by_its_person(self, journey: Journey) -> None:
        """They said no themselves: nobody need ask them later whether they got lost."""
        self.sign_ins.settle(journey.intent)

    def again(self, journey: Journey) -> Journey:
        """The same with the intent as far as it is now; what it is about was proved, and is not read again."""
        there = self.sign_ins.get_intent(journey.intent.id_hash) or journey.intent
        tries = there.wrong_workspace_tries
        return replace(journey, intent=replace(journey.intent, status=there.status, wrong_workspace_tries=tries))

    def used(self, journey: Journey) -> Page:
        """The page of a link that has done its work."""
        state = link_state(journey.intent, self.clock())
        return unusable_link(journey.intent, state, journey.app.name, journey.secret)
