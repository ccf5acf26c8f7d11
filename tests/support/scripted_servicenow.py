"""A ServiceNow of one change, behind ``ports.Http``: it decides, records, and fails where it is told to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from countersign.domain.errors import AppUnavailable
from countersign.domain.http import HttpAnswer, HttpRequest

CHANGE = "46e18c0fa9fe19810066a0083f76bd56"


@dataclass
class ScriptedServiceNow:
    """One approver's row, and a script: names of faults, each used up by the next act.

    Faults: ``lost`` (acts, the answer is lost), ``never_arrived`` (does not act, times out), ``unreachable`` (no
    connection), ``500``, ``html``, ``429``; ``check_down`` fails the next read.
    """

    approver: str = "josie"
    state: str = "requested"
    recorded: str | None = None
    tokens: dict[str, str] = field(default_factory=lambda: {"at-josie": "josie", "at-tom": "tom"})
    faults: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before_act: Callable[[], None] | None = None
    before_read: Callable[[], None] | None = None
    earlier_approver: str | None = None
    """Approved an earlier stage; the record still waits for ``approver``."""
    next_approver: str | None = None
    """All must approve: asked once ``approver`` has."""
    refusal: str = "User is not an approver"
    short_description: str = "Upgrade the payroll database"
    change_hidden: bool = False
    """Nobody may read the change itself."""
    headers: dict[str, str] = field(default_factory=dict)
    """Of the answer to an act."""

    def within(self, _seconds: float) -> "ScriptedServiceNow":
        """The same: it answers at once."""
        return self

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        assert "acme.service-now.com" in allowed_hosts
        person = self.tokens.get(request.headers["Authorization"].removeprefix("Bearer "))
        kind = "act" if request.method == "PATCH" else "read"
        self.calls.append(kind)
        if person is None:
            return HttpAnswer(401, {"error": {"message": "User Not Authenticated"}})
        return self._act(person, request.json) if kind == "act" else self._read(request)

    @property
    def acts(self) -> int:
        return self.calls.count("act")

    def _act(self, person: str, body: Any) -> HttpAnswer:
        if self.before_act is not None:
            self.before_act()
        fault = self.faults.pop(0) if self.faults and self.faults[0] != "check_down" else ""
        match fault:
            case "unreachable":
                raise AppUnavailable("no connection", sent=False)
            case "never_arrived":
                raise AppUnavailable("timeout")
            case "500":
                return HttpAnswer(500, {"error": {"message": "oops"}})
            case "429":
                return HttpAnswer(429, None)
            case "html":
                return HttpAnswer(200, None, text="<html>")
        if person != self.approver or self.state != "requested":
            return HttpAnswer(400, {"error": {"message": "Approval failed", "detail": self.refusal}})
        self.state, self.recorded = body["state"], self.recorded or person
        if self.next_approver is not None and self.state == "approved":
            self.earlier_approver, self.approver, self.next_approver = person, self.next_approver, None
            self.state, self.recorded = "requested", None
        if fault == "lost":
            raise AppUnavailable("the answer was lost")
        return HttpAnswer(200, {"result": [{"sys_id": CHANGE, "number": {"value": "CHG0030001"}}]}, self.headers)

    def _read(self, request: HttpRequest) -> HttpAnswer:
        if self.before_read is not None:
            self.before_read()
        if self.faults and self.faults[0] == "check_down":
            self.faults.pop(0)
            raise AppUnavailable("timeout")
        if "/sn_chg_rest/" in request.url:
            return self._change()
        recorded = self.recorded or self.approver
        row = {
            "state": {"value": self.state, "display_value": self.state.title()},
            "approver": {"value": f"id-{recorded}", "display_value": recorded.title()},
        }
        mine = "gs.getUserID" in request.query["sysparm_query"]
        asked = self.tokens[request.headers["Authorization"].removeprefix("Bearer ")]
        rows = [(self.approver, row)]
        if self.earlier_approver is not None:
            approver = {"value": f"id-{self.earlier_approver}", "display_value": self.earlier_approver.title()}
            approved = {"state": {"value": "approved", "display_value": "Approved"}, "approver": approver}
            rows.append((self.earlier_approver, approved))
        return HttpAnswer(200, {"result": [found for whose, found in rows if not mine or whose == asked]})

    def _change(self) -> HttpAnswer:
        if self.change_hidden:
            return HttpAnswer(403, {"error": {"message": "You may not read this change"}})
        shown = {"number": {"value": "CHG0030001"}, "short_description": {"value": self.short_description}}
        return HttpAnswer(200, {"result": {"sys_id": {"value": CHANGE}, **shown}})
