"""An app's records in memory: who may read, edit and decide them, and who did."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.apps.accounts import Account
from sandbox.apps.audit import AuditTrail, Caller
from sandbox.apps.description import Json
from sandbox.apps.rest.problem import Problem


def person(account: Account) -> str:
    """The short name by which rights name somebody: the part of the e-mail before the @ (`josie`)."""
    return account.email.partition("@")[0]


@dataclass(frozen=True)
class Rights:
    """Who may do what to a record, by short names; None is everybody with an account."""

    read: frozenset[str] | None = None
    edit: frozenset[str] | None = None
    decide: frozenset[str] = frozenset()

    def may_read(self, account: Account) -> bool:
        """Whether the account sees the record."""
        return self.read is None or person(account) in self.read

    def may_edit(self, account: Account) -> bool:
        """Whether the account may change it."""
        return self.may_read(account) and (self.edit is None or person(account) in self.edit)

    def may_decide(self, account: Account) -> bool:
        """Whether the account is one of its approvers."""
        return person(account) in self.decide


@dataclass(frozen=True)
class Decision:
    """What somebody decided, in the vendor's word; `at` is in seconds since the epoch, `details` are the vendor's."""

    by: Account
    word: str
    comments: str
    at: float
    details: Json = field(default_factory=dict)


@dataclass
class Record:
    """One record: its `id` is the vendor's, `fields` are as the vendor names them."""

    kind: str
    id: str
    number: int
    fields: Json
    made_by: Account
    made_at: float
    rights: Rights = Rights()
    decisions: list[Decision] = field(default_factory=list)
    changed_by: Account | None = None
    changed_at: float = 0.0

    @property
    def key(self) -> str:
        """An id that fits into one segment of a path, for the sandbox's own routes."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"{self.kind}/{self.id}").hex

    @property
    def decided(self) -> Decision | None:
        """The last decision."""
        return self.decisions[-1] if self.decisions else None


class Store:
    """All records of one app. `lock` makes a whole call one step.

    `new_id` gives the vendor's id of the n-th record of a kind; `name` is what the audit calls a record.
    """

    def __init__(
        self,
        audit: AuditTrail,
        clock: Callable[[], float],
        new_id: Callable[[str, int], str],
        name: Callable[[Record], str],
    ) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self._audit = audit
        self._new_id = new_id
        self._name = name
        self._records: dict[tuple[str, str], Record] = {}
        self._once: dict[tuple[str, str, str], Record] = {}

    def add(self, kind: str, fields: Json, by: Account, rights: Rights | None = None, *, id: str = "") -> Record:  # noqa: A002 - the word for it
        """A new record that `by` made, with the next id of its kind unless one is given."""
        with self.lock:
            number = sum(known == kind for known, _ in self._records) + 1
            record_id = id or self._new_id(kind, number)
            now = self.clock()
            record = Record(kind, record_id, number, dict(fields), by, now, rights or Rights(), changed_at=now)
            self._records[kind, record_id] = record
            return record

    def get(self, kind: str, record_id: str) -> Record | None:
        """The record, whoever asks."""
        return self._records.get((kind, record_id))

    def all(self, kind: str) -> list[Record]:
        """Every record of the kind, oldest first."""
        with self.lock:
            return [record for (known, _), record in self._records.items() if known == kind]

    def read(self, kind: str, record_id: str, who: Account) -> Record:
        """The record as `who` sees it; raises `Problem` not_found."""
        record = self.get(kind, record_id)
        if record is None or not record.rights.may_read(who):
            raise Problem("not_found")
        return record

    def create(
        self,
        caller: Caller,
        kind: str,
        fields: Json,
        rights: Rights | None = None,
        *,
        id: str = "",  # noqa: A002 - the word for it
        once: str | None = None,
    ) -> Record:
        """Make a record as the caller; a second call of the caller with the same `once` gets the first one's record."""
        with self.lock:
            slot = (kind, caller.account.account_id, once or "")
            if once and slot in self._once:
                return self._once[slot]
            record = self.add(kind, fields, caller.account, rights, id=id)
            self._audit.add(caller, "created", record=self._name(record), record_id=record.id)
            if once:
                self._once[slot] = record
            return record

    def change(self, caller: Caller, record: Record, fields: Json, act: str = "updated", comments: str = "") -> None:
        """Change the record as the caller, who needs the right to edit; raises `Problem` forbidden."""
        with self.lock:
            if not record.rights.may_edit(caller.account):
                raise Problem("forbidden")
            record.fields |= fields
            record.changed_by, record.changed_at = caller.account, self.clock()
            self._audit.add(caller, act, record=self._name(record), record_id=record.id, comments=comments)

    def decide(
        self,
        caller: Caller,
        record: Record,
        word: str,
        comments: str = "",
        *,
        again: bool = False,
        details: Json | None = None,
    ) -> Decision:
        """Decide as the caller, who must be an approver; raises `Problem` forbidden, or settled unless `again`."""
        with self.lock:
            if not record.rights.may_decide(caller.account):
                raise Problem("forbidden")
            if record.decided and not again:
                raise Problem("settled")
            return self.note(caller, record, word, comments, details)

    def note(
        self, caller: Caller, record: Record, word: str, comments: str = "", details: Json | None = None
    ) -> Decision:
        """Write a decision down, whoever decides: for vendors that don't say that they ask."""
        with self.lock:
            decision = Decision(caller.account, word, comments, self.clock(), details or {})
            record.decisions.append(decision)
            record.changed_by, record.changed_at = caller.account, decision.at
            self._audit.add(caller, word, record=self._name(record), record_id=record.id, comments=comments)
            return decision
