"""Sign-ins, connections, seals, queue and audit in memory. ``tests/contract`` holds them to what the real ones do."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from countersign.domain.audit import AuditEvent, kept_facts
from countersign.domain.connection import Connection, CutBy, Status
from countersign.domain.errors import Conflict, LeaseBusy, SealBroken, StoreUnavailable
from countersign.domain.identity import Person
from countersign.domain.limits import Limit
from countersign.domain.proof import WantedCode
from countersign.domain.sign_in import CODE_SECONDS, Intent, IntentStatus, Leg
from countersign.domain.tokens import Sealed, SealOwner
from countersign.ports.keys import Seal
from countersign.ports.system import Journal

HELP_AFTER = 180
SEEN_SECONDS = 26 * 3_600


@dataclass
class MemorySignInStore:
    """Implements ``ports.SignInStore``. ``broken`` makes every call raise StoreUnavailable."""

    intents: dict[str, Intent] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    postponed: dict[str, int] = field(default_factory=dict)
    seen: dict[str, tuple[str, int]] = field(default_factory=dict)
    codes: dict[str, WantedCode] = field(default_factory=dict)
    used: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    """Since when, and how often, by limit and whose it is."""
    writes: int = 0
    broken: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put_intent(self, intent: Intent) -> None:
        self._write()
        if intent.id_hash in self.intents:
            raise Conflict("there is one")
        self.intents[intent.id_hash] = intent

    def get_intent(self, id_hash: str) -> Intent | None:
        self._answer()
        return self.intents.get(id_hash)

    def links_of(self, person: Person, since: int, after: str | None, limit: int) -> tuple[Sequence[str], str | None]:
        self._answer()
        theirs = [each for each in self.intents.values() if each.person == person and each.created_at >= since]
        keys = sorted(f"{each.created_at:010}#{each.id_hash}" for each in theirs)
        left = [key for key in keys if after is None or key > after]
        page = left[:limit]
        return [key.partition("#")[2] for key in page], page[-1] if len(left) > limit else None

    def save_intent(self, intent: Intent, *, was: Intent) -> None:
        self._write()
        there = self.intents.get(was.id_hash)
        if there is None or _state(there) != _state(was):
            raise Conflict("the intent moved")
        changes = {
            "status": intent.status,
            "wrong_workspace_tries": intent.wrong_workspace_tries,
            "opened_at": intent.opened_at,
        }
        self.intents[intent.id_hash] = replace(there, **changes)

    def save_prompt(self, id_hash: str, prompt: Sealed) -> None:
        self._write()
        if id_hash in self.intents:
            self.intents[id_hash] = replace(self.intents[id_hash], prompt=prompt)

    def put_leg(self, leg: Leg) -> None:
        self._write()
        if leg.id_hash in self.legs:
            raise Conflict("there is one")
        self.legs[leg.id_hash] = leg

    def get_leg(self, id_hash: str) -> Leg | None:
        self._answer()
        return self.legs.get(id_hash)

    def consume_leg(self, leg: Leg) -> bool:
        self._write()
        with self.lock:
            if leg.id_hash not in self.legs or leg.id_hash in self.spent:
                return False
            self.spent.add(leg.id_hash)
            return True

    def decline_leg(self, leg: Leg, now: int) -> bool:  # noqa: ARG002 - a declined leg is due at once here
        if not self.consume_leg(leg):
            return False
        self.legs[leg.id_hash] = replace(self.legs[leg.id_hash], declined=True)
        return True

    def due(self, now: int, limit: int) -> Sequence[Intent | Leg]:
        lost = [intent for intent in self.intents.values() if _help_due(intent, now)]
        unconfirmed = [leg for leg in self.legs.values() if leg.sealed and (leg.declined or leg.expires_at <= now)]
        waiting = [row for row in [*lost, *unconfirmed] if self.postponed.get(row.id_hash, 0) <= now]
        return [row for row in waiting if row.id_hash not in self.settled][:limit]

    def settle(self, row: Intent | Leg) -> bool:
        self._write()
        if row.id_hash in self.settled:
            return False
        self.settled.add(row.id_hash)
        if isinstance(row, Leg) and row.id_hash in self.legs:
            self.legs[row.id_hash] = replace(self.legs[row.id_hash], sealed=None)
        return True

    def postpone(self, row: Intent | Leg, due_at: int) -> None:
        self.postponed[row.id_hash] = due_at

    def first_sight(self, key: str, delivery: str, now: int) -> bool:
        return self._claim(key, delivery, now, SEEN_SECONDS)

    def claim_code(self, mark: str, whose: str, now: int) -> bool:
        return self._claim(f"code_seen#{mark}", whose, now, CODE_SECONDS)

    def _claim(self, key: str, delivery: str, now: int, seconds: int) -> bool:
        self._write()
        with self.lock:
            there = self.seen.get(key)
            if there is not None and there[0] != delivery and there[1] >= now:
                return False
            self.seen[key] = (delivery, now + seconds)
            return True

    def want_code(self, wanted: WantedCode) -> None:
        self._write()
        self.codes[wanted.person.key] = wanted

    def wanted_code(self, person: Person) -> WantedCode | None:
        self._answer()
        return self.codes.get(person.key)

    def save_code(self, wanted: WantedCode, *, was: WantedCode) -> None:
        self._write()
        with self.lock:
            if self.codes.get(was.person.key) != was:
                raise Conflict("the code moved")
            self.codes[was.person.key] = wanted

    def take(self, limit: Limit, whose: str, now: int) -> bool:
        self._write()
        with self.lock:
            since, used = self.used.get((limit.name, whose), (now, 0))
            if since + limit.seconds <= now:
                since, used = now, 0
            if used >= limit.most:
                return False
            self.used[limit.name, whose] = (since, used + 1)
            return True

    def give_back(self, limit: Limit, whose: str, taken_at: int) -> None:
        self._write()
        since, used = self.used.get((limit.name, whose), (0, 0))
        if since <= taken_at < since + limit.seconds and used > 0:
            self.used[limit.name, whose] = (since, used - 1)

    def _write(self) -> None:
        self._answer()
        self.writes += 1

    def _answer(self) -> None:
        if self.broken:
            raise StoreUnavailable("the store is broken")


@dataclass
class MemoryConnectionStore:
    """Implements ``ports.ConnectionStore``."""

    rows: dict[tuple[str, str], Connection] = field(default_factory=dict)
    aside: dict[tuple[str, str, int, int], tuple[Connection, int]] = field(default_factory=dict)
    """Retired connections, each with the time from which it is due."""
    due_at: dict[tuple[str, str], int] = field(default_factory=dict)
    holders: dict[tuple[str, str, str], dict[str, Person]] = field(default_factory=dict)
    broken: bool = False

    def get(self, person: Person, app: str) -> Connection | None:
        return self.rows.get((person.key, app))

    def list(self, person: Person) -> Sequence[Connection]:
        return [row for (key, _), row in sorted(self.rows.items()) if key == person.key]

    def places(self, person: Person) -> Sequence[tuple[str, str]]:
        return [(row.app, row.workspace) for row in self.list(person) if row.status is not Status.REVOKING]

    def put(self, connection: Connection, *, replaces: int | None, account: str = "") -> None:
        self._answer()
        there = self.get(connection.person, connection.app)
        if (there.version if there else None) != replaces:
            raise Conflict("the row moved")
        if there is not None and account not in ("", there.account.id):
            raise Conflict("another account stands there")
        self._set(connection)

    def set_revoking(
        self,
        connection: Connection,
        *,
        now: int,
        due_at: int,
        steward: Person | None = None,
        cut_by: CutBy | None = None,
    ) -> None:
        there = self.get(connection.person, connection.app)
        if there is None or (there.account.id, there.sign_in) != (connection.account.id, connection.sign_in):
            raise Conflict("another connection stands there")
        changes = {"revoking_since": there.revoking_since or now, "steward": steward or there.steward}
        changes["cut_by"] = there.cut_by or cut_by
        self._set(replace(there, status=Status.REVOKING, upkeep_at=None, **changes))
        self.due_at[connection.person.key, connection.app] = due_at

    def lease(self, connection: Connection, owner: str, until: int, now: int) -> Connection:
        there = self.get(connection.person, connection.app)
        if there is None or there.version != connection.version or there.status is not Status.LIVE:
            raise Conflict("the row moved")
        if there.leased_to_another(owner, now):
            raise LeaseBusy("another worker is refreshing")
        return self._set(replace(there, lease_owner=owner, lease_until=until, refresh_sent=True))

    def save_refreshed(self, connection: Connection, owner: str) -> None:
        there = self.get(connection.person, connection.app)
        if there is None or there.lease_owner != owner or there.version != connection.version - 1:
            raise Conflict("the lease is not ours")
        upkeep_at = connection.upkeep_at if there.status is Status.LIVE else None
        saved = replace(connection, status=there.status, upkeep_at=upkeep_at)
        self._set(replace(saved, lease_owner=None, lease_until=0, refresh_sent=False))

    def save_cut(self, connection: Connection) -> None:
        there = self.get(connection.person, connection.app)
        if there is None or there.version != connection.version - 1 or there.status is not Status.REVOKING:
            raise Conflict("the row moved")
        changes = {name: getattr(connection, name) for name in ("sealed", "version", "expires_at")}
        self._set(replace(there, **changes))

    def needs_sign_in(self, connection: Connection) -> None:
        there = self.get(connection.person, connection.app)
        if there is None or there.version != connection.version or there.status is not Status.LIVE:
            return
        if there.lease_owner in (None, connection.lease_owner):
            ended = replace(there, status=Status.NEEDS_SIGN_IN, upkeep_at=0 if there.shared else None)
            self._set(replace(ended, lease_owner=None, lease_until=0, refresh_sent=False))

    def release(self, connection: Connection, owner: str, *, in_doubt: bool) -> None:
        there = self.get(connection.person, connection.app)
        if there is not None and there.lease_owner == owner:
            self._set(replace(there, lease_owner=None, lease_until=0, refresh_sent=in_doubt))

    def touch(self, connection: Connection, now: int) -> None:
        there = self.get(connection.person, connection.app)
        if there is not None and there.version == connection.version:
            self._set(replace(there, last_used_at=now))

    @property
    def retired(self) -> Sequence[Connection]:
        return [connection for connection, _ in self.aside.values()]

    def retire(self, connection: Connection, *, now: int, due_at: int) -> None:
        self._answer()
        retired = replace(connection, status=Status.REVOKING, revoking_since=now, retired=True, upkeep_at=None)
        self.aside[_retired_key(connection)] = (retired, due_at)

    def delete(self, connection: Connection) -> bool:
        if connection.retired:
            return self.aside.pop(_retired_key(connection), None) is not None
        if not self._is_cut(connection):
            return False
        del self.rows[connection.person.key, connection.app]
        self._let_go(connection)
        return True

    def hold_account(self, connection: Connection) -> Sequence[Person]:
        self._answer()
        self._let_go(connection)
        held = self.holders.setdefault(_account_key(connection), {})
        held[connection.person.key] = connection.person
        return [held[key] for key in sorted(held)]

    def _let_go(self, connection: Connection) -> None:
        for (tenant, app, _), held in self.holders.items():
            if (tenant, app) == (connection.person.tenant, connection.app):
                held.pop(connection.person.key, None)

    def due(self, now: int, limit: int) -> Sequence[Connection]:
        cut = [self.rows[key] for key, due_at in self.due_at.items() if due_at <= now and key in self.rows]
        return [*cut, *(row for row, due_at in self.aside.values() if due_at <= now)][:limit]

    def upkeep_due(self, now: int, limit: int) -> Sequence[Connection]:
        due = [row for row in self.rows.values() if row.upkeep_at is not None and row.upkeep_at <= now]
        return sorted(due, key=lambda row: row.upkeep_at or 0)[:limit]

    def claim_upkeep(self, connection: Connection, *, now: int, until: int) -> bool:
        self._answer()
        there = self.get(connection.person, connection.app)
        if there is None or there.version != connection.version:
            return False
        if there.upkeep_at is None or there.upkeep_at > now:
            return False
        self._set(replace(there, upkeep_at=until))
        return True

    def plan_upkeep(self, connection: Connection) -> None:
        self._answer()
        there = self.get(connection.person, connection.app)
        if there is not None and (there.version, there.status) == (connection.version, connection.status):
            self._set(replace(there, upkeep_at=connection.upkeep_at, warned=connection.warned))

    def postpone(self, connection: Connection, due_at: int, *, failed: bool = False) -> None:
        if connection.retired and _retired_key(connection) in self.aside:
            there = self.aside[_retired_key(connection)][0]
            postponed = replace(there, revocation_failed=failed or there.revocation_failed)
            self.aside[_retired_key(connection)] = (postponed, due_at)
        elif not connection.retired and self._is_cut(connection):
            there = self.rows[connection.person.key, connection.app]
            self._set(replace(there, revocation_failed=failed or there.revocation_failed))
            self.due_at[connection.person.key, connection.app] = due_at

    def _is_cut(self, connection: Connection) -> bool:
        there = self.get(connection.person, connection.app)
        return there is not None and there.version == connection.version and there.status is Status.REVOKING

    def _answer(self) -> None:
        if self.broken:
            raise StoreUnavailable("the store is broken")

    def _set(self, connection: Connection) -> Connection:
        self.rows[connection.person.key, connection.app] = connection
        return connection


@dataclass
class MemorySealer:
    """Implements ``ports.Opener``: opens for the very owner only, and is no cryptography."""

    sealed: int = 0
    broken: bool = False

    def prepare(self, owner: SealOwner) -> Seal:
        if self.broken:
            raise StoreUnavailable("the key service is broken")
        return lambda plaintext: self._sealed(plaintext, owner)

    def seal(self, plaintext: Mapping[str, Any], owner: SealOwner) -> Sealed:
        return self.prepare(owner)(plaintext)

    def _sealed(self, plaintext: Mapping[str, Any], owner: SealOwner) -> Sealed:
        self.sealed += 1
        context = json.dumps(owner.encryption_context(), sort_keys=True).encode()
        return Sealed("memory", context, owner.additional_data(), json.dumps(plaintext).encode())

    def open(self, sealed: Sealed, owner: SealOwner) -> Mapping[str, Any]:
        context = json.dumps(owner.encryption_context(), sort_keys=True).encode()
        if (sealed.encrypted_key, sealed.nonce) != (context, owner.additional_data()):
            raise SealBroken("sealed to another owner")
        opened: Mapping[str, Any] = json.loads(sealed.ciphertext)
        return opened


@dataclass
class MemoryQueue:
    """Implements ``ports.Queue``: keeps what was sent; what was sent with a delay rests, too."""

    sent: list[Mapping[str, Any]] = field(default_factory=list)
    resting: list[Mapping[str, Any]] = field(default_factory=list)
    broken: bool = False

    def send(self, body: Mapping[str, Any], *, delay: int = 0) -> None:
        if self.broken:
            raise StoreUnavailable("the queue is broken")
        message = json.loads(json.dumps(body))
        self.sent.append(message)
        if delay:
            self.resting.append(message)

    @property
    def kinds(self) -> list[str]:
        return [str(body["kind"]) for body in self.sent]


@dataclass
class MemoryAuditLog:
    """Implements ``ports.AuditLog``; each event is told to ``journal`` too, where there is one."""

    events: list[tuple[str, Person | None, Mapping[str, str]]] = field(default_factory=list)
    journal: Journal | None = None
    written: set[tuple[str, int | None, str]] = field(default_factory=set)
    failing: list[str] = field(default_factory=list)
    """Events whose next write fails, each once."""

    def record(
        self,
        event: str,
        person: Person | None,
        facts: Mapping[str, str | None],
        *,
        once: str,
        at: int | None = None,
        tried_at: int | None = None,  # noqa: ARG002 - events have no time here
    ) -> None:
        if event in self.failing:
            self.failing.remove(event)
            raise StoreUnavailable("the audit trail is broken")
        if (event, at, once) in self.written:
            return
        self.written.add((event, at, once))
        kept = kept_facts(facts)
        self.events.append((event, person, kept))
        if self.journal is not None:
            who = {"tenant": person.tenant, "person": person.user_id} if person else {}
            self.journal(event, **{**kept, **who})

    def as_events(self) -> list[AuditEvent]:
        return [AuditEvent("", 0, name, person, facts) for name, person, facts in self.events]

    def of(self, event: str) -> list[Mapping[str, str]]:
        """The facts of every event of this name."""
        return [facts for name, _, facts in self.events if name == event]

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.events]


def _account_key(connection: Connection) -> tuple[str, str, str]:
    return connection.person.tenant, connection.app, connection.account.id


def _retired_key(connection: Connection) -> tuple[str, str, int, int]:
    return connection.person.key, connection.app, connection.version, connection.connected_at


def _state(intent: Intent) -> tuple[IntentStatus, int]:
    return intent.status, intent.wrong_workspace_tries


def _help_due(intent: Intent, now: int) -> bool:
    opened = intent.opened_at
    return opened is not None and intent.status is IntentStatus.OPEN and opened + HELP_AFTER <= now
