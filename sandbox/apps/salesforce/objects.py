"""The org's objects: which fields each has, which records there are, and Salesforce's 18-character ids."""

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.apps.accounts import Account

type Record = dict[str, Any]

SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
SHORT_ID = 15
PREFIXES = {
    "Organization": "00D",
    "User": "005",
    "Opportunity": "006",
    "ProcessInstance": "04g",
    "ProcessInstanceStep": "04h",
    "ProcessInstanceWorkitem": "04i",
}


@dataclass(frozen=True)
class ObjectType:
    """Fields with their types, relationships (name → field, object), and what a create must and may give.

    `children`: relationships to what refers to it (name → object, its field).
    """

    fields: Mapping[str, str]
    relations: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    writable: frozenset[str] = frozenset()
    children: Mapping[str, tuple[str, str]] = field(default_factory=dict)


AUDITED = {"Id": "id", "CreatedDate": "datetime", "CreatedById": "id"}
CREATED_BY = {"CreatedBy": ("CreatedById", "User")}
ACTORS = {"Actor": ("ActorId", "User"), "OriginalActor": ("OriginalActorId", "User")}
INSTANCE = {"ProcessInstance": ("ProcessInstanceId", "ProcessInstance")}
OPPORTUNITY_INPUT = {
    "Name": "string",
    "StageName": "string",
    "CloseDate": "date",
    "Amount": "currency",
    "Description": "string",
    "NextStep": "string",
    "Type": "string",
    "OwnerId": "id",
    "Countersign_Id__c": "string",
}
OBJECTS: dict[str, ObjectType] = {
    "User": ObjectType({"Id": "id", "Name": "string", "Username": "string", "Email": "string", "IsActive": "boolean"}),
    "Opportunity": ObjectType(
        AUDITED | OPPORTUNITY_INPUT | {"LastModifiedDate": "datetime", "LastModifiedById": "id"},
        CREATED_BY | {"Owner": ("OwnerId", "User"), "LastModifiedBy": ("LastModifiedById", "User")},
        ("Name", "StageName", "CloseDate"),
        frozenset(OPPORTUNITY_INPUT),
    ),
    "ProcessInstance": ObjectType(
        AUDITED
        | {"TargetObjectId": "id", "Status": "string", "LastActorId": "id", "SubmittedById": "id"}
        | {"CompletedDate": "datetime"},
        CREATED_BY
        | {"TargetObject": ("TargetObjectId", "Opportunity"), "LastActor": ("LastActorId", "User")}
        | {"SubmittedBy": ("SubmittedById", "User")},
        children={
            "Steps": ("ProcessInstanceStep", "ProcessInstanceId"),
            "Workitems": ("ProcessInstanceWorkitem", "ProcessInstanceId"),
        },
    ),
    "ProcessInstanceStep": ObjectType(
        AUDITED
        | {"ProcessInstanceId": "id", "StepStatus": "string", "ActorId": "id", "OriginalActorId": "id"}
        | {"Comments": "string"},
        CREATED_BY | ACTORS | INSTANCE,
    ),
    "ProcessInstanceWorkitem": ObjectType(
        AUDITED | {"ProcessInstanceId": "id", "ActorId": "id", "OriginalActorId": "id"}, CREATED_BY | ACTORS | INSTANCE
    ),
}


def record_id(object_name: str, number: int) -> str:
    """The 18-character id of the object's n-th record."""
    return long_id(f"{PREFIXES[object_name]}Hs0000{number:06d}")


def long_id(short: str) -> str:
    """18 characters from 15: three more that say which letters are capital, so that case may get lost."""
    chunks = [short[start : start + 5] for start in range(0, SHORT_ID, 5)]
    bits = [sum(1 << place for place, letter in enumerate(chunk) if letter.isupper()) for chunk in chunks]
    return short + "".join(SUFFIX[value] for value in bits)


class Org:
    """All records of the org, in memory; `lock` makes a decision one step."""

    def __init__(self, accounts: Iterable[Account], clock: Callable[[], float]) -> None:
        self.lock = threading.RLock()
        self._clock = clock
        self._records: dict[str, dict[str, Record]] = {name: {} for name in OBJECTS}
        self._numbers = {name: itertools.count(1) for name in OBJECTS}
        for account in accounts:
            self._records["User"][account.account_id] = {
                "Id": account.account_id,
                "Name": account.name,
                "Username": account.login,
                "Email": account.email,
                "IsActive": True,
            }

    def all(self, object_name: str) -> list[Record]:
        """The object's records, oldest first."""
        with self.lock:
            return [dict(record) for record in self._records[object_name].values()]

    def get(self, object_name: str, key: str) -> Record | None:
        """The record with this id, of 15 or 18 characters."""
        with self.lock:
            found = self._records[object_name].get(long_id(key) if len(key) == SHORT_ID else key)
            return dict(found) if found else None

    def create(self, object_name: str, fields: Record, *, by: str) -> Record:
        """A new record made by the user `by`; fields that aren't given are null."""
        with self.lock:
            blank = dict.fromkeys(OBJECTS[object_name].fields)
            stamps = {"CreatedDate": self.now(), "CreatedById": by}
            if object_name == "Opportunity":
                stamps |= {"LastModifiedDate": self.now(), "LastModifiedById": by}
            new_id = record_id(object_name, next(self._numbers[object_name]))
            record = blank | stamps | fields | {"Id": new_id}
            self._records[object_name][new_id] = record
            return dict(record)

    def update(self, object_name: str, key: str, fields: Record) -> None:
        """Change a record."""
        with self.lock:
            self._records[object_name][key] |= fields

    def delete(self, object_name: str, key: str) -> None:
        """Remove a record."""
        with self.lock:
            del self._records[object_name][key]

    def now(self) -> str:
        """The time as the REST API writes it."""
        return datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def today(self) -> datetime:
        """The time as a datetime, UTC."""
        return datetime.fromtimestamp(self._clock(), UTC)


def read_path(org: Org, object_name: str, record: Record, path: str) -> tuple[bool, Any]:
    """(known, value) of a field, also through relationships (`ProcessInstance.TargetObjectId`); names ignore case."""
    first, _, rest = path.partition(".")
    kind = OBJECTS[object_name]
    if not rest:
        name = next((name for name in kind.fields if name.lower() == first.lower()), None)
        return (True, record[name]) if name else (False, None)
    relation = next((kind.relations[name] for name in kind.relations if name.lower() == first.lower()), None)
    if relation is None:
        return False, None
    referred = org.get(relation[1], record[relation[0]] or "")
    if referred is None:
        known = {**dict.fromkeys(OBJECTS[relation[1]].fields)}
        return read_path(org, relation[1], known, rest)[0], None
    return read_path(org, relation[1], referred, rest)
