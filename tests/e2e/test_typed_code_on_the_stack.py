"""A deployment that asks for a typed code besides Slack's word: in the browser, in Slack, and in the tables."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.local_aws import LocalAws
from tests.e2e.sign_in_journey import CONFIRM, DONE, go_to_confirmation, press, says
from tests.e2e.slack_window import MESSAGES, SlackWindow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.usefixtures("nobody_connected")]

CODE = re.compile(r"[2-9][2-9A-Z]{3}-[2-9A-Z]{4}")


@pytest.fixture
def code_as_well(aws: LocalAws) -> Iterator[None]:
    """What ``Proof=siws+dm_code`` makes of the deployment."""
    with aws.environment("OAuthCallback", PROOF="siws+dm_code"):
        yield


@pytest.mark.usefixtures("code_as_well")
def test_nothing_is_connected_until_its_person_typed_the_code(
    new_browser: Callable[[str], SlackWindow], aws: LocalAws
) -> None:
    window = new_browser("Josie")
    window.go(MESSAGES)
    listed = window.ask("connections")
    with window.news():
        window.press(listed, "Connect ServiceNow")
    tab = window.follow(window.latest.get_by_role("link", name="Connect ServiceNow"))
    says(tab, "Connect ServiceNow", "Slack may ask you to sign in first. At the end your browser shows a code.")
    assert go_to_confirmation(tab, "josie")[-1] == CONFIRM
    code = CODE.search(tab.get_by_role("main").inner_text())
    assert code is not None

    tab.get_by_role("button", name="Yes, connect", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("The code has not come yet.")
    assert aws.connections() == []

    expect(window.ask("2AAA-AAAA")).to_contain_text("That is not the code that your browser shows.")
    expect(window.ask(code[0].lower())).to_contain_text("Go back to your browser and press the button there.")
    assert aws.connections() == []
    press(tab, "Yes, connect")
    says(tab, DONE, "ServiceNow knows you as josie@acme.com.")
    assert [row["proof"] for row in aws.rows("ConnectionsTable")] == ["siws+dm_code"]
