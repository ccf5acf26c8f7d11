"""Parts of rows that several stores share."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from countersign.domain.connection import Account
from countersign.domain.interaction import ReplyTo
from countersign.domain.tokens import Sealed


def without_nothing(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row without attributes that are None: sparse indexes want them absent, not null."""
    return {key: value for key, value in row.items() if value is not None}


def sealed_item(sealed: Sealed | None) -> dict[str, Any] | None:
    """An envelope as a map."""
    return None if sealed is None else asdict(sealed)


def read_sealed(item: Mapping[str, Any] | None) -> Sealed | None:
    """The envelope again."""
    return None if item is None else Sealed(**item)


def account_item(account: Account | None) -> dict[str, Any] | None:
    """An account as a map."""
    return None if account is None else without_nothing(asdict(account))


def read_account(item: Mapping[str, Any] | None) -> Account | None:
    """The account again."""
    return None if item is None else Account(**item)


def reply_item(reply_to: ReplyTo) -> dict[str, Any]:
    """Where to answer, *without* the reply address: that is a capability, and rows don't hold it in clear."""
    return without_nothing({"channel": reply_to.channel, "thread": reply_to.thread})


def read_reply(item: Mapping[str, Any]) -> ReplyTo:
    """Where to answer, again."""
    return ReplyTo(channel=item.get("channel"), thread=item.get("thread"))
