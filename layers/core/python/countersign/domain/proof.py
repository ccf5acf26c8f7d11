"""How a sign-in's browser is proved to be its person's: by Sign in with Slack, by a code typed in chat, or by both."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from countersign.domain.identity import Person

CODE_SECONDS: Final = 180
CODE_TRIES: Final = 3
_DIGITS: Final = "23456789"
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what can be taken for something else: 0 and O, 1, I and L."""
_LENGTH: Final = 8


class Proof(StrEnum):
    """What a deployment asks for."""

    SIWS = "siws"
    """Sign in with Slack in the very browser (docs.slack.dev/authentication/sign-in-with-slack)."""
    DM_CODE = "dm_code"
    """A code that our page shows, typed in chat by the link's person. Weaker: people can be talked into typing one."""
    BOTH = "siws+dm_code"

    @property
    def asks_slack(self) -> bool:
        """Whether Slack is asked whose the browser is."""
        return self is not Proof.DM_CODE

    @property
    def asks_code(self) -> bool:
        """Whether a code has to be typed."""
        return self is not Proof.SIWS


@dataclass(frozen=True, slots=True)
class WantedCode:
    """A code that one person is to type: the newest one, of whatever sign-in of theirs.

    Attributes:
        leg_hash: the CONFIRM leg that waits for it; code_hash: the code is nowhere else than on the person's screen.
        expires_at: checked in code, as everywhere.
    """

    person: Person
    leg_hash: str
    code_hash: str
    expires_at: int
    tries: int = 0
    proved: bool = False

    @classmethod
    def of(cls, person: Person, leg_hash: str, code: str, now: int) -> Self:
        """The code that belongs to a leg, wanted from now on."""
        return cls(person, leg_hash, _hash(leg_hash, code), now + CODE_SECONDS)

    def waits(self, now: int) -> bool:
        """Whether it can still be typed."""
        return not self.proved and self.tries < CODE_TRIES and now < self.expires_at

    def is_code(self, typed: str) -> bool:
        """Whether this is the code; takes as long for a nearly right one as for any."""
        return hmac.compare_digest(self.code_hash, _hash(self.leg_hash, typed))

    def tried(self, typed: str) -> Self:
        """After one more try: each counts, a right one too."""
        return replace(self, tries=self.tries + 1, proved=self.is_code(typed))


def code_of(secret: str) -> str:
    """The code for a CONFIRM leg's secret: eight characters, derived, so that a reload shows the same one.

    A digit comes first, so that no recipe's command can ever be one.
    """
    number = int.from_bytes(hmac.new(secret.encode(), b"code", hashlib.sha256).digest())
    number, first = divmod(number, len(_DIGITS))
    code = _DIGITS[first]
    while len(code) < _LENGTH:
        number, place = divmod(number, len(_ALPHABET))
        code += _ALPHABET[place]
    return code


def shown(code: str) -> str:
    """As people read it: in two halves."""
    return f"{code[:4]}-{code[4:]}"


def read_code(text: str) -> str | None:
    """The code in what somebody typed, however they wrote it; None: that is none."""
    code = "".join(text.split()).replace("-", "").replace("\N{EN DASH}", "").upper()
    is_code = len(code) == _LENGTH and code[0] in _DIGITS and not code.strip(_ALPHABET)
    return code if is_code and code.isascii() else None


def _hash(leg_hash: str, code: str) -> str:
    return hashlib.sha256(f"{leg_hash} {code}".encode()).hexdigest()
