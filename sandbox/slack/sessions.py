"""A browser's own Slack session: which workspaces it is signed in to, and as whom."""

import secrets
from dataclasses import dataclass, field

COOKIE = "d"


@dataclass
class Session:
    """One browser.

    Attributes:
        csrf: What this browser's forms must carry.
        accounts: Workspace id → user id, the latest sign-in last.
    """

    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    accounts: dict[str, str] = field(default_factory=dict)


class Sessions:
    """Sessions by cookie value. Not locked: callers hold the state's lock."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def find(self, key: str | None) -> Session | None:
        """The session of this cookie, if there is one."""
        return self._sessions.get(key or "")

    def start(self, accounts: dict[str, str] | None = None) -> tuple[str, Session]:
        """A new session under a new cookie value."""
        key, session = f"xoxd-{secrets.token_urlsafe(24)}", Session(accounts=accounts or {})
        self._sessions[key] = session
        return key, session

    def end(self, key: str | None) -> None:
        """Forget a session, so that its old cookie is worth nothing."""
        self._sessions.pop(key or "", None)
