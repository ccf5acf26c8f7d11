"""The Slack function's log lines: what Powertools would have written, without it."""

import logging
import sys
from typing import Any

import pytest

from countersign.adapters.log_lines import SERVICE, PlainFormatter
from countersign.adapters.logging import RedactingFormatter


class Odd:
    """What JSON has no word for."""

    def __str__(self) -> str:
        return "odd"


def record(message: str, *args: object, level: int = logging.INFO, failed: bool = False, **facts: Any) -> Any:
    """A line that somebody wants written."""
    logger, failure = logging.getLogger("countersign.entrypoints.slack"), sys.exc_info() if failed else None
    return logger.makeRecord(logger.name, level, __file__, 12, message, args, failure, "told", facts)


@pytest.mark.parametrize(
    ("args", "facts"),
    [
        (("interaction received",), {"kind": "button", "at": 7, "private": False, "none": None}),
        (("got %s of %d", "this", 3), {}),
        (("“Übung” 🎉",), {"facts": {"nested": ["a", 1, None]}, "odd": Odd()}),
        (("got %s", "xoxb-1-s3cr3tV4lue"), {"trigger_id": "1.2.abc", "level": logging.CRITICAL}),
        (("took",), {"service": "another", "exception": "said by the caller"}),
    ],
)
def test_it_is_powertools_line(args: Any, facts: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told = record(*args, **facts)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53;Sampled=1")
    assert PlainFormatter().format(told) == powertools().format(told)
    monkeypatch.delenv("_X_AMZN_TRACE_ID")
    assert PlainFormatter().format(told) == powertools().format(told)


def test_so_is_the_line_about_what_nobody_foresaw() -> None:
    try:
        _fail()
    except RuntimeError:
        failure = record("request failed", level=logging.ERROR, failed=True, reference="ref-1")
        plain = PlainFormatter().format(failure)
        assert plain == powertools().format(failure)
        assert ("RuntimeError" in plain, "s3cr3t" in plain, "while told" in plain) == (True, False, True)


def _fail() -> None:
    failure = RuntimeError("got xoxb-1-s3cr3tV4lue")
    failure.add_note("while told")
    raise failure


def powertools() -> RedactingFormatter:
    """As ``Logger`` sets it up."""
    formatter = RedactingFormatter(utc=True)
    formatter.append_keys(service=SERVICE)
    return formatter
