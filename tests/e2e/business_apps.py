"""A business app of the running sandbox: its records, whom it recorded, who let Countersign in, and its bad days."""

import re
from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT = 20


@dataclass(frozen=True)
class BusinessApp:
    """One of the sandbox's apps, reached at its own host name."""

    id: str
    sandbox_url: str

    def send_card(self, title: str, *, requested_by: str, approver: str) -> str:
        """Make a record that waits for ``approver`` (logins), let the app post its card, and return its id."""
        made = self._call("POST", "/records", {"title": title, "requested_by": requested_by, "approver": approver})
        record_id = str(made["record_id"])
        sent = self._call("POST", "/send_card", {"record_id": record_id})
        assert sent["status"] == requests.codes.accepted, sent
        return record_id

    def audit(self, record_id: str | None = None) -> list[tuple[str, str, str]]:
        """Who did what with which comment, oldest first; of one record, or of all."""
        entries = self._call("GET", "/audit")["entries"]
        wanted = [entry for entry in entries if record_id in {None, entry["record_id"]}]
        return [(entry["login"], entry["act"], entry["comments"]) for entry in wanted]

    def grants(self, login: str) -> list[str]:
        """How each consent of this account stands, oldest first: "live", or why it ended."""
        grants = self._call("GET", "/grants")["grants"]
        return [grant["ended_because"] or grant["state"] for grant in grants if grant["login"] == login]

    def end_grants(self) -> None:
        """End every consent there, as an administrator of the app can."""
        self._call("DELETE", "/grants")

    def fail(self, path: str, kind: str, times: int = 1) -> None:
        """Let the next requests to this path go wrong."""
        self._call("POST", "/faults", {"path": path, "kind": kind, "times": times})

    def faults(self) -> list[Any]:
        """The faults that are still to come."""
        return list(self._call("GET", "/faults")["faults"])

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        port = self.sandbox_url.rpartition(":")[2]
        answer = requests.request(
            method,
            f"{self.sandbox_url}/sandbox{path}",
            headers={"Host": f"{self.id}.localhost:{port}"},
            json=body,
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        return dict(answer.json())


def change_title(title: str) -> re.Pattern[str]:
    """The heading of a change's card, whatever number ServiceNow gave the change."""
    return re.compile(rf"^Change CHG\d+: {re.escape(title)}$")
