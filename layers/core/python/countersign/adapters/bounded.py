"""Bounds of one HTTP exchange: a watchdog on its socket, and a reader that stops at a size."""

import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from countersign.domain.errors import AppUnavailable, TooLarge
from countersign.domain.http import LONGEST_ANSWER

_CHUNK: Final = 65_536
_GZIP: Final = zlib.MAX_WBITS | 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes. ``read`` is the longest silence; ``total`` bounds an answer that drips."""

    connect: float = 3.0
    read: float = 8.0
    total: float = LONGEST_ANSWER
    size: int = 1_000_000


@dataclass(slots=True)
class Attempt:
    """One exchange: whether a connection was made, and whether it was cut because its time was up."""

    limits: Limits
    deadline: float
    connected: bool = False
    cut: bool = False
    _socket: socket.socket | None = field(default=None, repr=False)

    def note(self, connection: HTTPConnection) -> None:
        """A connection was made: from here on something may have been sent."""
        self.connected, self._socket = True, connection.sock

    def end(self) -> None:
        """Time is up: a reader that waits on the socket wakes with an error."""
        self.cut = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def read(self, raw: BaseHTTPResponse) -> bytes:
        """The whole body, unpacked if it came packed though we asked for none. Raises TooLarge, AppUnavailable."""
        received = bytearray()
        while chunk := raw.read(_CHUNK, decode_content=False):
            received += chunk
            if len(received) > self.limits.size:
                raise TooLarge(f"an answer of more than {self.limits.size} bytes")
        if self.cut or time.monotonic() > self.deadline:
            raise AppUnavailable("no answer: out of time")
        encoding = raw.headers.get("content-encoding", "identity").strip().lower()
        return self._unpack(bytes(received), encoding)

    def _unpack(self, body: bytes, encoding: str) -> bytes:
        if encoding in {"identity", ""}:
            return body
        if encoding not in {"gzip", "x-gzip"}:
            raise AppUnavailable("an answer in an encoding that was not asked for")
        unpacking = zlib.decompressobj(_GZIP)
        try:
            unpacked = unpacking.decompress(body, self.limits.size)
        except zlib.error:
            raise AppUnavailable("an answer that does not unpack") from None
        if unpacking.unconsumed_tail:
            raise TooLarge(f"an answer that unpacks to more than {self.limits.size} bytes")
        return unpacked


_CURRENT: Final[ContextVar[Attempt]] = ContextVar("attempt")


@contextmanager
def watched(limits: Limits) -> Iterator[Attempt]:
    """Connections made inside belong to one attempt, and are cut when its total time is up.

    Timeouts of sockets bound each silence only: an answer that drips a byte every few seconds would never end.
    """
    attempt = Attempt(limits, time.monotonic() + limits.total)
    watchdog = threading.Timer(limits.total, attempt.end)
    watchdog.daemon = True
    watchdog.start()
    token = _CURRENT.set(attempt)
    try:
        yield attempt
    finally:
        _CURRENT.reset(token)
        watchdog.cancel()


class WatchedHTTPConnection(HTTPConnection):
    """Tells its attempt when it is connected."""

    def connect(self) -> None:
        """Connect, and be watched from then on."""
        super().connect()
        _CURRENT.get().note(self)


class WatchedHTTPSConnection(HTTPSConnection):
    """The same over TLS: connected means that the handshake, certificate included, is done."""

    def connect(self) -> None:
        """Connect, and be watched from then on."""
        super().connect()
        _CURRENT.get().note(self)


class WatchedHTTPConnectionPool(HTTPConnectionPool):
    """Makes watched connections."""

    ConnectionCls = WatchedHTTPConnection


class WatchedHTTPSConnectionPool(HTTPSConnectionPool):
    """Makes watched connections."""

    ConnectionCls = WatchedHTTPSConnection
