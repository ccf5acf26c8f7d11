"""The story of the product in one browser, through the real template; and in two browsers at once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, expect

from tests.e2e.business_apps import BusinessApp, change_title
from tests.e2e.local_aws import LocalAws
from tests.e2e.sign_in_journey import (
    CONFIRM,
    CONSENT,
    DONE,
    connect,
    go_to_app,
    go_to_confirmation,
    press,
    says,
    sign_in,
)
from tests.e2e.signed_slack import SignedSlack, buttons, seen_by
from tests.e2e.slack_window import HOME, MESSAGES, SlackWindow

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.usefixtures("nobody_connected")]

NewBrowser = Callable[[str], SlackWindow]
PRIVATE = "Only visible to you"


def ask_for_sign_in(window: SlackWindow, card: Locator, choice: str) -> Locator:
    """Press a card's button, and return the private prompt's link."""
    expect(card).to_be_visible()  # or it would count as news itself
    with window.news():
        window.press(card, choice)
    expect(window.latest).to_contain_text(PRIVATE)
    return window.latest.get_by_role("link", name=re.compile("^Connect "))


def card_buttons(card: Locator) -> Locator:
    """The card's own buttons, without Slack's that opens the message's menu."""
    return card.locator(".message-body").get_by_role("button")


def test_the_story(
    new_browser: NewBrowser,
    stack: dict[str, Any],
    servicenow: BusinessApp,
    salesforce: BusinessApp,
    aws: LocalAws,
) -> None:
    window = new_browser("Tom")
    upgrade = servicenow.send_card("Upgrade the mail gateway", requested_by="priya", approver="josie")
    card = window.card(change_title("Upgrade the mail gateway"))
    expect(card_buttons(card)).to_have_text(["Approve", "Reject"])
    toms_view = next(message for message in seen_by(stack, "U0TOM") if message["ts"] == card.get_attribute("data-ts"))
    tom_is_refused_by_servicenow(window, card)
    assert servicenow.audit(upgrade) == []

    window.become("Josie")
    josie_approves_as_josie(window, card)
    assert servicenow.audit(upgrade) == [("josie", "approved", "")]
    window.become("Tom")
    tom_is_told_who_decided(window, card, stack, toms_view)

    window.become("Josie")
    renewal = servicenow.send_card("Renew the web certificate", requested_by="priya", approver="josie")
    josie_is_not_asked_again(window, window.card(change_title("Renew the web certificate")))
    assert servicenow.audit(renewal) == [("josie", "approved", "")]
    josie_looks_after_her_connections(window)
    assert (servicenow.grants("josie")[-1], aws.connections()) == ("revoked", [("U0TOM", "servicenow")])
    the_comment_comes_before_the_sign_in(window, servicenow)

    josie_creates_an_opportunity(window)
    assert ("josie@acme.com", "created", "") in salesforce.audit()
    typed_words_offer_the_form(window)
    the_home_tab_shows_what_is_connected(window)
    a_forwarded_link_is_worthless(window)
    assert aws.connections() == [("U0JOSIE", "servicenow"), ("U0TOM", "servicenow")]


def tom_is_refused_by_servicenow(window: SlackWindow, card: Locator) -> None:
    """He connects as himself; his click goes on by itself; the card stays as it was."""
    tab = window.follow(ask_for_sign_in(window, card, "Approve"))
    says(tab, "Connect ServiceNow", "for Slack user @tom in Acme", "Are you not @tom?")
    assert go_to_confirmation(tab, "tom") == ["Sign in to ServiceNow", CONSENT, CONFIRM]
    says(tab, CONFIRM, "@tom, Acme", "Tom, tom@acme.com")
    press(tab, "Yes, connect")
    says(tab, "Connected", "ServiceNow knows you as tom@acme.com.")
    tab.close()
    expect(window.latest).to_contain_text("Connected to ServiceNow as tom@acme.com.")
    window.go(MESSAGES)
    expect(window.latest).to_contain_text(
        re.compile(
            r"ServiceNow did not allow this: Approve · Change CHG\d+: Upgrade the mail gateway\. It said: “Unable"
        )
    )
    expect(window.latest).to_contain_text("You are signed in there as tom@acme.com. Nothing was changed")
    expect(window.latest.get_by_role("button", name="Sign in as someone else")).to_be_visible()
    window.go("#approvals")
    expect(card_buttons(card)).to_have_text(["Approve", "Reject"])


def josie_approves_as_josie(window: SlackWindow, card: Locator) -> None:
    """In the same browser, switched: she sees nothing of Tom's, signs in once, and the card names her for everyone."""
    expect(card).to_be_visible()
    expect(window.log).not_to_contain_text("as tom@acme.com")
    tab = window.follow(ask_for_sign_in(window, card, "Approve"))
    connect(tab, "josie")
    tab.close()
    expect(card).to_contain_text(re.compile(r"Approved by @josie \(josie@acme\.com in ServiceNow\), today \d\d:\d\d"))
    expect(card_buttons(card)).to_have_count(0)


