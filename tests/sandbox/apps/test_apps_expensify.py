"""The sandbox Expensify: keys that each person makes, shown once; one endpoint; errors with status 200."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)
ENDPOINT = "/Integration-Server/ExpensifyIntegrations"
TRAIN = {"merchant": "Deutsche Bahn", "created": "2027-03-31", "amount": 8990, "currency": "EUR"}


@pytest.fixture
def expensify(clock: Clock) -> Iterator[RunningApp]:
    yield from run("expensify", clock)


def key_of(expensify: RunningApp, name: str) -> dict[str, str]:
    """Make a key on Expensify's page, as that person."""
    browser = expensify.browser()
    page = browser.sign_in(browser.get("/tools/integrations/"), f"{name}@acme.com")
    made = browser.submit(page, make="key")
    shown = re.findall(r"<dt>(partnerUser\w+)</dt><dd><code[^>]*>(.*?)</code>", made.text)
    return dict(shown)


def run_job(expensify: RunningApp, key: dict[str, str], kind: str, **settings: Any) -> dict[str, Any]:
    job = {"type": kind, "credentials": key, "inputSettings": settings}
    answer = requests.post(expensify.base + ENDPOINT, data={"requestJobDescription": json.dumps(job)}, timeout=10)
    assert answer.status_code == 200
    return dict(answer.json())


def test_a_key_is_made_on_the_page_and_a_new_one_ends_the_old(expensify: RunningApp) -> None:
    old, new = key_of(expensify, "josie"), key_of(expensify, "josie")
    assert set(old) == {"partnerUserID", "partnerUserSecret"}
    codes = [run_job(expensify, key, "get", type="policyList")["responseCode"] for key in (old, new)]
    assert codes == [401, 200]


def test_a_wrong_key_is_told_with_status_200(expensify: RunningApp) -> None:
    wrong = key_of(expensify, "josie") | {"partnerUserSecret": "guess"}
    said = run_job(expensify, wrong, "get", type="policyList")
    assert said == {"responseMessage": "Authentication error", "responseCode": 401}


def test_the_keys_person_is_who_made_the_expense(expensify: RunningApp) -> None:
    made = run_job(
        expensify,
        key_of(expensify, "tom"),
        "create",
        type="expenses",
        employeeEmail="tom@acme.com",
        transactionList=[TRAIN],
    )
    assert (made["responseCode"], made["transactionList"][0]["merchant"]) == (200, "Deutsche Bahn")
    assert [(entry.login, entry.act) for entry in expensify.state.audit.entries()] == [("tom@acme.com", "created")]


def test_nobody_but_an_admin_writes_into_another_persons_account(expensify: RunningApp) -> None:
    asked: dict[str, Any] = {"type": "expenses", "employeeEmail": "priya@acme.com", "transactionList": [TRAIN]}
    codes = [
        run_job(expensify, key_of(expensify, name), "create", **asked)["responseCode"] for name in ("tom", "josie")
    ]
    assert codes == [403, 200]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("update", {"type": "reportStatus", "status": "APPROVED"}),
        ("create", {"type": "expenses", "employeeEmail": "tom@acme.com", "transactionList": []}),
        ("create", {"type": "report", "employeeEmail": "tom@acme.com", "policyID": "none", "expenses": [TRAIN]}),
    ],
)
def test_what_it_cannot_do_is_said_in_the_body(expensify: RunningApp, kind: str, settings: dict[str, Any]) -> None:
    said = run_job(expensify, key_of(expensify, "tom"), kind, **settings)
    assert (said["responseCode"], bool(said["responseMessage"])) == (410, True)


def test_there_is_no_oauth(expensify: RunningApp) -> None:
    assert expensify.endpoints is None
    assert requests.get(f"{expensify.base}/authorize", timeout=10).status_code == 404
