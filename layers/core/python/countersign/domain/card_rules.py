"""Rules of a card: whose request it is, and whether the record is still what it shows. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from countersign.domain.app_text import clean
from countersign.domain.connection import Account
from countersign.domain.message import Field

_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Beyond ASCII, what two programs take for the same letter differs: there only the same text is the same."""
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"@]+@[^\s<>()\[\],;:\"@]+")
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_LONGEST: Final = 3_000
_MOST_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asked for a record, and may not decide it.

    Attributes:
        named: as the recipe says: an id, login or e-mail address there; also ``Priya <priya@…>``.
        address: of whoever is about to decide, as chat has it; None where it has none.
        shared: the account that acts is a workspace's, and says nothing of who decides.
    """

    named: str
    address: str | None = None
    shared: bool = False

    @property
    def by_address(self) -> bool:
        """Whether the name holds an e-mail address: then chat's own can be held against it."""
        return _ADDRESS.search(self.named) is not None

    def decides_with(self, account: Account) -> bool | None:
        """Whether it is they who would decide with this account; None where nobody can tell."""
        if not self.named or (self.shared and not self.by_address):
            return None
        if not self.shared and _is_account(account, self.named):
            return True
        theirs = {_lower(found) for found in _ADDRESS.findall(self.named)}
        own = () if self.shared else (account.email, account.login, account.id)
        known = {_lower(one) for one in (*own, self.address) if one and _ADDRESS.fullmatch(one)}
        return bool(theirs & known) if known or not theirs else None


def _is_account(account: Account, named: str) -> bool:
    return named == account.id or _lower(named) in {_lower(known) for known in (account.login, account.email) if known}


def _lower(text: str) -> str:
    return text.translate(_LOWER)


def as_it_is_now(shown: Mapping[str, str], same: Mapping[str, str], results: Mapping[str, str]) -> dict[str, str]:
    """What a card shows, with every value in it that the record has otherwise.

    Args:
        shown: the card's inputs.
        same: input → result that must have the same value. A result that the app did not give is empty.
        results: what the app gave.
    """
    there = {name: clean(results.get(result, ""), _LONGEST) for name, result in same.items()}
    changed = {name: value for name, value in there.items() if not _is_same(shown.get(name, ""), value)}
    return {name: value for name, value in {**shown, **changed}.items() if value or name not in changed}


def differences(fields: Mapping[str, Field], was: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What changed, in a few sentences for its person; of what is secret only that it did."""
    names = [name for name in fields if was.get(name) != now.get(name)]
    said = [_difference(fields[name], was.get(name, ""), now.get(name, "")) for name in names[:_MOST_TOLD]]
    more = len(names) - len(said)
    return " ".join([*said, f"{more} more changed."] if more else said)


def _difference(field: Field, was: str, now: str) -> str:
    if field.secret:
        return f"{field.label} is another one."
    return f"{field.label}: {_quoted(was)} is now {_quoted(now)}."


def _quoted(value: str) -> str:
    shown = clean(value)
    return f"“{shown}”" if shown else "nothing"


def _is_same(one: str, other: str) -> bool:
    one = clean(one, _LONGEST)
    if one == other:
        return True
    return bool(_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)) and Decimal(one) == Decimal(other)