def tom_is_told_who_decided(window: SlackWindow, card: Locator, stack: dict[str, Any], view: dict[str, Any]) -> None:
    """He sees it on the card; a click of his that was still on its way is answered in private."""
    expect(card).to_contain_text("Approved by @josie (josie@acme.com in ServiceNow)")
    expect(card_buttons(card)).to_have_count(0)
    with window.news():
        clicked = SignedSlack(stack).click("U0TOM", view["channel"], view["ts"], buttons(view)[0])
        assert clicked.status_code == requests.codes.ok
    expect(window.latest).to_contain_text(PRIVATE)
    expect(window.latest).to_contain_text("This is settled already, so nothing was done with your click:")
    expect(window.latest).to_contain_text("Approved by @josie (josie@acme.com in ServiceNow)")


def josie_is_not_asked_again(window: SlackWindow, card: Locator) -> None:
    """One click, and it is done as her."""
    window.press(card, "Approve")
    expect(card).to_contain_text("Approved by @josie (josie@acme.com in ServiceNow)")
    expect(window.latest).to_have_attribute("data-ts", card.get_attribute("data-ts") or "")


def josie_looks_after_her_connections(window: SlackWindow) -> None:
    """In the channel the answer is hers alone; help leads to the same list; cutting asks once and tells the truth."""
    listed = window.ask("@Countersign connections")
    expect(listed).to_contain_text(PRIVATE)
    expect(listed).to_contain_text("ServiceNow as josie@acme.com")
    window.go(MESSAGES)
    helped = window.ask("help")
    with window.news():
        window.press(helped, "Personal accounts")
    listed = window.latest
    expect(listed).to_contain_text(re.compile(r"Connected today \d\d:\d\d, last used today \d\d:\d\d"))
    begins_with(listed, "Reconnect", "Disconnect")
    expect(listed.get_by_role("button", name="Connect Salesforce", exact=True)).to_be_visible()
    window.press(listed, "Disconnect")
    window.press(window.form("Disconnect ServiceNow?"), "Keep")
    window.press(listed, "Disconnect")
    with window.news(2):
        window.press(window.form("Disconnect ServiceNow?"), "Disconnect")
    expect(window.log).to_contain_text("ServiceNow is disconnected: Countersign can't use it any more.")
    expect(window.latest).to_contain_text("ServiceNow: removed here, and revoked at ServiceNow.")


def the_comment_comes_before_the_sign_in(window: SlackWindow, servicenow: BusinessApp) -> None:
    """Not connected any more, she rejects: first the form, which wants a comment; then the sign-in; then it is done."""
    change = servicenow.send_card("Open port 25", requested_by="tom", approver="josie")
    window.go("#approvals")
    card = window.card(change_title("Open port 25"))
    window.press(card, "Reject")
    form = window.form("Reject the change")
    window.press(form, "Reject")
    expect(form.get_by_label("Why?")).to_have_accessible_description(re.compile("complete this required field"))
    form.get_by_label("Why?").fill("Not without a relay.")
    with window.news():
        window.press(form, "Reject")
    tab = window.follow(window.latest.get_by_role("link", name="Connect ServiceNow"))
    connect(tab, "josie")
    tab.close()
    expect(card).to_contain_text("Rejected by @josie (josie@acme.com in ServiceNow)")
    expect(card).to_contain_text("“Not without a relay.”")
    assert servicenow.audit(change) == [("josie", "rejected", "Not without a relay.")]


def josie_creates_an_opportunity(window: SlackWindow) -> None:
    """A command opens its form, which is checked at once; then the sign-in; then it is created as her."""
    window.go("#approvals")
    window.type("/countersign create opportunity")
    form = window.form("Create an opportunity")
    fill_in_opportunity(form, name="  ")
    window.press(form, "Create")
    expect(form.get_by_label("Name")).to_have_accessible_description("Please fill this in.")
    form.get_by_label("Name").fill("Northwind: 300 seats")
    with window.news():
        window.press(form, "Create")
    tab = window.follow(window.latest.get_by_role("link", name="Connect Salesforce"))
    connect(tab, "josie@acme.com")
    tab.close()
    window.go(MESSAGES)
    expect(window.latest).to_contain_text("The opportunity Northwind: 300 seats is in Salesforce, and it is yours.")
    expect(window.latest).to_contain_text("Recorded as josie@acme.com in Salesforce.")


def fill_in_opportunity(form: Locator, *, name: str) -> None:
    """The form of *create opportunity*."""
    form.get_by_label("Name").fill(name)
    form.get_by_label("Stage").select_option("Prospecting")
    form.get_by_label("Close date").fill("2027-03-31")
    form.get_by_label("Amount").fill("12000")


def typed_words_offer_the_form(window: SlackWindow) -> None:
    """Typed words can't open a form, in messages or behind a mention: their answer has a button that does."""
    for place, words in ((MESSAGES, "create opportunity"), ("#approvals", "@Countersign create opportunity")):
        window.go(place)
        window.press(window.ask(words), "Fill in the form")
        form = window.form("Create an opportunity")
        expect(form.get_by_label("Name")).to_be_focused()
        window.press(form, "Cancel")
        expect(form).to_be_hidden()


