"""Everything that leaves the product while a stack runs: what was logged, raised, answered, queued, stored, said."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Final

import boto3

from countersign.adapters import aws
from countersign.entrypoints import hooks, install, oauth, slack
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess
from sandbox.people import PEOPLE
from sandbox.stack.layout import REPOSITORY

OURS: Final = str(REPOSITORY / "layers" / "core")
LOGGERS: Final = (
    "countersign",
    "botocore",
    "urllib3",
    "requests",
    "requests_oauthlib",
    "oauthlib",
    "slack_sdk",
    "py.warnings",
)
ANSWERS: Final[tuple[CodeType, ...]] = tuple(each.handle.__code__ for each in (hooks, install, oauth, slack))
WRITES: Final = {"sqs": ("SendMessage",), "dynamodb": ("PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem")}
_EVENTS: Final = sys.monitoring.events


@dataclass
class Outputs(logging.Handler):
    """Place → all that came out there."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    __hash__ = logging.Handler.__hash__

    def add(self, place: str, what: object) -> None:
        """Something came out."""
        self.found.setdefault(place, []).append(what if isinstance(what, str) else repr(what))

    def emit(self, record: logging.LogRecord) -> None:
        """A record of a log, before anything is masked in it, with its exception."""
        self.add("log", repr(vars(record)))
        self.add("log", record.getMessage())
        if record.exc_info:
            self.add("log", logging.Formatter().formatException(record.exc_info))

    def raised(self, code: CodeType, _offset: int, error: BaseException) -> None:
        """An exception came out of a function of the product's."""
        if code.co_filename.startswith(OURS):
            self.add("exception", f"{error} {error!r} {error.__notes__ if hasattr(error, '__notes__') else ''}")

    def answered(self, _code: CodeType, _offset: int, answer: Any) -> None:
        """An HTTP answer."""
        self.add("page", answer["body"])

    def sent(self, model: Any, params: Any, **_: Any) -> None:
        """A request to AWS that queues or stores something."""
        service = model.service_model.service_name
        if model.name in WRITES.get(service, ()):
            body = params["body"]
            self.add("queue" if service == "sqs" else "table", body if isinstance(body, str) else body.decode())

    def look_around(self, stack: OneProcess) -> None:
        """What is stored, queued and seen now, and what was noted."""
        dynamodb = boto3.client("dynamodb")
        for name in dynamodb.list_tables()["TableNames"]:
            self.add("table", json.dumps(dynamodb.scan(TableName=name)["Items"], default=repr))
        for person in PEOPLE:
            self.add("chat", json.dumps(_without_links(Person(stack, person.name).screen())))
        self.add("log", repr(stack.notes.events))


def _without_links(value: Any) -> Any:
    """What a button leads to is in no text."""
    if isinstance(value, dict):
        return {name: _without_links(inner) for name, inner in value.items() if name != "url"}
    return [_without_links(inner) for inner in value] if isinstance(value, list) else value


@contextmanager
def catching() -> Iterator[Outputs]:
    """Catch everything, for as long as the block runs inside a stack."""
    outputs, monitoring = Outputs(), sys.monitoring
    tool = next(number for number in (4, 2, 3) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign outputs")
    monitoring.register_callback(tool, _EVENTS.PY_RETURN, outputs.answered)
    monitoring.register_callback(tool, _EVENTS.RAISE, outputs.raised)
    for code in ANSWERS:
        monitoring.set_local_events(tool, code, _EVENTS.PY_RETURN)
    monitoring.set_events(tool, _EVENTS.RAISE)
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).addHandler(outputs)
    logging.getLogger("countersign").setLevel(logging.DEBUG)
    for service in WRITES:
        aws.client(service).meta.events.register("before-call", outputs.sent)  # type: ignore[call-overload]
    try:
        yield outputs
    finally:
        monitoring.set_events(tool, _EVENTS.NO_EVENTS)
        for code in ANSWERS:
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)
        for name, level in levels.items():
            logging.getLogger(name).removeHandler(outputs)
            logging.getLogger(name).setLevel(level)
