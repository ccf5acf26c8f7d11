"""What can be done at an app, as plain data: its operations, and how their answers are read.

What *template* and *query* mean is said in ``domain.catalog``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

OUR_ID: Final = "${action.id}"
"""The template's name of what marks an act as ours."""


class OperationKind(StrEnum):
    """What an operation is to the record it touches."""

    READ = "read"
    """Changes nothing."""
    CREATE = "create"
    """Makes or edits a record: nobody else's decision hangs on it."""
    DECIDE = "decide"
    """Settles a record for everyone (approve, reject): always checked first and read back after."""


class InputType(StrEnum):
    """How an input is sent where it is a whole JSON value; elsewhere it is text."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"


class Idempotency(StrEnum):
    """What protects an operation from happening twice."""

    NATIVE_KEY = "native_key"
    EXTERNAL_ID = "external_id"
    CHECK_BEFORE_ACT = "check_before_act"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to an app. ``url``, query, header and body strings are templates.

    A value of ``form`` is a template, or a JSON value that is sent as its text in that form field.
    """

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Reads the record to learn whether an operation has already had its effect, and by whom.

    ``done`` and ``decided`` are queries that answer true or false; ``actor`` and ``description`` are queries.
    ``done`` means: this very effect, by this very account. ``decided``: somebody settled it, one way or another.
    ``permitted`` (query): the record names this account as one who may; needed where the app does not check it itself.
    ``results``: the operation's results read from here, for one whose own answer was lost.
    ``success`` (query): true of every answer that can be believed; any other proves nothing, least of all "not done".
    ``absent_status``: statuses that mean that there is no such record, so that nothing was done and nobody decided.
    ``absent`` (query): true only of an answer that proves that this very act has not happened. Without it, what is
    neither done nor decided counts as that: enough only where the act is looked for by an id of ours.
    ``final`` (query): once it is done, whether the record is settled; false while the app waits for others.
    """

    request: Request
    done: str
    decided: str | None
    actor: str | None
    description: str | None
    permitted: str | None = None
    results: Mapping[str, str] = field(default_factory=dict)
    absent_status: Sequence[int] = ()
    success: str | None = None
    absent: str | None = None
    final: str | None = None

    @property
    def finds_ours(self) -> bool:
        """Whether it looks for what we made by our own id: what it finds is ours, the rest is not."""
        return OUR_ID in f"{self.request} {self.done}"


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Asks the app whom it recorded: queries for the account's id, and its name, in the app's own record.

    ``final`` (query): whether the record is settled; false while the app waits for others.
    """

    request: Request
    account_id: str
    name: str | None
    final: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """One value that an operation takes. ``pattern`` is a regular expression that the whole value must match."""

    title: str
    type: InputType = InputType.STRING
    required: bool = True
    pattern: str | None = None
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """How a reading operation's answer becomes the choices of a form.

    ``list`` is a query over the answer; ``value`` (what is sent on) and ``label`` (what people see) are queries over
    one element of what it finds.
    """

    list: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One named call to an app, and how its answers are read.

    Attributes:
        kind: whether it reads, creates or decides.
        inputs: what it takes, by name.
        results: name → query over the answer, for later steps, replies and the audit.
        success_status: statuses of a success; ``success`` (query) must also be true of the answer where given.
        refused_status: statuses that mean "you may not"; ``message`` (query) is the app's own sentence.
        may_not: query over any other refusing answer that is true when it means "you may not".
        already: query over a refusing answer that is true when the record had been settled before.
        changed: query over a refusing answer that is true when the record has moved since the person saw it.
        scopes: asked for at sign-in beside the app's own, where a deployed recipe uses this operation.
        choices: how its answer becomes the choices of a form; None where it has none.
        refusal: query over an answer with a status of success that is none: true when it was not done, for good.
        try_later: query over any answer without success: true when nothing was done and it may be asked again later.
        final: query over a successful answer: whether the record is settled; false while the app waits for others.
        key_hours: how long after it was first sent a call with a key of ours may be sent again.
    """

    id: str
    app: str
    title: str
    kind: OperationKind
    inputs: Mapping[str, Input]
    request: Request
    results: Mapping[str, str]
    success_status: Sequence[int]
    success: str | None
    refused_status: Sequence[int]
    message: str | None
    already: str | None
    idempotency: Idempotency
    check: Check | None
    read_back: ReadBack | None
    may_not: str | None = None
    changed: str | None = None
    scopes: Sequence[str] = ()
    choices: Choices | None = None
    refusal: str | None = None
    try_later: str | None = None
    final: str | None = None
    key_hours: int = 1

    @property
    def says_final(self) -> bool:
        """Whether it can be learned if the record is settled by it, or waits for others."""
        says = (self.final, self.read_back and self.read_back.final, self.check and self.check.final)
        return any(query is not None for query in says)

    def permitted_by(self, granted: Sequence[str]) -> bool:
        """Whether a sign-in with these scopes is enough. Where none are known it is tried: the app will say."""
        return not granted or set(self.scopes) <= set(granted)

    @property
    def reads_only(self) -> bool:
        """Whether it changes nothing, so that it may be sent again at any time."""
        return self.kind is OperationKind.READ
