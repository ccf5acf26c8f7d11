"""What most routes do, ready made: who am I, read, search, create, upsert, update, decide."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.apps.accounts import Account
from sandbox.apps.description import Json
from sandbox.apps.rest.call import Action, Answer, Call, Shape
from sandbox.apps.rest.store import Record, Rights


def _bare(records: Sequence[Any]) -> Any:
    return list(records)


def me(shape: Callable[[Account], Any]) -> Action:
    """The account that calls."""
    return lambda call: Answer(200, shape(call.who))


def read(kind: str, record_id: str, shape: Shape) -> Action:
    """One record; `record_id` is a format over the path's values."""
    return lambda call: Answer(200, shape(call.record(kind, record_id)))


def search(
    kind: str,
    matches: Callable[[Call, Record], bool],
    shape: Shape,
    wrap: Callable[[Sequence[Any]], Any] = _bare,
) -> Action:
    """The records that the caller may see and that match; `wrap` makes the vendor's envelope."""
    return lambda call: Answer(200, wrap([shape(record) for record in call.of(kind) if matches(call, record)]))


def create(
    kind: str,
    fields: Callable[[Call], Json],
    answer: Callable[[Record], Answer],
    *,
    once: Callable[[Call], str | None] = lambda _call: None,
    rights: Callable[[Call], Rights] = lambda _call: Rights(),
) -> Action:
    """A new record; `once` is the idempotency key of the request, if the vendor has such a thing."""

    def act(call: Call) -> Answer:
        return answer(call.store.create(call.caller, kind, fields(call), rights(call), once=once(call)))

    return act


def upsert(
    kind: str,
    external_id: str,
    fields: Callable[[Call], Json],
    answer: Callable[[Record, bool], Answer],
) -> Action:
    """Make or change the record that has this id of ours (a format over the path); `answer` learns if it was made."""

    def act(call: Call) -> Answer:
        wanted, new = external_id.format(**call.at), fields(call)
        found = next((record for record in call.of(kind) if record.fields.get("external_id") == wanted), None)
        if found is None:
            made = call.store.create(call.caller, kind, new | {"external_id": wanted})
            return answer(made, True)
        call.store.change(call.caller, found, new)
        return answer(found, False)

    return act


def update(
    kind: str,
    record_id: str,
    fields: Callable[[Call, Record], Json],
    answer: Callable[[Record], Answer],
    act: Callable[[Json], str] = lambda _fields: "updated",
) -> Action:
    """Change a record, for whoever may edit it; `act` is the word in the audit, from the fields that change."""

    def run(call: Call) -> Answer:
        record = call.record(kind, record_id)
        new = fields(call, record)
        call.store.change(call.caller, record, new, act(new))
        return answer(record)

    return run


def decide(
    kind: str,
    record_id: str,
    decision: Callable[[Call, Record], tuple[str, str]],
    answer: Callable[[Record], Answer],
    *,
    again: bool = False,
) -> Action:
    """Decide a record, for its approvers; `decision` reads (the audit's word, comments) from the call."""

    def act(call: Call) -> Answer:
        record = call.record(kind, record_id)
        word, comments = decision(call, record)
        call.store.decide(call.caller, record, word, comments, again=again)
        return answer(record)

    return act
