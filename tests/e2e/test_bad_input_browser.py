"""What a browser can do wrong on its way, and what can go wrong there: one clear page each, nothing half made."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.business_apps import BusinessApp
from tests.e2e.local_aws import LocalAws
from tests.e2e.sign_in_journey import (
    CONFIRM,
    CONSENT,
    DONE,
    WHO_ARE_YOU,
    connect,
    go_to_app,
    go_to_confirmation,
    heading,
    press,
    says,
    sign_in,
)
from tests.e2e.slack_window import MESSAGES, SlackWindow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.usefixtures("nobody_connected")]

NewBrowser = Callable[[str], SlackWindow]
AGAIN = "Go back to Slack and press the Connect button again."
NOBODYS = "0" * 64
TEN_MINUTES = 600


def prompt(window: SlackWindow) -> str:
    """Ask for a sign-in to ServiceNow in the direct messages, and return its link."""
    window.go(MESSAGES)
    listed = window.ask("connections")
    with window.news():
        window.press(listed, "Connect ServiceNow")
    return window.latest.get_by_role("link", name="Connect ServiceNow").get_attribute("href") or ""


def open_link(window: SlackWindow, link: str) -> Page:
    """The link in a tab of its own."""
    tab = window.context.new_page()
    tab.goto(link)
    return tab


def test_a_token_endpoint_that_misbehaves_connects_nothing_and_can_be_tried_again(
    new_browser: NewBrowser, servicenow: BusinessApp, aws: LocalAws
) -> None:
    """500, HTML, nothing at all, 10 MB: one page says what to do; the same link works when ServiceNow does."""
    window = new_browser("Priya")
    link = prompt(window)
    for kind in ("server_error", "html", "close", "huge"):
        servicenow.fail("/oauth_token.do", kind)
        tab = open_link(window, link)
        go_to_confirmation(tab, "priya")
        says(tab, "ServiceNow does not answer", "did not give us a usable answer", AGAIN, "Reference")
        assert (servicenow.faults(), aws.connections()) == ([], []), kind
        tab.close()
    connect(open_link(window, link), "priya")
    assert aws.connections() == [("U0PRIYA", "servicenow")]


def test_who_says_no_stays_unconnected(new_browser: NewBrowser, servicenow: BusinessApp, aws: LocalAws) -> None:
    """Consent denied at ServiceNow; then allowed there, and declined here: what ServiceNow gave is given back."""
    window = new_browser("Priya")
    tab = open_link(window, prompt(window))
    go_to_app(tab)
    sign_in(tab, "priya")
    press(tab, "Deny")
    says(tab, "You did not allow it", "ServiceNow says that you said no", "Press the Connect button in Slack again.")
    assert servicenow.grants("priya")[-1:] != ["live"]

    tab.goto(prompt(window))
    go_to_confirmation(tab, "priya")
    press(tab, "No, cancel")
    says(tab, "Nothing was connected", "You said no, so nothing was stored")
    assert aws.connections() == []
    aws.age_sign_ins(TEN_MINUTES)
    aws.keep_house()
    assert servicenow.grants("priya")[-1] == "revoked"


def test_going_back_and_reloading_never_breaks_a_sign_in(new_browser: NewBrowser, aws: LocalAws) -> None:
    """Each step works once; whoever comes by again sees where the sign-in stands."""
    window = new_browser("Priya")
    link = prompt(window)
    tab = open_link(window, link)
    assert go_to_confirmation(tab, "priya")[-2:] == [CONSENT, CONFIRM]
    callback = tab.url
    tab.reload()
    says(tab, CONFIRM)
    tab.go_back()
    assert heading(tab) != DONE
    tab.goto(callback)
    says(tab, CONFIRM, "@priya, Acme")
    assert aws.connections() == []

    press(tab, "Yes, connect")
    says(tab, DONE)
    tab.reload()
    says(tab, DONE, "ServiceNow knows you as priya@acme.com.")
    tab.goto(callback)
    says(tab, DONE, "ServiceNow knows you as priya@acme.com.")
    tab.goto(link)
    says(tab, "This link was used already", "@priya has connected ServiceNow with it.")
    assert aws.connections() == [("U0PRIYA", "servicenow")]


def test_without_the_cookie_nobody_gets_on(new_browser: NewBrowser, aws: LocalAws) -> None:
    """Lost on the way to the app, and lost before the confirmation; afterwards the same link still works."""
    window = new_browser("Priya")
    link = prompt(window)
    tab = open_link(window, link)
    go_to_app(tab)
    window.context.clear_cookies(name="__Host-bt")
    sign_in(tab, "priya")
    press(tab, "Allow")
    says(tab, "Please start again in one browser", "or this one dropped our cookie", AGAIN)

    tab.goto(link)
    go_to_confirmation(tab, "priya")
    window.context.clear_cookies(name="__Host-bt")
    press(tab, "Yes, connect")
    says(tab, "Please start again in one browser")
    assert aws.connections() == []
    tab.goto(link)
    connect(tab, "priya")


def test_a_link_ends_and_its_page_sends_another_to_its_own_person(new_browser: NewBrowser, aws: LocalAws) -> None:
    """Too late for the button, and too late for the confirmation; the new link comes in Slack only."""
    window = new_browser("Priya")
    tab = open_link(window, prompt(window))
    go_to_confirmation(tab, "priya")
    aws.age_sign_ins(TEN_MINUTES)
    press(tab, "Yes, connect")
    says(tab, "This link has ended", "A link works for 10 minutes.")
    assert aws.connections() == []

    link = prompt(window)
    aws.age_sign_ins(TEN_MINUTES)
    tab.goto(link)
    says(tab, "This link has ended")
    with window.news():
        press(tab, "Send me a new link in Slack")
        says(tab, "Look in Slack", "If @priya can have a new link now, it is in their messages with Countersign,")
    expect(window.latest).to_contain_text("Here is a new link, because the last one had ended.")
    connect(window.follow(window.latest.get_by_role("link", name="Connect ServiceNow")), "priya")


def test_an_address_that_nobody_gave_out_has_a_page_too(new_browser: NewBrowser, stack: dict[str, Any]) -> None:
    """Unknown, cut off, of an unknown app, or without what belongs to it."""
    # No button leads on from a link that nobody has: it would only lead back to it.
    unknown = ("There is no such link", "Go back to Slack and write connections to Countersign")
    incomplete = ("This address is not complete", AGAIN)
    tab = new_browser("Priya").page
    for path, (title, way_on) in (
        (f"/connect/{NOBODYS}", unknown),
        (f"/connect/{NOBODYS[:20]}", unknown),
        (f"/oauth/callback/nobody?code=c&state={NOBODYS}", unknown),
        (f"/oauth/callback/servicenow?code=c&state={NOBODYS}", unknown),
        (f"/oauth/slack/callback?error=access_denied&state={NOBODYS}", unknown),
        ("/oauth/callback/servicenow", incomplete),
    ):
        tab.goto(stack["browser_url"] + path)
        says(tab, title, way_on)


def test_who_is_signed_in_to_another_workspace_is_told_and_can_try_again(
    new_browser: NewBrowser, stack: dict[str, Any], aws: LocalAws
) -> None:
    """The commonest honest accident: Slack goes on with the workspace that the browser is signed in to."""
    window = new_browser("Josie")
    link = prompt(window)
    window.page.goto(stack["sandbox_url"].replace("127.0.0.1", "slack.localhost") + "/session/end?return_to=/sign-in")
    tab = open_link(window, link)
    press(tab, "Continue")
    tab.get_by_role("region", name="Acme Labs").get_by_role("button", name=re.compile("^Josie")).click()
    says(tab, WHO_ARE_YOU, "Acme Labs")
    press(tab, "Cancel")
    says(tab, "You did not sign in to Slack", AGAIN)

    tab.goto(link)
    press(tab, "Continue")
    press(tab, "Allow")
    says(
        tab,
        "Another Slack workspace",
        "This browser is signed in to another Slack workspace; the link is for @josie in Acme.",
    )
    assert aws.connections() == []

    tab.goto(link)
    press(tab, "Continue")
    tab.get_by_role("link", name="Sign in to another workspace").click()
    tab.get_by_role("region", name="Acme", exact=True).get_by_role("button", name=re.compile("^Josie")).click()
    tab.wait_for_url(re.compile("servicenow|openid"))
    if heading(tab) == WHO_ARE_YOU:
        press(tab, "Allow")
    sign_in(tab, "josie")
    press(tab, "Allow")
    press(tab, "Yes, connect")
    says(tab, DONE)
