"""What an answer says beside its body, and refusals because the record moved."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.answer import Refused, Succeeded, read_answer
from countersign.domain.http import HttpAnswer
from tests.unit.domain.test_operation import SYS_ID, call

APPROVE = call("servicenow.approve_change", sys_id=SYS_ID)
WHERE = {"id": "${answer.location_id}", "address": "${answer.location}"}


def made(headers: Mapping[str, str]) -> Any:
    operation = replace(APPROVE.operation, success_status=[204], success=None, results=WHERE)
    return read_answer(replace(APPROVE, operation=operation), HttpAnswer(204, None, headers))


@pytest.mark.parametrize(
    ("location", "record"),
    [
        ("https://acme.suitetalk.api.netsuite.com/services/rest/record/v1/vendorbill/647", "647"),
        ("/record/v1/vendorbill/647/", "647"),
        ("https://acme.example/a%2Fb?x=1#y", "a/b"),
        ("https://acme.example/`'\"", "`'\""),
    ],
)
def test_the_address_of_what_was_made_is_a_result(location: str, record: str) -> None:
    assert made({"location": location}) == Succeeded({"id": record, "address": location})


@pytest.mark.parametrize("headers", [{}, {"Location": ""}, {"Location": "http://[oops/1"}])
def test_an_answer_without_an_address_is_a_success_without_that_result(headers: Mapping[str, str]) -> None:
    assert made(headers) == Succeeded({})


def test_an_address_without_a_path_has_no_id() -> None:
    assert made({"Location": "https://acme.example"}) == Succeeded({"address": "https://acme.example"})


@pytest.mark.parametrize(("message", "changed"), [("SHA does not match HEAD of source branch", True), ("No", False)])
def test_a_refusal_because_the_record_moved_says_so(message: str, changed: bool) -> None:
    operation = replace(APPROVE.operation, changed="contains(message, 'SHA does not match')", message="message")
    found = read_answer(replace(APPROVE, operation=operation), HttpAnswer(409, {"message": message}))
    assert found == Refused(message, changed=changed)
