"""What an app may answer instead of what it should: nothing is lost, nothing foreign is called, and people are told.

The whole product runs, with its real way out; the sandbox's ServiceNow and Salesforce answer as each test says.
"""

import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from countersign.domain.http import LONGEST_ANSWER
from sandbox.apps.faults import Fault
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess, one_process
from tests.support.shipped_catalog import SOURCE

ACT = "/api/sn_chg_rest/change/*"
CHECK = "/api/now/table/sysapproval_approver"
IDENTITY = "/api/now/table/sys_user"
TOKEN = "/oauth_token.do"
SALESFORCE_TOKEN = "/services/oauth2/token"
MEGABYTES = 60 * 1024 * 1024


@dataclass
class Foreigner:
    """A server that nobody may call: it counts who did."""

    port: int
    callers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def listening() -> Iterator[Foreigner]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        foreigner = Foreigner(server.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    connection, caller = server.accept()
                except OSError:
                    return
                foreigner.callers.append(str(caller))
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield foreigner


@pytest.fixture
def foreigner() -> Iterator[Foreigner]:
    with listening() as found:
        yield found


@pytest.fixture(scope="module")
def running() -> Iterator[OneProcess]:
    """One stack for all, in which Josie is connected to ServiceNow, and nobody to anything else."""
    with one_process(SOURCE) as stack:
        person = Person(stack, "josie")
        send_card(stack, "servicenow", "A change to connect with")
        person.click("Approve")
        stack.settle()
        person.connect()
        stack.settle()
        yield stack


@pytest.fixture
def stack(running: OneProcess) -> OneProcess:
    """The stack, without anything that the test before left behind."""
    for app in ("servicenow", "salesforce", "concur"):
        running.sandbox.apps[app].extensions["sandbox-app"].faults.clear()
    running.notes.events.clear()
    return running


@pytest.fixture
def change(stack: OneProcess, request: pytest.FixtureRequest) -> str:
    """A change that waits for Josie, on a card of its own; its title."""
    title = f"Change for {request.node.name}"[:100]
    send_card(stack, "servicenow", title)
    return title


def send_card(stack: OneProcess, app: str, title: str) -> None:
    extensions = stack.sandbox.apps[app].extensions
    people = {"servicenow": ("priya", "josie"), "salesforce": ("tom@acme.com", "josie@acme.com")}[app]
    record = extensions["sandbox-records"].add_for_approval(title, requested_by=people[0], approver=people[1])
    extensions["sandbox-cards"].send(record)


def click(stack: OneProcess, name: str, title: str, *, seconds: float = 0) -> Person:
    """The person approves this record, and what follows within so many seconds is done."""
    person = Person(stack, name)
    person.click("Approve", on=title)
    stack.settle(seconds=seconds)
    return person


def fail(stack: OneProcess, path: str, *, app: str = "servicenow", **how: object) -> None:
    stack.sandbox.apps[app].extensions["sandbox-app"].faults.add(Fault(path, **how))  # type: ignore[arg-type]


def acts(stack: OneProcess, title: str) -> list[str]:
    """What ServiceNow recorded of the change with this title."""
    entries = stack.sandbox.apps["servicenow"].extensions["sandbox-app"].audit.entries()
    return [one.act for one in entries if one.record_id == record_of(stack, title)]


def ended(stack: OneProcess, title: str) -> list[tuple[object, object]]:
    """(status, outcome) of each end of an action on the change with this title."""
    ends = [facts for event, facts in stack.notes.events if event == "action_ended"]
    return [(one["status"], one["outcome"]) for one in ends if record_of(stack, title) in str(one["record"])]


def record_of(stack: OneProcess, title: str) -> str:
    listing = stack.sandbox.apps["servicenow"].extensions["sandbox-records"].listing()
    return next(one.record_id for one in listing if one.title == title)


def said(person: Person) -> str:
    """All that the person sees in private."""
    return "\n".join(json.dumps(one["blocks"], ensure_ascii=False) for one in person.messages())


DEEP = "[" * 100_000
UNUSABLE = {
    "a page": {"kind": "html"},
    "an error page": {
        "kind": "answer",
        "status": 500,
        "body": "<h1>Oops</h1>",
        "headers": {"Content-Type": "text/html"},
    },
    "half a body": {"kind": "answer", "body": '{"result": [{"sys_id": "1'},
    "no body": {"kind": "answer"},
    "null": {"kind": "answer", "body": "null"},
    "a number": {"kind": "answer", "body": "7"},
    "a list": {"kind": "answer", "body": "[]"},
    "another shape": {"kind": "answer", "body": '{"result": "yes"}'},
    "not a number": {"kind": "answer", "body": '{"result": NaN}'},
    "a name twice": {"kind": "answer", "body": '{"result": {}, "result": {"sys_id": "x"}}'},
    "nested too deep": {"kind": "answer", "body": DEEP},
    "no unicode": {"kind": "answer", "body": '{"result": "\\ud800"}'},
    "ten megabytes": {"kind": "huge"},
    "nothing": {"kind": "close"},
    "an informal status": {"kind": "answer", "status": 299, "body": "{}"},
}


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_answer_to_the_check_sends_nothing_and_says_so(
    stack: OneProcess, change: str, answer: dict[str, object]
) -> None:
    fail(stack, CHECK, times=9, **answer)
    josie = click(stack, "josie", change)
    assert acts(stack, change) == []
    assert ended(stack, change) == [("failed", "no_answer")]
    assert "ServiceNow did not answer. Please try again in a minute." in said(josie)


@pytest.mark.parametrize("answer", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_answer_to_the_act_is_never_taken_for_a_success(
    stack: OneProcess, change: str, answer: dict[str, object]
) -> None:
    fail(stack, ACT, **answer)
    click(stack, "josie", change)
    assert acts(stack, change) == []
    assert ended(stack, change) == []  # in doubt: the app is asked again before anything is sent again
    assert [event for event, _ in stack.notes.events if event == "action_in_doubt"]


def test_an_answer_lost_after_the_act_is_found_again_and_nothing_is_sent_twice(stack: OneProcess, change: str) -> None:
    fail(stack, ACT, kind="act_then_close")
    click(stack, "josie", change, seconds=25)
    assert acts(stack, change) == ["approved"]
    assert ended(stack, change) == [("done", "done")]


@pytest.mark.parametrize("path", [CHECK, ACT], ids=["check", "act"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_anywhere(
    stack: OneProcess, change: str, foreigner: Foreigner, path: str, status: int
) -> None:
    fail(stack, path, kind="answer", status=status, headers={"Location": f"{foreigner.url}/steal"})
    click(stack, "josie", change)
    assert foreigner.callers == []
    assert acts(stack, change) == []


def test_ten_megabytes_are_not_held_in_memory(stack: OneProcess, change: str) -> None:
    fail(stack, CHECK, kind="huge")
    tracemalloc.start()
    click(stack, "josie", change)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEGABYTES  # most of it is the sandbox's own, which makes the ten megabytes


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_an_app_that_is_slow_is_given_up_in_time(stack: OneProcess, change: str, kind: str) -> None:
    fail(stack, CHECK, kind=kind, seconds=LONGEST_ANSWER + 8)
    begun = time.monotonic()
    click(stack, "josie", change)
    assert time.monotonic() - begun < LONGEST_ANSWER + 6
    assert ended(stack, change) == [("failed", "no_answer")]


TOKENS = {
    "no token type": {"access_token": "a", "expires_in": 1},
    "a token of another type": {"access_token": "a", "token_type": "mac"},
    "no token": {"token_type": "Bearer"},
    "an empty token": {"access_token": "", "token_type": "Bearer"},
    "a token with a line break": {"access_token": "a\r\nX-Evil: 1", "token_type": "Bearer"},
    "a token of a megabyte": {"access_token": "a" * 1_000_000, "token_type": "Bearer"},
    "a list as a token": {"access_token": ["a"], "token_type": "Bearer"},
    "an error with status 200": {"error": "invalid_grant"},
}


@pytest.mark.parametrize("answer", TOKENS.values(), ids=TOKENS.keys())
def test_an_unusable_token_answer_connects_nobody_and_says_what_next(
    stack: OneProcess, change: str, answer: dict[str, object]
) -> None:
    tom = click(stack, "tom", change)
    fail(stack, TOKEN, kind="answer", body=json.dumps(answer))
    page = tom.connect("ServiceNow")
    assert page.status < 600
    assert "Connected" not in page.text
    assert "Slack" in page.text  # what to do next
    stack.settle(seconds=0)
    assert ended(stack, change) == []  # it still waits, and can be connected by a new click


ELSEWHERE = [
    "{foreigner}",
    "http://127.0.0.1:{port}",
    "https://127.0.0.1:{port}",
    "https://localhost:{port}",
    "https://evil.example",
    "https://acme.my.salesforce.com.evil.example",
    "https://acme.my.salesforce.com@127.0.0.1:{port}",
    "https://acme.my.salesforce.com\\@127.0.0.1:{port}",
    "https://2130706433:{port}",
    "https://[::1]:{port}",
    "file:///etc/passwd",
    "//127.0.0.1:{port}",
]
"""Where an API may not be, whatever a token answer says."""


@pytest.mark.parametrize("base", ELSEWHERE)
def test_a_token_answer_can_not_send_the_token_to_a_foreign_host(
    stack: OneProcess, foreigner: Foreigner, base: str
) -> None:
    send_card(stack, "salesforce", title := f"Deal to {base[:60]}")
    josie = click(stack, "josie", title)
    instance_url = base.format(foreigner=foreigner.url, port=foreigner.port)
    answer = {"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "instance_url": instance_url}
    fail(stack, SALESFORCE_TOKEN, app="salesforce", kind="answer", body=json.dumps(answer))
    page = josie.connect("Salesforce")
    assert "Connected" not in page.text
    stack.settle(seconds=0)
    assert foreigner.callers == []


@pytest.mark.parametrize(
    "base", [*ELSEWHERE, "https://www.concursolutions.com.evil.example", "https://api.concursolutions.com"]
)
def test_a_geolocation_can_not_send_the_token_to_a_foreign_host(
    stack: OneProcess, foreigner: Foreigner, base: str
) -> None:
    """Concur says in the token answer where everything else happens, who it is and the refresh too."""
    tom = Person(stack, "tom")
    tom.type("/countersign connections")
    stack.settle(seconds=0)
    tom.click("Connect SAP Concur")
    stack.settle(seconds=0)
    geolocation = base.format(foreigner=foreigner.url, port=foreigner.port)
    answer = {"access_token": "a", "refresh_token": "r", "token_type": "Bearer", "geolocation": geolocation}
    fail(stack, "/oauth2/v0/token", app="concur", kind="answer", body=json.dumps(answer))
    page = tom.connect("SAP Concur")
    assert "Connected" not in page.text
    assert "Something broke" not in page.text  # it is foreseen
    stack.settle(seconds=0)
    assert foreigner.callers == []
    assert stack.sandbox.apps["concur"].extensions["sandbox-app"].audit.entries() == []


def test_an_identity_answer_that_names_two_people_connects_nobody(stack: OneProcess, change: str) -> None:
    tom = click(stack, "tom", change)
    rows = [{"sys_id": name, "user_name": name, "name": name, "email": ""} for name in ("josie", "tom")]
    fail(stack, IDENTITY, kind="answer", body=json.dumps({"result": rows}))
    assert "Connected" not in tom.connect("ServiceNow").text
