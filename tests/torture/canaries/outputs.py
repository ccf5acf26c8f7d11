"""Everything that leaves the product while a stack runs: what was logged, raised, answered, queued, stored, said."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Final

import boto3

from countersign.adapters import aws
from countersign.adapters.http import HardenedAdapter
from countersign.adapters.log_lines import PlainFormatter
from countersign.adapters.logging import RedactingFormatter
from countersign.entrypoints import hooks, install, oauth, queues, slack
from sandbox.one_process import functions
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess
from sandbox.people import PEOPLE
from sandbox.slack.response_urls import ResponseUrls
from sandbox.slack.web_api import routes as web_api
from sandbox.stack.layout import REPOSITORY
from tests.torture.canaries.kinds import code_of
from tests.torture.canaries.plants import Plants

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
FORMATTERS: Final = (PlainFormatter(), RedactingFormatter(utc=True))
"""Those of the functions: their lines are what a local stack's log files and CloudWatch get."""
FUNCTIONS: Final[Mapping[CodeType, str]] = {code_of(handler): name for name, handler in functions.HANDLERS.items()}
ANSWERING: Final = frozenset(code_of(each.handle) for each in (hooks, install, oauth, slack))
TAKEN: Final = code_of(queues._take)
SAID: Final = code_of(web_api._arguments)
REPLIED: Final = code_of(ResponseUrls.respond)
ASKED: Final = code_of(HardenedAdapter.send)
CHATTING: Final = ("chat.", "views.")
"""What the names of Slack's methods begin with that show people something."""
STATE: Final = "private_metadata"
UNSEEN: Final = frozenset({"url", STATE})
"""What a button leads to is in no text, and what a form keeps is sent back to the app alone."""
WRITES: Final = {"sqs": ("SendMessage",), "dynamodb": ("PutItem", "UpdateItem", "TransactWriteItems", "BatchWriteItem")}
PLACES: Final = frozenset(
    {"log", "line", "exception", "page", "header", "address", "queue", "dead letter", "table", "chat", "form's state"}
)
_EVENTS: Final = sys.monitoring.events
_AT: Final = {
    **dict.fromkeys(FUNCTIONS, _EVENTS.PY_START),
    **dict.fromkeys(ANSWERING, _EVENTS.PY_START | _EVENTS.PY_RETURN),
    TAKEN: _EVENTS.PY_RETURN,
    SAID: _EVENTS.PY_RETURN,
    REPLIED: _EVENTS.PY_START,
    ASKED: _EVENTS.PY_START,
}


