"""Personal keys, for an app without OAuth: each person makes one on the app's own page, where it is shown once."""

import hmac
import secrets
import threading

from sandbox.apps.accounts import Account

SECRET_BYTES = 20


class Keys:
    """The keys of one app: an id and a secret each, made by an account. A new key ends the account's old one."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, Account]] = {}
        self._lock = threading.Lock()

    def make(self, account: Account) -> tuple[str, str]:
        """A new key of the account: (id, secret)."""
        with self._lock:
            self._drop(account)
            key_id = f"aa_{account.email.replace('@', '_').replace('.', '_')}"
            secret = secrets.token_hex(SECRET_BYTES)
            self._keys[key_id] = (secret, account)
            return key_id, secret

    def owner(self, key_id: str, secret: str) -> Account | None:
        """Whose key this is, if the secret is right."""
        with self._lock:
            kept, account = self._keys.get(key_id, ("", None))
            return account if hmac.compare_digest(kept.encode(), secret.encode()) else None

    def end(self, account: Account) -> None:
        """Delete the account's key, if it has one."""
        with self._lock:
            self._drop(account)

    def _drop(self, account: Account) -> None:
        self._keys = {key_id: key for key_id, key in self._keys.items() if key[1] != account}
