"""Log lines as Powertools writes them, without loading it: for the function that Slack waits for (docs/adr/0005)."""

import json
import logging
import time
import traceback
from typing import Any, Final

from countersign.adapters import system
from countersign.domain.redaction import redact

SERVICE: Final = "countersign"
"""Stands in every line, and is the name above all of our loggers."""
LIBRARIES: Final = ("botocore", "boto3", "oauthlib", "requests_oauthlib", "slack_sdk", "urllib3", "requests")
"""At DEBUG some of these log tokens, codes and client secrets: pinned, whatever level is asked for."""
QUOTING: Final = "urllib3"
"""Of these, the one that quotes whole addresses, and answers that it can't read, in its warnings, too."""

_RUNTIMES: Final = ("aws_request_id", "tenant_id")
"""What the filter of the handler that Lambda's runtime makes puts into every record that passes it."""
_NO_FACTS: Final = frozenset((*vars(logging.makeLogRecord({})), *_RUNTIMES, "message", "asctime"))


class PlainFormatter(logging.Formatter):
    """One JSON object per line, every secret-looking value masked in the finished line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line that is written."""
        facts = {name: fact for name, fact in vars(record).items() if name not in _NO_FACTS}
        line: dict[str, Any] = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": self._timestamp(record),
            "service": SERVICE,
            **facts,
            **self._failure(record),
            "xray_trace_id": _xray_trace_id(),
        }
        known = {name: value for name, value in line.items() if value is not None}
        return redact(json.dumps(known, default=str, separators=(",", ":"), ensure_ascii=False))

    def _timestamp(self, record: logging.LogRecord) -> str:
        return time.strftime(f"%Y-%m-%d %H:%M:%S,{int(record.msecs):03d}+0000", time.gmtime(record.created))

    def _failure(self, record: logging.LogRecord) -> dict[str, Any]:
        kind, error, where = record.exc_info or (None, None, None)
        if kind is None or error is None:
            return {}
        frames = [
            {"file": frame.filename, "line": frame.lineno, "function": frame.name, "statement": frame.line}
            for frame in traceback.extract_tb(where)
        ]
        return {
            "exception": self.formatException((kind, error, where)),
            "exception_name": kind.__name__,
            "exception_notes": getattr(error, "__notes__", None),
            "stack_trace": {"type": kind.__name__, "value": error, "module": kind.__module__, "frames": frames},
        }


def send_through(formatter: logging.Formatter) -> None:
    """Every line that reaches the root, warnings of libraries too."""
    root = logging.getLogger()
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR if name == QUOTING else logging.WARNING)
    if not root.handlers:  # outside Lambda's own runtime nobody has made one
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(formatter)


def write_plainly(level: str) -> None:
    """Send everything through the plain formatter, by the handler that Lambda's runtime has made."""
    send_through(PlainFormatter())
    logging.getLogger(SERVICE).setLevel(level)


def _xray_trace_id() -> str | None:
    """Lambda says it anew for every invocation."""
    return system.environment().get("_X_AMZN_TRACE_ID", "").split(";")[0].replace("Root=", "") or None
