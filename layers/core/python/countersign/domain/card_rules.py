"""Rules of a card: whose request it is, and whether the record is still what it shows. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from countersign.domain.app_text import clean
from countersign.domain.connection import Account
from countersign.domain.message import Field

_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Beyond ASCII, what two programs take for the same letter differs: there only the same text is the same."""
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_LONGEST: Final = 3_000
_MOST_TOLD: Final = 3


def is_account(account: Account, named: str) -> bool:
    """Whether ``named``, an id, login or e-mail address at the app, is this account's."""
    return named == account.id or named.translate(_LOWER) in {
        known.translate(_LOWER) for known in (account.login, account.email) if known
    }


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
