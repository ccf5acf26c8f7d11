"""An HTTP request and answer as values: built and read by pure code, sent by an adapter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST_ANSWER: Final = 10
"""Seconds after which an answer is given up, however it arrives: what is begun needs at least these left."""

QUICK_ANSWER: Final = 3
"""Seconds after which an answer is given up that is only good to know."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is to be sent. At most one of ``json`` and ``form``. Never logged: headers and bodies hold secrets."""

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None

    def __repr__(self) -> str:
        """Method and address without its query."""
        return f"HttpRequest({self.method} {self.url.partition('?')[0]})"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back: ``body`` is parsed JSON, or None where it was none (then ``text`` has up to 1,000 characters)."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def __repr__(self) -> str:
        """The status alone; bodies may hold secrets."""
        return f"HttpAnswer({self.status})"
