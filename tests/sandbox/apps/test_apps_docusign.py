"""The sandbox DocuSign: Basic only, several accounts, envelopes that only their sender moves."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.apps.token_requests import asked_by_basic, code_of
from tests.support.running_app import Clock, RunningApp, run

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def docusign(clock: Clock) -> Iterator[RunningApp]:
    yield from run("docusign", clock)


def connected(docusign: RunningApp, name: str) -> dict[str, Any]:
    back = docusign.authorize(f"{name}@acme.com", scope="signature extended")
    return dict(asked_by_basic(docusign, **code_of(back)).json())


@pytest.fixture
def josie(docusign: RunningApp) -> str:
    return str(connected(docusign, "josie")["access_token"])


def envelopes(docusign: RunningApp, token: str) -> str:
    """The address of the envelopes in the person's default account."""
    accounts = docusign.call("GET", "/oauth/userinfo", token).json()["accounts"]
    return next(f"/restapi/v2.1/accounts/{one['account_id']}/envelopes" for one in accounts if one["is_default"])


def ids(docusign: RunningApp) -> list[str]:
    return [one.id for one in docusign.app.extensions["sandbox-store"].all("envelope")]


def test_the_client_proves_itself_by_basic_alone(docusign: RunningApp) -> None:
    back = docusign.authorize("josie@acme.com", scope="signature")
    assert docusign.post_code(back).status_code == 401
    assert asked_by_basic(docusign, **code_of(back)).status_code == 200


def test_a_refresh_gives_thirty_new_days_and_spends_the_old_token(docusign: RunningApp) -> None:
    token = connected(docusign, "josie")["refresh_token"]
    for _ in range(3):
        docusign.clock.now += 29 * 86_400
        spent, token = (
            token,
            asked_by_basic(docusign, grant_type="refresh_token", refresh_token=token).json()["refresh_token"],
        )
    assert asked_by_basic(docusign, grant_type="refresh_token", refresh_token=spent).status_code == 400


def test_a_person_can_be_in_several_accounts(docusign: RunningApp, josie: str) -> None:
    accounts = docusign.call("GET", "/oauth/userinfo", josie).json()["accounts"]
    assert sorted((one["account_name"], one["is_default"]) for one in accounts) == [
        ("Acme", True),
        ("Acme Partners", False),
    ]


def test_a_draft_is_sent_once_and_then_voided_with_a_reason(docusign: RunningApp, josie: str) -> None:
    path = f"{envelopes(docusign, josie)}/{ids(docusign)[0]}"
    bodies = ({"status": "sent"}, {"status": "sent"}, {"status": "voided"}, {"status": "voided", "voidedReason": "Old"})
    assert [docusign.call("PUT", path, josie, json=body).status_code for body in bodies] == [200, 400, 400, 200]
    seen = docusign.call("GET", path, josie).json()
    assert (seen["status"], seen["voidedReason"]) == ("voided", "Old")


def test_the_audit_events_name_who_acted(docusign: RunningApp, josie: str) -> None:
    path = f"{envelopes(docusign, josie)}/{ids(docusign)[0]}"
    docusign.call("PUT", path, josie, json={"status": "sent"})
    events = docusign.call("GET", f"{path}/audit_events", josie).json()["auditEvents"]
    last = {field["name"]: field["value"] for field in events[-1]["eventFields"]}
    assert (last["UserName"], last["EnvelopeStatus"]) == ("Josie", "sent")


def test_another_persons_envelope_does_not_exist(docusign: RunningApp) -> None:
    tom = str(connected(docusign, "tom")["access_token"])
    answer = docusign.call("PUT", f"{envelopes(docusign, tom)}/{ids(docusign)[1]}", tom, json={"status": "sent"})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "ENVELOPE_DOES_NOT_EXIST")


def test_an_envelope_is_found_by_its_transaction(docusign: RunningApp, josie: str) -> None:
    base = envelopes(docusign, josie)
    signer = {"roleName": "Signer", "name": "Priya", "email": "priya@acme.com"}
    body = {"status": "sent", "templateId": "t1", "templateRoles": [signer], "transactionId": "a1"}
    made = docusign.call("POST", base, josie, json=body)
    found, none = (docusign.call("GET", f"{base}?transaction_ids={one}", josie).json() for one in ("a1", "b2"))
    assert made.status_code == 201
    assert [one["envelopeId"] for one in found["envelopes"]] == [made.json()["envelopeId"]]
    assert none["envelopes"] == []
    assert docusign.call("POST", base, josie, json=body | {"templateRoles": []}).status_code == 400
