"""Tokens: what each is good for, in which workspace, as whom."""

import secrets
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Token:
    """An access token.

    Attributes:
        kind: `bot` (xoxb) or `user` (xoxp).
        user: The bot's user id, or the person's.
        scopes: Granted scopes.
    """

    kind: Literal["bot", "user"]
    team_id: str
    user: str
    scopes: frozenset[str]


class Tokens:
    """The live tokens. Not locked: callers hold the state's lock."""

    def __init__(self) -> None:
        self._live: dict[str, Token] = {}

    def grant(self, token: Token, secret: str | None = None) -> str:
        """Make a token live; its secret is made up unless given."""
        prefix = "xoxb" if token.kind == "bot" else "xoxp"
        secret = secret or f"{prefix}-{secrets.token_urlsafe(24)}"
        self._live[secret] = token
        return secret

    def find(self, secret: str) -> Token | None:
        """What this secret stands for, unless it was revoked or never granted."""
        return self._live.get(secret)

    def revoke(self, secret: str) -> Token | None:
        """End a token."""
        return self._live.pop(secret, None)