@dataclass
class Outputs(logging.Handler):
    """Place → all that came out there; and which of the functions and queue messages had a part in it."""

    plants: Plants
    found: dict[str, list[str]] = field(default_factory=dict)
    ran: set[str] = field(default_factory=set)
    worked_off: set[str] = field(default_factory=set)
    """Kinds of messages that a function took without a failure."""

    def __post_init__(self) -> None:
        super().__init__(logging.DEBUG)

    __hash__ = logging.Handler.__hash__

    def add(self, place: str, what: object) -> None:
        """Something came out."""
        self.found.setdefault(place, []).append(what if isinstance(what, str) else repr(what))

    def emit(self, record: logging.LogRecord) -> None:
        """A record of a log, before anything is masked in it, with its exception; and the lines that it makes."""
        self.add("log", repr(vars(record)))
        self.add("log", record.getMessage())
        if record.exc_info:
            self.add("log", logging.Formatter().formatException(record.exc_info))
        for formatter in FORMATTERS:
            self.add("line", formatter.format(record))

    def raised(self, code: CodeType, _offset: int, error: BaseException) -> None:
        """An exception came out of a function of the product's: as a crash of the process would show it."""
        if code.co_filename.startswith(OURS):
            self.add("exception", f"{error!r} {''.join(traceback.format_exception(error))}")

    def started(self, code: CodeType, _offset: int) -> None:
        """A function that is watched begins."""
        names = sys._getframe(1).f_locals
        if code in FUNCTIONS:
            self.ran.add(FUNCTIONS[code])
            self.plants.came(names.get("event", {}))
        elif code is REPLIED:
            self._say(names["answer"])
        elif code is ASKED:
            self.add("address", names["request"].url)

    def returned(self, code: CodeType, _offset: int, answer: Any) -> None:
        """A function that is watched ends."""
        names = sys._getframe(1).f_locals
        if code in ANSWERING:
            self.add("page", answer["body"])
            self.add("header", json.dumps([answer["headers"], answer.get("multiValueHeaders")]))
        elif code is TAKEN:
            self.worked_off.add(names["message"]["kind"])
        elif code is SAID and names["asked"].path.rpartition("/")[2].startswith(CHATTING):
            said = {name: value for name, value in answer.items() if name != "token"}
            self._say(_parsed(said))

    def _say(self, said: Any) -> None:
        """To people; and what Slack keeps with a form, which nobody sees."""
        self.add("chat", json.dumps(_without(said, UNSEEN)))
        self.add("form's state", json.dumps(list(_states(said))))

    def sent(self, model: Any, params: Any, **_: Any) -> None:
        """A request to AWS that queues or stores something."""
        service = model.service_model.service_name
        if model.name in WRITES.get(service, ()):
            body = params["body"]
            self.add("queue" if service == "sqs" else "table", body if isinstance(body, str) else body.decode())

    def look_around(self, stack: OneProcess) -> None:
        """What is stored, given up and seen now, and what was noted."""
        dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")
        for name in dynamodb.list_tables()["TableNames"]:
            self.add("table", json.dumps(dynamodb.scan(TableName=name)["Items"], default=repr))
        for url in sqs.list_queues(QueueNamePrefix="")["QueueUrls"]:
            while "DeadLetter" in url and (found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)):
                if "Messages" not in found:
                    break
                self.add("dead letter", json.dumps(found["Messages"]))
        for person in PEOPLE:
            self._say(_by_the_app(Person(stack, person.name).screen()))
        for event, facts in stack.notes.events:
            self.emit(logging.makeLogRecord({"name": "countersign.happened", "msg": event, **facts}))


def _by_the_app(screen: dict[str, Any]) -> dict[str, Any]:
    """Without what people themselves wrote."""
    people = {person.id for person in PEOPLE}
    for conversation in screen["conversations"]:
        conversation["messages"] = [each for each in conversation["messages"] if each["user"] not in people]
    return screen


def _parsed(said: dict[str, Any]) -> dict[str, Any]:
    """Blocks and views come as JSON inside a form's fields."""
    return {name: _json(value) for name, value in said.items()}


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value[:1] in ("[", "{") else value


def _without(value: Any, unseen: AbstractSet[str]) -> Any:
    """The rest of it, however deep these stand in it."""
    if isinstance(value, dict):
        return {name: _without(inner, unseen) for name, inner in value.items() if name not in unseen}
    return [_without(inner, unseen) for inner in value] if isinstance(value, list) else value


def _states(value: Any) -> Iterator[str]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and STATE in value:
        yield str(value[STATE])
    for each in inner:
        yield from _states(each)


@contextmanager
def catching(plants: Plants) -> Iterator[Outputs]:
    """Catch everything, for as long as the block runs inside a stack."""
    outputs, monitoring = Outputs(plants), sys.monitoring
    tool = next(number for number in (4, 2, 3) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign outputs")
    monitoring.register_callback(tool, _EVENTS.PY_START, outputs.started)
    monitoring.register_callback(tool, _EVENTS.PY_RETURN, outputs.returned)
    monitoring.register_callback(tool, _EVENTS.RAISE, outputs.raised)
    for code, events in _AT.items():
        monitoring.set_local_events(tool, code, events)
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
        for code in _AT:
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)
        for name, level in levels.items():
            logging.getLogger(name).removeHandler(outputs)
            logging.getLogger(name).setLevel(level)
