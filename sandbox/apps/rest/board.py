"""An app's records for its pages and its card rule: `sandbox.apps.records.Records` over the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.apps.accounts import Account, Directory
from sandbox.apps.audit import Caller
from sandbox.apps.description import Json
from sandbox.apps.records import Card, RecordView, RefusedError
from sandbox.apps.rest.problem import Problem
from sandbox.apps.rest.store import Record, Store

REFUSED = {"forbidden": "You may not decide this.", "settled": "This is decided already."}


def _no_fields(_record: Record) -> Sequence[tuple[str, str]]:
    return ()


def _no_card(_record: Record) -> Card | None:
    return None


@dataclass(frozen=True)
class Page:
    """How records of one kind look to people.

    Attributes:
        kind: The kind.
        path: Flask pattern of the vendor's own address of such a record.
        link: That address of one record: path, and query if the vendor has one.
        title: Its title.
        status: Its status when nobody has decided.
        fields: More of it: (label, value).
        number: What people call it.
        words: The vendor's words for an approval and for a rejection, as the API records them.
        card: What the app posts to Countersign's hook.
        waits: Whether it can still be decided.
        edit: Where deciding is no more than an edit: what it changes, given the record, who, and whether they approve.
    """

    kind: str
    path: str
    link: Callable[[Record], str]
    title: Callable[[Record], str]
    status: Callable[[Record], str] = lambda _record: "Open"
    fields: Callable[[Record], Sequence[tuple[str, str]]] = _no_fields
    number: Callable[[Record], str] = lambda record: record.id
    words: tuple[str, str] = ("approved", "rejected")
    card: Callable[[Record], Card | None] = _no_card
    waits: Callable[[Record], bool] = lambda record: not record.decided
    edit: Callable[[Record, Account, bool], Json] | None = None


type AddForApproval = Callable[[Store, str, Account, Account], Record]
"""Make a record with this title, by the requester, that waits for the approver."""


class Board:
    """The records that have a page."""

    def __init__(
        self, store: Store, pages: Sequence[Page], directory: Directory, add: AddForApproval | None = None
    ) -> None:
        self._store = store
        self._pages = {page.kind: page for page in pages}
        self._directory = directory
        self._add = add

    @property
    def paths(self) -> frozenset[str]:
        """The address patterns of all pages."""
        return frozenset(page.path for page in self._pages.values())

    def listing(self) -> list[RecordView]:
        """Every record with a page, kind by kind, oldest first."""
        return [self._view(record) for record in self._records()]

    def view(self, record_id: str) -> RecordView | None:
        """One record, by its key."""
        record = self._record(record_id)
        return self._view(record) if record else None

    def at(self, address: str) -> str:
        """The key of the record with this address, or an empty text."""
        found = (record for record in self._records() if self._pages[record.kind].link(record) == address)
        return next((record.key for record in found), "")

    def may_decide(self, record_id: str, account: Account) -> bool:
        """Whether the record waits, for this account among others."""
        record = self._record(record_id)
        if record is None or not (page := self._pages[record.kind]).waits(record):
            return False
        return record.rights.may_edit(account) if page.edit else record.rights.may_decide(account)

    def decide(self, record_id: str, caller: Caller, *, approve: bool, comments: str) -> None:
        """Decide on the page, in the word that the API would record."""
        record = self._record(record_id)
        if record is None:
            raise RefusedError("not_found", "There is no such record.")
        page = self._pages[record.kind]
        word = page.words[0 if approve else 1]
        try:
            if page.edit:
                self._store.change(caller, record, page.edit(record, caller.account, approve), word, comments)
            else:
                self._store.decide(caller, record, word, comments)
        except Problem as problem:
            raise RefusedError(problem.reason, problem.text or REFUSED[problem.reason]) from problem

    def card(self, record_id: str) -> Card | None:
        """The record's card, with what was decided."""
        record = self._record(record_id)
        card = self._pages[record.kind].card(record) if record else None
        decided = record.decided if record else None
        if card is None or decided is None:
            return card
        return Card(card.recipe, card.body | {"decided_by": f"{decided.by.name} ({decided.by.email})"})

    def add_for_approval(self, title: str, *, requested_by: str, approver: str) -> str:
        """A new record that waits for `approver`; both are logins."""
        if self._add is None:
            raise KeyError(approver)
        return self._add(self._store, title, self._account(requested_by), self._account(approver)).key

    def _records(self) -> list[Record]:
        return [record for kind in self._pages for record in self._store.all(kind)]

    def _record(self, key: str) -> Record | None:
        return next((record for record in self._records() if record.key == key), None)

    def _account(self, login: str) -> Account:
        account = self._directory.by_login(login)
        if account is None:
            raise KeyError(login)
        return account

    def _view(self, record: Record) -> RecordView:
        page, decided = self._pages[record.kind], record.decided
        return RecordView(
            record_id=record.key,
            number=page.number(record),
            title=page.title(record),
            url=page.link(record),
            status=decided.word.capitalize() if decided else page.status(record),
            fields=tuple(page.fields(record)),
            approvers=self._approvers(record),
        )

    def _approvers(self, record: Record) -> tuple[tuple[str, str, str], ...]:
        done = [(one.by.name, one.word, one.comments) for one in record.decisions]
        deciders = [account for account in self._directory if record.rights.may_decide(account)]
        waiting = [] if done else [(account.name, "requested", "") for account in deciders]
        return tuple(done + waiting)
