"""What the engine's pages and the card rule need to know of an app's records."""

from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.apps.accounts import Account
from sandbox.apps.audit import Caller


class RefusedError(Exception):
    """The app refuses; `code` is the vendor's error code or short message, the text is what it tells the person."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class RecordView:
    """A record as its page shows it. `approvers` are (name, state, comments)."""

    record_id: str
    number: str
    title: str
    url: str
    status: str
    fields: tuple[tuple[str, str], ...]
    approvers: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Card:
    """What the app posts to Countersign's hook: the recipe's id and its inputs (with `key`)."""

    recipe: str
    body: dict[str, Any]


class Records(Protocol):
    """An app's records that people approve or make."""

    def listing(self) -> list[RecordView]:
        """Every record, oldest first."""

    def view(self, record_id: str) -> RecordView | None:
        """One record, or None."""

    def may_decide(self, record_id: str, account: Account) -> bool:
        """Whether this account has an open approval on the record."""

    def decide(self, record_id: str, caller: Caller, *, approve: bool, comments: str) -> None:
        """Approve or reject as the caller; raises `RefusedError`."""

    def card(self, record_id: str) -> Card | None:
        """The card of an approvable record, or None."""

    def add_for_approval(self, title: str, *, requested_by: str, approver: str) -> str:
        """A new record waiting for `approver` (both are logins); its id. Raises `KeyError` for unknown logins."""
