"""Ports for a stack of a test's own."""

import os
import socket
from contextlib import ExitStack
from itertools import count

_TAKEN = count()


def free_pair() -> int:
    """Return a port that is free, as is the next one; another one at each call."""
    # Apart from another test run that looks at the same moment; below the ports that systems hand out by themselves.
    first = 20_000 + os.getpid() % 1000 * 10
    for _ in range(100):
        port = first + 2 * next(_TAKEN)
        with ExitStack() as probes:
            try:
                for number in (port, port + 1):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", number))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports in a row")
