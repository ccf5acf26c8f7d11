"""Counts what a handler does before it has proved a request, by the interpreter's own events (PEP 669).

Nothing is replaced: a parser is counted however it was imported, and by whom it was called.
"""

import http.client
import json.decoder
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType
from typing import Final

from botocore.client import BaseClient

from countersign.adapters.slack import signature
from countersign.domain import webhook

PARSERS: Final[tuple[CodeType, ...]] = (
    json.loads.__code__,
    json.decoder.JSONDecoder.decode.__code__,
    json.decoder.JSONDecoder.raw_decode.__code__,
    urllib.parse.parse_qs.__code__,
    urllib.parse.parse_qsl.__code__,
)
# botocore has no public place that every call passes.
CALLS: Final[tuple[CodeType, ...]] = (BaseClient._make_api_call.__code__, http.client.HTTPConnection.request.__code__)
PROOFS: Final[tuple[CodeType, ...]] = (signature.verify.__code__, webhook.verify_hook.__code__)
_EVENTS: Final = sys.monitoring.events


@dataclass
class Watch:
    """What was done before a proof, since the watch began; ``proved``: whether the present request was."""

    parses: int = 0
    calls: int = 0
    proved: bool = True

    def begin(self) -> None:
        """A request begins."""
        self.proved = False

    def end(self) -> bool:
        """It is over: what comes now is not the handler's doing. Whether it was proved."""
        proved, self.proved = self.proved, True
        return proved

    def started(self, code: CodeType, _offset: int) -> None:
        """A watched function begins."""
        if not self.proved:
            self.parses += code in PARSERS
            self.calls += code in CALLS

    def returned(self, _code: CodeType, _offset: int, _value: object) -> None:
        """A proof held: it raises otherwise."""
        self.proved = True


@contextmanager
def watching(further: Watch | None = None) -> Iterator[Watch]:
    """A watch, for as long as the block runs; ``further``: one that goes on counting.

    Raises StopIteration when this process has no tool of the interpreter's to spare.
    """
    watch, monitoring = further or Watch(), sys.monitoring
    tool = next(number for number in (3, 4, 2) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign torture")
    monitoring.register_callback(tool, _EVENTS.PY_START, watch.started)
    monitoring.register_callback(tool, _EVENTS.PY_RETURN, watch.returned)
    for code in (*PARSERS, *CALLS):
        monitoring.set_local_events(tool, code, _EVENTS.PY_START)
    for code in PROOFS:
        monitoring.set_local_events(tool, code, _EVENTS.PY_RETURN)
    try:
        yield watch
    finally:
        for code in (*PARSERS, *CALLS, *PROOFS):
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)