def begins_with(place: Locator, *buttons: str) -> None:
    """What is connected comes first; what else could be comes after it, and is as much as the catalog has."""
    for number, label in enumerate(buttons):
        expect(place.get_by_role("button").nth(number)).to_have_text(label)


def the_home_tab_shows_what_is_connected(window: SlackWindow) -> None:
    """Whenever it is opened; what is cut there is gone from there, too."""
    window.go(HOME)
    expect(window.home).to_contain_text("Salesforce as josie@acme.com")
    begins_with(window.home, *(["Reconnect", "Disconnect"] * 2))
    window.home.get_by_role("button", name="Disconnect").first.click()
    window.press(window.form("Disconnect Salesforce?"), "Disconnect")
    expect(window.home).to_contain_text("Disconnected; being revoked at Salesforce")
    begins_with(window.home, "Connect Salesforce again", "Reconnect", "Disconnect")


def a_forwarded_link_is_worthless(window: SlackWindow) -> None:
    """Tom sends Josie his link: her browser is stopped, he is told, and even he can't use it any more."""
    window.become("Tom")
    window.go("#approvals")
    listed = window.ask("@Countersign connections")
    with window.news():
        window.press(listed, "Connect Salesforce")
    link = window.latest.get_by_role("link", name="Connect Salesforce").get_attribute("href") or ""
    window.become("Josie")
    tab = window.context.new_page()
    tab.goto(link)
    go_to_app(tab)
    says(tab, "This link is not yours", "It was made for @tom in Acme", "nothing was connected")
    window.become("Tom")
    window.go(MESSAGES)
    expect(window.latest).to_contain_text("Your link to connect Salesforce was opened by somebody else.")
    tab.goto(link)
    says(tab, "This link was stopped")
    tab.close()


def test_two_browsers_at_once_end_up_as_two_people(new_browser: NewBrowser, servicenow: BusinessApp) -> None:
    """Both set out before either arrives; each action goes on as its own person, and each sees the other's outcome."""
    tom, josie = new_browser("Tom"), new_browser("Josie")
    change = servicenow.send_card("Move the backups", requested_by="priya", approver="josie")
    title = change_title("Move the backups")
    toms_tab = tom.follow(ask_for_sign_in(tom, tom.card(title), "Approve"))
    josies_tab = josie.follow(ask_for_sign_in(josie, josie.card(title), "Approve"))
    go_to_confirmation(toms_tab, "tom")
    go_to_confirmation(josies_tab, "josie")
    press(josies_tab, "Yes, connect")
    press(toms_tab, "Yes, connect")
    says(josies_tab, DONE, "ServiceNow knows you as josie@acme.com.")
    says(toms_tab, DONE, "ServiceNow knows you as tom@acme.com.")
    for window in (tom, josie):
        expect(window.card(title)).to_contain_text("Approved by @josie (josie@acme.com in ServiceNow)")
    tom.go(MESSAGES)
    expect(tom.log).to_contain_text(re.compile("ServiceNow did not allow this|[Tt]his is settled already"))
    assert servicenow.audit(change) == [("josie", "approved", "")]


def test_a_change_decided_in_servicenow_itself_closes_its_card(
    new_browser: NewBrowser, servicenow: BusinessApp
) -> None:
    """The card's own link leads to the record; whoever decides there is named, and Countersign is not in between."""
    window = new_browser("Josie")
    change = servicenow.send_card("Retire the old proxy", requested_by="tom", approver="josie")
    card = window.card(change_title("Retire the old proxy"))
    tab = window.follow(card.get_by_role("link", name="Open in ServiceNow"))
    sign_in(tab, "josie")
    tab.get_by_role("button", name="Approve").click()
    expect(card).to_contain_text(re.compile(r"Approved in the app itself by Josie \(josie@acme\.com\), today"))
    expect(card_buttons(card)).to_have_count(0)
    assert servicenow.audit(change) == [("josie", "approved", "")]


def test_a_grant_that_ended_at_servicenow_is_asked_for_again(new_browser: NewBrowser, servicenow: BusinessApp) -> None:
    """An administrator ends it there: the next click asks to sign in, says why, and then goes on."""
    window = new_browser("Josie")
    servicenow.send_card("Patch the printers", requested_by="tom", approver="josie")
    connect(window.follow(ask_for_sign_in(window, window.card(change_title("Patch the printers")), "Approve")), "josie")
    expect(window.card(change_title("Patch the printers"))).to_contain_text("Approved by @josie")
    servicenow.end_grants()
    servicenow.send_card("Patch the scanners", requested_by="tom", approver="josie")
    card = window.card(change_title("Patch the scanners"))
    link = ask_for_sign_in(window, card, "Approve")
    expect(window.latest).to_contain_text("Your sign-in to ServiceNow has ended there.")
    connect(window.follow(link), "josie")
    expect(card).to_contain_text("Approved by @josie (josie@acme.com in ServiceNow)")
