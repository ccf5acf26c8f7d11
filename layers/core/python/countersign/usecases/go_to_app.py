"""Sends a browser on to where its person signs in: to the app, or to our own page that asks for the app's key."""

from dataclasses import dataclass

from countersign.domain.catalog import App
from countersign.domain.pages import Onward
from countersign.domain.sign_in import Intent, Leg, LegStep, code_verifier, hash_of, leg_cookie_hash, leg_expiry
from countersign.ports.apps import AuthorizationServer
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock, Randomness


@dataclass(frozen=True)
class GoToApp:
    """Writes the next leg, bound to the same cookie. Raises StoreUnavailable, ConfigurationError."""

    sign_ins: SignInStore
    authorization: AuthorizationServer
    randomness: Randomness
    clock: Clock

    def __call__(self, intent: Intent, app: App, cookie: str, email: str | None) -> Onward:
        """On to the app's authorization endpoint. ``email``: the person's address in chat."""
        state = self.randomness()
        redirect_uri = app_redirect_uri(intent.base_url, intent.app)
        url = self.authorization.authorization_url(app, redirect_uri, state, code_verifier(cookie, state, intent))
        self.sign_ins.put_leg(self._leg(intent, cookie, state, LegStep.APP, email))
        return Onward(url, app.name, cookie, intent.trace_id)

    def to_the_key(self, intent: Intent, cookie: str, secret: str, email: str | None) -> None:
        """A KEY leg, whose form posts to ``secret``."""
        self.sign_ins.put_leg(self._leg(intent, cookie, secret, LegStep.KEY, email))

    def _leg(self, intent: Intent, cookie: str, secret: str, step: LegStep, email: str | None) -> Leg:
        return Leg(
            id_hash=hash_of(secret),
            intent_hash=intent.id_hash,
            app=intent.app,
            cookie_hash=leg_cookie_hash(cookie, secret, intent, step),
            step=step,
            expires_at=leg_expiry(intent, self.clock()),
            person_email=email,
        )


def app_redirect_uri(base_url: str, app_id: str) -> str:
    """Where an app sends the browser back to: one address per app, so that answers can't be mixed up."""
    return f"{base_url}/oauth/callback/{app_id}"
