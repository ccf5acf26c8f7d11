"""What is written to the log, whoever writes it: each in a fresh process, as Lambda starts one."""

import json
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest

from countersign.adapters.log_lines import LIBRARIES, QUOTING

SECRET = "xoxb-1-s3cr3tV4lue"
ON_LAMBDA = """
import logging, sys
class LikeTheRuntimes(logging.Filter):
    def filter(self, record):
        record.aws_request_id, record.tenant_id = "7c5b0e1a", None
        return True
logging.root.addHandler(logging.StreamHandler(sys.stdout))  # Lambda's runtime has a handler on the root
logging.root.handlers[0].addFilter(LikeTheRuntimes())
"""
CONFIGURE = """
import logging
from countersign.adapters.log_lines import write_plainly
from countersign.adapters.logging import PowertoolsJournal, configure
from countersign.config import Settings
from countersign.domain.errors import StoreUnavailable
from countersign.entrypoints.guard import guard
SECRET = "xoxb-1-s3cr3tV4lue"
EVENT = {"requestContext": {"requestId": "ref-1"}}
"""
POWERTOOLS = 'configure("DEBUG")\n'
PLAIN = 'write_plainly("DEBUG")\n'
"""As the Slack function begins. What asks for Powertools later must not write its lines twice."""


@pytest.fixture(params=[POWERTOOLS, PLAIN], ids=["Powertools", "plain"])
def configured(request: pytest.FixtureRequest) -> str:
    """How lines are written."""
    program: str = request.param
    return program


@pytest.fixture(params=[ON_LAMBDA, ""], ids=["with a root handler", "without"])
def start(request: pytest.FixtureRequest, configured: str) -> str:
    """How the process begins."""
    program: str = request.param
    return program + CONFIGURE + configured


def written_by(program: str) -> list[dict[str, Any]]:
    """Every line that the program wrote, to wherever; each is JSON."""
    path = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=path)
    assert SECRET not in done.stdout + done.stderr
    return [json.loads(line) for line in (done.stdout + done.stderr).splitlines()]


def test_a_line_of_ours_is_written_once_and_redacted(start: str) -> None:
    [line] = written_by(
        start + "logging.getLogger('countersign.entrypoints.slack').info('got %s', SECRET, extra={'trace_id': 't1'})"
    )
    assert (line["level"], line["message"], line["trace_id"]) == ("INFO", "got •••", "t1")
    assert list(line) == ["level", "location", "message", "timestamp", "service", "trace_id"]


def test_what_nobody_foresaw_is_logged_redacted_under_its_reference(start: str) -> None:
    [line] = written_by(
        start
        + "def fail():\n    raise RuntimeError(f'token={SECRET}')\n"
        + "assert SECRET not in guard(fail, EVENT)['body']"
    )
    assert (line["level"], line["reference"], line["exception_name"]) == ("ERROR", "ref-1", "RuntimeError")


def test_a_refusal_is_logged_with_its_code(start: str) -> None:
    [line] = written_by(start + "def fail():\n    raise StoreUnavailable('the queue is away')\n" + "guard(fail, EVENT)")
    assert {name: line[name] for name in ("level", "code", "detail", "status", "reference")} == {
        "level": "ERROR",
        "code": "store_unavailable",
        "detail": "the queue is away",
        "status": 503,
        "reference": "ref-1",
    }


def test_libraries_warnings_are_redacted_and_their_debug_lines_never_written(start: str) -> None:
    found = written_by(
        start
        + f"for name in {LIBRARIES!r}:\n"
        + "    logging.getLogger(name).debug('debug %s', SECRET)\n"
        + "    logging.getLogger(name).warning('%s: %s', name, SECRET)\n"
    )
    assert [line["message"] for line in found] == [f"{name}: •••" for name in LIBRARIES if name != QUOTING]


BROKEN_HEADERS = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno header but a swordfish\r\nX: 1\r\n\r\n{}"


def test_neither_an_address_nor_what_an_app_answers_in_place_of_headers_is_written(start: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answering = threading.Thread(target=_answer_once, args=(server,))
        answering.start()
        port = server.getsockname()[1]
        found = written_by(
            start
            + "from countersign.adapters.http import HardenedHttp\n"
            + "from countersign.domain.http import HttpRequest\n"
            + "from countersign.domain.local_hosts import LocalHosts\n"
            + f"at = 'http://127.0.0.1:{port}/codes/swordfish'\n"
            + "http = HardenedHttp(LocalHosts({}), local=True)\n"
            + f"answer = http.send(HttpRequest('GET', at, {{'q': 'swordfish'}}), ('127.0.0.1:{port}',))\n"
            + "logging.getLogger('countersign').info('%s', answer.status)\n"
        )
        answering.join()
    assert [line["message"] for line in found] == ["200"]


def _answer_once(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65_536)
        connection.sendall(BROKEN_HEADERS)


def test_the_journal_writes_a_line_and_a_count(start: str) -> None:
    line, count = written_by(
        start
        + "PowertoolsJournal(Settings({'LOG_LEVEL': 'DEBUG'}))('ActionEnded', outcome='done', action='a1', none=None)"
    )
    assert (line["message"], line["outcome"], line["action"]) == ("ActionEnded", "done", "a1")
    assert "none" not in line
    assert (count["ActionEnded"], count["outcome"]) == ([1.0], "done")
    assert count["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Countersign"


def test_what_ended_somehow_is_counted_as_such_and_once_more_by_how_it_ended(start: str) -> None:
    """CloudWatch adds nothing up over dimensions."""
    as_in_the_template = "import os\nos.environ['POWERTOOLS_SERVICE_NAME'] = 'countersign'\n"
    counts = "journal = PowertoolsJournal(Settings({}))\njournal('ended', outcome='done')\njournal('begun', app='box')"
    ended, begun = [line for line in written_by(as_in_the_template + start + counts) if "_aws" in line]
    assert ended["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"], ["service", "outcome"]]
    assert (ended["service"], ended["outcome"], ended["ended"]) == ("countersign", "done", [1.0])
    assert begun["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
def test_what_happened_is_written_whatever_level_is_asked_for(start: str, level: str) -> None:
    quiet = start.replace('configure("DEBUG")', "")
    rest = "\nlogging.getLogger('countersign.entrypoints').info('something else')"
    journal = f"PowertoolsJournal(Settings({{'LOG_LEVEL': '{level}'}}))('disconnected', app='box')"
    line, count = written_by(quiet + journal + rest)
    assert (line["message"], line["app"], line["service"]) == ("disconnected", "box", "countersign")
    assert count["disconnected"] == [1.0]
