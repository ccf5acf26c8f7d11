"""`countersign try`: recipes run in the sandbox, with what goes to the apps shown and secrets masked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from countersign.domain.redaction import MASK
from countersign_cli.main import app
from countersign_cli.trying.shown_http import masked
from tests.support.secret_form import with_secret_form


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["try", *arguments], env={"COLUMNS": "300"})


def test_an_approval_is_shown_request_by_request_up_to_the_card() -> None:
    result = run("approve_change")
    assert result.exit_code == 0, result.output
    assert "PATCH https://acme.service-now.com/api/sn_chg_rest/change/" in result.output
    assert '"state": "approved"' in result.output
    assert "*Approved* by @josie" in result.output
    assert "josie is asked to connect ServiceNow, and signs in there: Connected" in result.output


def test_no_token_is_shown() -> None:
    shown = run("approve_deal").output
    assert f"Authorization: {MASK}" in shown
    assert "Bearer" not in shown
    assert "00DHs0000000001!" not in shown  # how the sandbox's Salesforce begins an access token


def test_one_who_may_not_is_refused_and_the_exit_status_says_so() -> None:
    result = run("approve_deal", "--as", "tom")
    assert result.exit_code == 1
    assert "Salesforce did not allow this" in result.output
    assert "It was not done: refused." in result.output


def test_given_values_are_used_and_others_are_made_up_and_said_so() -> None:
    result = run("create_opportunity", "--as", "tom", "-i", "name=Acme: 10 seats")
    assert result.exit_code == 0, result.output
    assert '"Name": "Acme: 10 seats"' in result.output
    assert "stage = Prospecting   (made up" in result.output


def test_a_secret_answer_is_shown_nowhere_though_the_app_quotes_it(tmp_path: Path) -> None:
    lines = "user: payroll\npassword: correct horse"
    result = run("hand_over", "--catalog", str(with_secret_form(tmp_path)), "-i", f"password={lines}")
    assert result.exit_code == 0, result.output
    assert f"password = {MASK}" in result.output
    assert f'"description": "{MASK}, "' in result.output
    assert f"is reported: {MASK}," in result.output
    assert "correct horse" not in result.output


def test_another_of_the_cards_buttons_can_be_chosen() -> None:
    result = run("approve_change", "--choose", "reject", "-i", "comment=Not this week")
    assert result.exit_code == 0, result.output
    assert '"comments": "Not this week"' in result.output


def test_a_card_that_only_leads_to_its_app_is_posted_and_shown() -> None:
    result = run("expensify_expense")
    assert result.exit_code == 0, result.output
    assert "Open in Expensify" in result.output


def test_a_value_that_the_form_does_not_offer_is_answered_with_those_that_it_does() -> None:
    result = run("create_opportunity", "--as", "tom", "-i", "stage=Nonsense")
    assert result.exit_code == 1
    assert "stage: Nonsense is not among the choices: Prospecting" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "There is no recipe nope. There are:"),
        (["approve_change", "--choose", "fly"], "has no choice fly. There are: approve, reject"),
        (["approve_change", "--as", "mallory"], "Nobody in the sandbox is called mallory"),
        (["approve_change", "-i", "foo=bar"], "approve_change takes no foo. It takes: sys_id"),
        (["approve_change", "-i", "comment"], "'comment' is not NAME=VALUE"),
    ],
)
def test_what_can_not_be_tried_is_said_with_what_can(arguments: list[str], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())


def test_secrets_are_masked_wherever_they_stand() -> None:
    inner = json.dumps({"credentials": {"partnerUserSecret": "s3cret"}, "type": "get"})
    shown = json.dumps(masked({"form": {"job": inner}, "list": [{"access_token": "abc"}], "X-Api-Token": "t"}))
    for secret in ("s3cret", "abc", '"t"'):
        assert secret not in shown
    assert "get" in shown
