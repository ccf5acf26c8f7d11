"""The journey of a browser from a *Connect* button to the app and back, as a person makes it page by page."""

import re

from playwright.sync_api import Page, expect

CONNECT = "Connect {app}"
WHO_ARE_YOU = "Countersign wants to know who you are"
APP_SIGN_IN = "Sign in to {app}"
CONSENT = "Allow access?"
CONFIRM = "Are both of these you?"
DONE = "Connected"


def heading(tab: Page) -> str:
    """What the page is headed with, once it stands."""
    tab.wait_for_load_state()
    return tab.get_by_role("heading", level=1).inner_text()


def says(tab: Page, title: str, *sentences: str) -> None:
    """The tab comes to this page, and it says these things."""
    expect(tab.get_by_role("heading", level=1)).to_have_text(title)
    for sentence in sentences:
        expect(tab.get_by_role("main")).to_contain_text(sentence)


def press(tab: Page, button: str) -> None:
    """Press a button that leads to another page; the page that goes on by itself is not waited at."""
    before = heading(tab)
    tab.get_by_role("button", name=button, exact=True).click()
    expect(tab.get_by_role("heading", level=1)).not_to_have_text(re.compile(rf"^({re.escape(before)}|On to .*)$"))


def sign_in(tab: Page, login: str) -> None:
    """Fill in the app's sign-in page; ``login`` as its list of accounts has it."""
    tab.get_by_label("Account").select_option(login)
    tab.get_by_label("Password").fill(f"{login.partition('@')[0]}-sample")
    press(tab, "Sign in")


def go_to_app(tab: Page) -> None:
    """From the connect page through Sign in with Slack, which asks only the first time."""
    press(tab, "Continue")
    if heading(tab) == WHO_ARE_YOU:
        press(tab, "Allow")


def go_to_confirmation(tab: Page, login: str) -> list[str]:
    """From the connect page to where both identities are shown, or wherever else it ends. Returns the pages passed."""
    go_to_app(tab)
    passed = [heading(tab)]
    if passed[-1].startswith("Sign in to "):
        sign_in(tab, login)
        passed.append(heading(tab))
    if passed[-1] == CONSENT:
        press(tab, "Allow")
        passed.append(heading(tab))
    return passed


def connect(tab: Page, login: str) -> None:
    """The whole journey, to its good end."""
    go_to_confirmation(tab, login)
    if heading(tab) == CONFIRM:
        press(tab, "Yes, connect")
    says(tab, DONE)
