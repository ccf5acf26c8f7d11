"""Installations: their bots' tokens, renewed and refused, and those that may not stay."""

from random import Random
from typing import Final

from sandbox.browser import Browser, Page
from sandbox.one_process.stack import OneProcess
from sandbox.slack.faults import Fault
from tests.torture.canaries.journeys import noted
from tests.torture.canaries.leaving import slack
from tests.torture.canaries.signing_in import house

HALF_A_DAY: Final = 43_200
NEARLY: Final = 36_000


def install_as(stack: OneProcess, person: str, label: str = "Allow") -> Page:
    """An admin opens the address to install from, and presses this button of Slack's page."""
    browser = Browser()
    browser.get(f"http://slack.localhost:{stack.world.port}/session/switch?person={person}")
    base = stack.hooks["approve_change"]["url"].removesuffix("/hooks/approve_change")
    page = browser.get(f"{base.replace('127.0.0.1', 'api.execute-api.localhost')}/slack/install")
    return browser.press(page, label)


def speak(stack: OneProcess, person: str) -> None:
    """Somebody there asks for help, and is answered by their own workspace's bot."""
    slack(stack, f"people/{person}/type", channel=f"D{person[1:]}", text="help")
    stack.settle(seconds=1)


def install(stack: OneProcess, _: Random) -> None:
    """Installed in a second workspace, kept, rotated twice, refused, installed again, and removed."""
    install_as(stack, "U1JOSIE")
    install_as(stack, "U1JOSIE", "Cancel")
    speak(stack, "U1JOSIE")
    for _again in range(2):
        stack.clock.forward(NEARLY)
        house(stack)
        speak(stack, "U1JOSIE")
    stack.sandbox.slack.state.faults.plant("oauth.v2.access", Fault(error="invalid_refresh_token", status=200))
    stack.clock.forward(HALF_A_DAY)
    house(stack)
    assert noted(stack, "bot_not_renewed")
    speak(stack, "U1JOSIE")
    install_as(stack, "U1JOSIE")
    speak(stack, "U1JOSIE")
    slack(stack, "administration", remove="T1LABS")
    stack.settle(seconds=1)


def turned_away(stack: OneProcess, _: Random) -> None:
    """A workspace that is not listed loses it at once."""
    install_as(stack, "U1JOSIE")
    stack.settle(seconds=0)
