"""Begins an installation in an admin's browser."""

from dataclasses import dataclass

from countersign.domain.install_pages import ToSlack
from countersign.domain.installation import STATE_SECONDS, InstallState
from countersign.domain.sign_in import hash_of, is_secret
from countersign.ports.chat import ChatInstall
from countersign.ports.stores import InstallationStore
from countersign.ports.system import Clock, Randomness


@dataclass(frozen=True)
class BeginInstall:
    """Writes the state, bound to the browser's cookie, and sends the browser to the chat service."""

    installations: InstallationStore
    chat: ChatInstall
    randomness: Randomness
    clock: Clock

    def __call__(self, redirect_uri: str, cookie: str | None) -> ToSlack:
        """Onward. Raises StoreUnavailable, ConfigurationError.

        ``cookie`` is what the browser brought. A good one is used again, so that two tabs don't break each other.
        """
        cookie = cookie if cookie and is_secret(cookie) else self.randomness()
        state = self.randomness()
        url = self.chat.authorization_url(redirect_uri, state)
        expires_at = self.clock() + STATE_SECONDS
        self.installations.put_state(InstallState(hash_of(state), hash_of(cookie), redirect_uri, expires_at))
        return ToSlack(url, cookie)
