"""Follow the functions' logs into files: `python -m sandbox.stack.logs ENDPOINT PREFIX FOLDER`.

The local AWS keeps the functions' output only in its CloudWatch Logs, in memory; a file per function can be read with
anything, and outlives it.
"""

import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from sandbox.stack.aws import session

LEAST_PAUSE_SECONDS = 0.5
SHARE = 0.05
"""At most this part of the time is spent asking: a long run has many streams, and asking slows the local AWS itself."""


class Follower:
    """Copies what is new in each log group below a prefix to a file named after the group's last part."""

    def __init__(self, client: Any, prefix: str, folder: Path) -> None:
        self._client = client
        self._prefix = prefix
        self._folder = folder
        self._since: dict[str, int] = {}
        self._seen: dict[str, set[str]] = {}

    def copy(self) -> None:
        """Append every event that came since the last call."""
        for group in self._client.describe_log_groups(logGroupNamePrefix=self._prefix)["logGroups"]:
            self._copy_group(group["logGroupName"])

    def _copy_group(self, group: str) -> None:
        since = self._since.get(group, 0)
        pages = self._client.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        events = [event for page in pages for event in page["events"]]
        seen = self._seen.get(group, set())
        fresh = [event for event in events if event["logStreamName"] not in seen]
        if not fresh:
            return
        with (self._folder / f"{group.rpartition('/')[2]}.log").open("a") as file:
            file.writelines(f"{event['message'].rstrip()}\n" for event in fresh)
        latest = max(event["timestamp"] for event in events)
        self._since[group] = latest
        # The next call starts at this very millisecond again, so that none of it is missed. A stream is one invocation,
        # written whole when it ends: what was seen of it was all of it. (Events have no id here.)
        self._seen[group] = {event["logStreamName"] for event in events if event["timestamp"] == latest}


def main(endpoint: str, prefix: str, folder: str) -> None:
    """Follow until told to end, then copy once more."""
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    follower = Follower(session().client("logs", endpoint_url=endpoint), prefix, Path(folder))
    pause = LEAST_PAUSE_SECONDS
    while not ended.wait(pause):
        began = time.monotonic()
        follower.copy()
        pause = max(LEAST_PAUSE_SECONDS, (time.monotonic() - began) / SHARE)
    follower.copy()


if __name__ == "__main__":
    main(*sys.argv[1:])
