"""The card rule, the record pages, and the control routes, against a hook that really listens."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

pytestmark = pytest.mark.timeout(60)
RECIPES = {"servicenow": "approve_change", "salesforce": "approve_deal"}


class Receiver(ThreadingHTTPServer):
    """Keeps what a hook is sent: (path, Authorization, body)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, str | None, Any]] = []
        self.status = 202


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b'{"card": "c1"}')

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def hooks(receiver: Receiver) -> dict[str, dict[str, str]]:
    base = f"http://127.0.0.1:{receiver.server_port}/hooks"
    return {recipe: {"url": f"{base}/{recipe}", "secret": "sample-hook-secret"} for recipe in RECIPES.values()}


def first(app: Any) -> Any:
    return app.app.extensions["sandbox-records"].listing()[0]


def send(app: Any, record_id: str) -> requests.Response:
    return requests.post(f"{app.base}/sandbox/send_card", json={"sys_id": record_id}, timeout=10)


def test_servicenow_sends_a_changes_card_with_the_recipes_inputs(servicenow: Any, receiver: Receiver) -> None:
    record = first(servicenow)
    answer = send(servicenow, record.record_id)
    assert (answer.json()["status"], answer.json()["answer"]) == (202, '{"card": "c1"}')
    assert receiver.received == [
        (
            "/hooks/approve_change",
            "Bearer sample-hook-secret",
            {
                "key": record.record_id,
                "sys_id": record.record_id,
                "number": "CHG0030001",
                "short_description": "Upgrade the payroll database",
                "requested_by": "priya@acme.com",
                "risk": "Moderate",
                "planned_start": "2027-01-18T08:00:00Z",
                "state": "requested",
            },
        )
    ]


def test_salesforce_sends_a_deals_card_with_the_recipes_inputs(salesforce: Any, receiver: Receiver) -> None:
    record = first(salesforce)
    send(salesforce, record.record_id)
    path, _, body = receiver.received[0]
    assert path == "/hooks/approve_deal"
    assert body.pop("work_item_id").startswith("04i")
    assert body == {
        "key": record.record_id,
        "opportunity_id": record.record_id,
        "name": "Northwind: renewal with 12% discount",
        "amount": "48,000.00 USD",
        "requested_by": "tom@acme.com",
        "state": "pending",
    }


def test_deciding_in_the_app_itself_records_the_person_and_calls_the_hook_again(
    app: Any, josie: str, receiver: Receiver
) -> None:
    record = first(app)
    send(app, record.record_id)
    browser = app.browser()
    page = browser.sign_in(browser.get(record.url), josie)
    after = browser.submit(page, decision="approve", comments="By hand")
    entry = app.state.audit.entries()[-1]
    assert (entry.login, entry.act, entry.via, entry.comments) == (josie, "approved", "browser", "By hand")
    states = [(body["state"], body.get("decided_by")) for _, _, body in receiver.received]
    assert states[1:] == [("approved", "Josie (josie@acme.com)")]
    assert states[0][1] is None
    assert ("Approved" in after.text, 'value="approve"' in after.text) == (True, False)


def test_deciding_a_record_without_a_card_calls_no_hook(app: Any, josie: str, receiver: Receiver) -> None:
    browser = app.browser()
    page = browser.sign_in(browser.get(first(app).url), josie)
    browser.submit(page, decision="approve", comments="")
    assert (len(app.state.audit.entries()), receiver.received) == (1, [])


def test_a_card_that_the_hook_refused_is_not_updated(app: Any, josie: str, receiver: Receiver) -> None:
    receiver.status = 401
    record = first(app)
    assert send(app, record.record_id).json()["status"] == 401
    browser = app.browser()
    browser.submit(browser.sign_in(browser.get(record.url), josie), decision="approve", comments="")
    assert len(receiver.received) == 1


def test_the_record_page_sends_the_card_by_a_button(servicenow: Any, receiver: Receiver) -> None:
    browser = servicenow.browser()
    page = browser.sign_in(browser.get(first(servicenow).url), "tom")
    form = f"/records/{first(servicenow).record_id}/card"
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    after = browser.session.post(servicenow.base + form, data={"csrf": csrf}, timeout=10)
    assert (len(receiver.received), "Card sent: 202" in after.text) == (1, True)


