"""Which statuses are a success where an app file names none: what was made answers 201 or 202 as well as 200."""

from typing import Any

import pytest

from catalog_build.compile import compile_catalog
from countersign.domain.answer import NotUsable, Succeeded, read_answer
from countersign.domain.catalog_data import read_app
from countersign.domain.connection import Account
from countersign.domain.http import HttpAnswer
from countersign.domain.operation import Call
from tests.support.sample_call import sample_inputs
from tests.support.shipped_catalog import SOURCE

MADE = {"gid": "1201", "permalink_url": "https://app.asana.com/0/1/1201"}


def without_statuses(kind: str) -> Call:
    """Asana's create as an app file would say it that names no status."""
    raw: dict[str, Any] = compile_catalog(SOURCE)["apps"]["asana"]
    named = raw["operations"]["create_task"]
    unnamed = {key: value for key, value in named.items() if key != "success_status"} | {"kind": kind}
    app = read_app({**raw, "operations": {"create_task": unnamed}})
    operation = app.operations["create_task"]
    account = Account("7", "josie", "Josie", "josie@acme.com")
    return Call(app, operation, {}, "https://api.example", account, sample_inputs(operation), "ab" * 16)


@pytest.mark.parametrize("status", [200, 201, 202])
def test_what_was_made_is_a_success_with_every_2xx(status: int) -> None:
    found = read_answer(without_statuses("create"), HttpAnswer(status, {"data": MADE}, {}))
    assert isinstance(found, Succeeded)


@pytest.mark.parametrize("body", [None, {}, {"data": None}, "<html>"])
def test_a_2xx_whose_answer_does_not_prove_it_is_none(body: Any) -> None:
    found = read_answer(without_statuses("create"), HttpAnswer(201, body, {}))
    assert found == NotUsable("status 201, but no word of success")


@pytest.mark.parametrize("status", [302, 304, 500])
def test_another_status_is_none_whatever_it_says(status: int) -> None:
    assert isinstance(read_answer(without_statuses("create"), HttpAnswer(status, {"data": MADE}, {})), NotUsable)


def test_a_decision_that_is_only_accepted_is_not_done() -> None:
    """202 says that it will be looked at (RFC 9110 §15.3.3): who decides wants to know that it is decided."""
    assert read_answer(without_statuses("decide"), HttpAnswer(202, {"data": MADE}, {})) == NotUsable("status 202")
