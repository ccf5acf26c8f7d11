"""Starts the browser's journey: its button was pressed, and it goes to prove whose it is."""

from dataclasses import dataclass, replace

from countersign.domain.catalog import Catalog
from countersign.domain.errors import Conflict
from countersign.domain.limits import PRESSES
from countersign.domain.pages import Onward, PageKind, View, connect_address, page_about
from countersign.domain.proof import Proof
from countersign.domain.sign_in import Intent, Leg, LegStep, hash_of, is_secret, key_secret, leg_cookie_hash, leg_expiry
from countersign.ports.chat import ChatOpenId
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock, Randomness
from countersign.usecases.go_to_app import GoToApp
from countersign.usecases.open_sign_in import OpenSignIn


@dataclass(frozen=True)
class StartSignIn:
    """Writes the SLACK leg, bound to the browser's cookie, and sends the browser to Slack.

    ``open_sign_in`` is the page for a link that can't be used. Where a deployment does without Slack's word
    (``Proof.DM_CODE``), the browser goes to the app at once, and what is typed in chat is all the proof.
    """

    sign_ins: SignInStore
    open_sign_in: OpenSignIn
    chat_openid: ChatOpenId
    go_to_app: GoToApp
    catalog: Catalog
    proof: Proof
    randomness: Randomness
    clock: Clock

    def __call__(self, secret: str, cookie: str | None) -> View:
        """Onward, or the page that says why not. Raises StoreUnavailable, ConfigurationError.

        ``cookie`` is what the browser brought. A good one is used again, so that two tabs don't break each other.
        """
        page = self.open_sign_in(secret)
        intent = self.sign_ins.get_intent(hash_of(secret))
        if intent is None or page.kind is not PageKind.CONNECT:
            return page
        now = self.clock()
        if not self.sign_ins.take(PRESSES, intent.id_hash, now):
            return page_about(PageKind.TOO_OFTEN, intent, page.values["app"])
        cookie = cookie if cookie and is_secret(cookie) else self.randomness()
        if not self._note_opened(intent, now):
            return self.open_sign_in(secret)
        return self._to_slack(intent, cookie, now) if self.proof.asks_slack else self._to_app(intent, cookie)

    def _to_slack(self, intent: Intent, cookie: str, now: int) -> Onward:
        state, nonce = self.randomness(), self.randomness()
        redirect_uri = slack_redirect_uri(intent)
        url = self.chat_openid.authorization_url(redirect_uri, state, nonce, intent.workspace)
        leg = Leg(
            id_hash=hash_of(state),
            intent_hash=intent.id_hash,
            app=intent.app,
            cookie_hash=leg_cookie_hash(cookie, state, intent, LegStep.SLACK),
            step=LegStep.SLACK,
            expires_at=leg_expiry(intent, now),
            nonce=nonce,
        )
        self.sign_ins.put_leg(leg)
        return Onward(url, "Slack", cookie, intent.trace_id)

    def _to_app(self, intent: Intent, cookie: str) -> Onward:
        app = self.catalog.signing_in(intent.app, shared=intent.shared, step_up=intent.step_up)
        if app.credential is None:
            return self.go_to_app(intent, app, cookie, intent.person_email)
        # By way of a page that brings the cookie: the form itself is looked at with it.
        secret = key_secret(cookie, self.randomness(), intent)
        self.go_to_app.to_the_key(intent, cookie, secret, intent.person_email)
        return Onward(connect_address(intent, secret), app.name, cookie, intent.trace_id)

    def _note_opened(self, intent: Intent, now: int) -> bool:
        """Remember when the journey began, for help that comes when it doesn't end. False: the link just changed."""
        if intent.opened_at is not None:
            return True
        try:
            self.sign_ins.save_intent(replace(intent, opened_at=now), was=intent)
        except Conflict:
            return False
        return True


def slack_redirect_uri(intent: Intent) -> str:
    """Where Slack sends the browser back to: exactly what is registered there."""
    return f"{intent.base_url}/oauth/slack/callback"