def test_tom_sees_no_buttons_and_his_forged_form_is_refused(servicenow: Any) -> None:
    browser = servicenow.browser()
    record = first(servicenow)
    page = browser.sign_in(browser.get(record.url), "tom")
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    path = f"{servicenow.base}/records/{record.record_id}/decision"
    forged = browser.session.post(path, data={"csrf": csrf, "decision": "approve"}, timeout=10)
    assert ('value="approve"' in page.text, forged.status_code) == (False, 403)
    assert "not an approver" in forged.text
    assert servicenow.state.audit.entries() == []


def test_a_hook_that_does_not_answer_is_a_delivery_without_status(app: Any, receiver: Receiver) -> None:
    receiver.shutdown()
    receiver.server_close()
    answer = send(app, first(app).record_id)
    assert (answer.status_code, answer.json()["status"]) == (502, None)


def test_an_unknown_record_has_no_card(app: Any) -> None:
    assert send(app, "nothing").status_code == 404


def test_the_audit_page_names_the_person_and_the_grant(app: Any, josie: str) -> None:
    app.connect(josie)
    browser = app.browser()
    browser.submit(browser.sign_in(browser.get(first(app).url), josie), decision="approve", comments="Seen")
    page = browser.get("/").text
    assert (f"Josie ({josie})" in page, "Seen" in page, "live" in page) == (True, True, True)


def test_text_from_people_is_escaped_on_pages(servicenow: Any) -> None:
    body = {"title": "<script>alert(1)</script>", "requested_by": "priya", "approver": "josie"}
    requests.post(f"{servicenow.base}/sandbox/records", json=body, timeout=10)
    page = servicenow.browser().get("/").text
    assert ("<script>" in page, "&lt;script&gt;" in page) == (False, True)


def test_a_new_record_can_wait_for_anyone(app: Any) -> None:
    tom = "tom" if app.state.description.app_id == "servicenow" else "tom@acme.com"
    body = {"title": "A new one", "requested_by": tom, "approver": tom}
    made = requests.post(f"{app.base}/sandbox/records", json=body, timeout=10)
    key = made.json()["record_id"]
    account = app.state.directory.by_login(tom)
    assert (made.status_code, app.app.extensions["sandbox-records"].may_decide(key, account)) == (201, True)


def test_a_new_record_needs_people_that_exist(app: Any) -> None:
    body = {"title": "A new one", "requested_by": "nobody", "approver": "nobody"}
    assert requests.post(f"{app.base}/sandbox/records", json=body, timeout=10).status_code == 400


def test_the_control_routes_take_no_forms(app: Any) -> None:
    answers = [
        requests.post(f"{app.base}/sandbox/{name}", data={"sys_id": "x"}, timeout=10).status_code
        for name in ("send_card", "records", "accounts", "faults")
    ]
    assert answers == [415] * 4


def test_an_account_is_locked_and_let_in_again(app: Any, josie: str) -> None:
    token = app.connect(josie)["refresh_token"]
    url = f"{app.base}/sandbox/accounts"
    requests.post(url, json={"login": josie, "active": False}, timeout=10)
    locked = app.refresh(token).ok
    requests.post(url, json={"login": josie, "active": True}, timeout=10)
    assert (locked, app.refresh(token).ok) == (False, True)


def test_a_card_without_a_hook_is_said_on_a_page(servicenow: Any) -> None:
    servicenow.app.extensions["sandbox-cards"]._hooks.clear()
    browser = servicenow.browser()
    page = browser.sign_in(browser.get(first(servicenow).url), "josie")
    csrf = page.text.split('name="csrf" value="')[1].split('"')[0]
    path = f"{servicenow.base}/records/{first(servicenow).record_id}/card"
    answer = browser.session.post(path, data={"csrf": csrf}, timeout=10)
    assert (answer.status_code, "No hook is set up" in answer.text) == (404, True)
