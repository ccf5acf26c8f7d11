"""Sign-ins of every sort, and what becomes of their tokens: renewed, refused, quoted, shared, left lying."""

import json
import re
from contextlib import suppress
from random import Random
from typing import Final

from sandbox.apps.faults import Fault
from sandbox.browser import Page
from sandbox.one_process.person import ENTER_KEY, NotSeen, Person
from sandbox.one_process.stack import OneProcess
from tests.torture.canaries.journeys import approve, key, noted

BEFORE_THE_LAST: Final = ("Continue", "Allow", "Sign in", ENTER_KEY)
MOST_PAGES: Final = 10
HALF_AN_HOUR: Final = 1_800
DAY: Final = 86_400
CODE: Final = re.compile(r"[2-9][2-9A-Z]{3}-[2-9A-Z]{4}")


def house(stack: OneProcess) -> None:
    """The schedule's minute, and what it queues."""
    stack.functions["Housekeeping"]({})
    stack.settle(seconds=0)


def connected(person: Person, app: str) -> None:
    """Of their own accord."""
    person.type("/countersign connections")
    person.stack.settle(seconds=0)
    person.click(f"Connect {app}")
    person.stack.settle(seconds=0)
    person.connect(app)
    person.stack.settle(seconds=0)


def last_page(person: Person, app: str = "") -> Page:
    """The newest link's whole way, but for the last button."""
    links = [button for _, _, button in person._buttons() if "/connect/" in button.get("url", "")]
    link = next(button["url"] for button in links if app in button["text"]["text"])
    person.browser.get(f"http://slack.localhost:{person.stack.world.port}/session/switch?person={person.id}")
    page = person.browser.get(link)
    for _ in range(MOST_PAGES):
        seen = {button.label.strip() for button in page.buttons}
        label = next((label for label in BEFORE_THE_LAST if label in seen), None)
        if label is None:
            break
        page = person.browser.press(page, label, **person._typed(label, page))
    return page


def create(person: Person) -> None:
    """An act in Salesforce."""
    opportunity = {"name": "Acme: 10 seats", "stage": "Qualification", "close_date": "2027-01-01"}
    person.type("/countersign create opportunity", fields=opportunity)
    person.stack.settle(seconds=0)


def spoil(stack: OneProcess, app: str, path: str, status: int, error: str = "") -> None:
    """The app's next answer there quotes all that it was sent."""
    faults = stack.sandbox.apps[app].extensions["sandbox-app"].faults
    faults.add(Fault(path, "quote", status=status, body=error))


def refresh(stack: OneProcess, _: Random) -> None:
    """Access tokens end and are renewed; then the refresh token counts no more, and its person signs in again."""
    josie = Person(stack, "josie")
    connected(josie, "Salesforce")
    stack.clock.forward(HALF_AN_HOUR)
    create(josie)
    stack.clock.forward(HALF_AN_HOUR)
    spoil(stack, "salesforce", "*token*", 400, "invalid_grant")
    create(josie)
    assert noted(stack, "grant_ended")
    josie.connect()
    stack.settle(seconds=0)
    josie.type("/countersign connections")
    stack.settle(seconds=0)


def quoted(stack: OneProcess, chance: Random) -> None:
    """The apps say what went wrong by quoting what they were sent: tokens, codes, verifiers, client secrets, keys."""
    josie = Person(stack, "josie")
    for path in ("*token*", "*userinfo*", "/nowhere"):
        spoil(stack, "salesforce", path, 400)
        with suppress(NotSeen):
            connected(josie, "Salesforce")
    connected(josie, "ServiceNow")
    stack.sandbox.send_sample_cards()
    for status in (403, 422, 401):
        spoil(stack, "servicenow", "/api/*", status)
        josie.click("Approve", on="Change")
        stack.settle(seconds=0)
    said = json.dumps(josie.messages())
    assert "It said: \\u201cBearer" in said, said
    stack.clock.forward(HALF_AN_HOUR)
    spoil(stack, "salesforce", "*token*", 500)
    create(josie)
    spoil(stack, "salesforce", "*revoke*", 400)
    josie.type("/countersign connections")
    stack.settle(seconds=0)
    josie.click("Disconnect")
    stack.settle()
    josie.type("/countersign history")
    spoil(stack, "expensify", "*", 403)
    with suppress(NotSeen, StopIteration):
        key(stack, chance)


def idle(stack: OneProcess, chance: Random) -> None:
    """Nobody uses the connections for months: housekeeping has them renewed, and warns."""
    approve(stack, chance)
    tom = Person(stack, "tom")
    tom.type("/countersign connections")
    stack.settle(seconds=0)
    for app in ("Box", "Microsoft 365", "Zendesk"):
        with suppress(NotSeen):
            tom.click(f"Connect {app}")
            stack.settle(seconds=0)
            tom.connect(app)
            stack.settle(seconds=0)
    for _ in range(3):
        stack.clock.forward(30 * DAY)
        house(stack)
    assert noted(stack, "renewal")


def shared(stack: OneProcess, _: Random) -> None:
    """An admin connects an app for everybody; another person acts by it; it is disconnected."""
    josie, tom = Person(stack, "josie"), Person(stack, "tom")
    josie.share("HubSpot")
    stack.settle(seconds=0)
    tom.type("/countersign create deal", fields={"name": "Acme: 10 seats"})
    stack.settle(seconds=0)
    josie.type("/countersign connections")
    stack.settle(seconds=0)
    josie.click("Disconnect")
    stack.settle()


def typed_code(stack: OneProcess, _: Random) -> None:
    """The page shows a code: another one is typed, another person types it, then its own; and once more for a key."""
    stack.sandbox.send_sample_cards()
    josie, tom = Person(stack, "josie"), Person(stack, "tom")
    josie.click("Approve", on="Deal")
    stack.settle(seconds=0)
    page = last_page(josie)
    code = shown_code(page)
    for person, typed in ((josie, "2AAA-AAAA"), (tom, code), (josie, code.lower()), (josie, code)):
        person.type(typed)
        stack.settle(seconds=0)
    josie.browser.press(page, confirming(page))
    stack.settle(seconds=0)
    tom.type("/countersign connections")
    stack.settle(seconds=0)
    tom.click("Connect Expensify")
    stack.settle(seconds=0)
    page = last_page(tom, "Expensify")
    tom.type(shown_code(page))
    stack.settle(seconds=0)
    tom.browser.press(page, confirming(page))
    stack.settle(seconds=0)


def shown_code(page: Page) -> str:
    """The code on a page."""
    found = CODE.search(page.text)
    assert found is not None, page.text
    return found[0]


def confirming(page: Page) -> str:
    """The button that goes on with it."""
    return next(button.label.strip() for button in page.buttons if button.label.strip() not in {"No", "Cancel"})


def step_up(stack: OneProcess, _: Random) -> None:
    """An approval asks for a sign-in that is younger than the one there is."""
    josie = Person(stack, "josie")
    connected(josie, "ServiceNow")
    stack.clock.forward(HALF_AN_HOUR)
    stack.sandbox.send_sample_cards()
    josie.click("Approve", on="Change")
    stack.settle(seconds=0)
    josie.connect()
    stack.settle(seconds=0)


def abandoned(stack: OneProcess, _: Random) -> None:
    """Left at Slack, at the app, and on our last page; a new link asked for; housekeeping tidies up."""
    stack.sandbox.send_sample_cards()
    josie = Person(stack, "josie")
    for stop in ("openid/connect", "salesforce.localhost", "oauth/callback/", None):
        josie.click("Approve", on="Deal")
        stack.settle(seconds=0)
        josie.browser.stop_at = stop
        last_page(josie)
        stack.settle(seconds=0)
    stack.clock.forward(HALF_AN_HOUR + 1)
    house(stack)
    assert any(facts.get("outcome") == "revoked" for _, facts in stack.notes.events)
    link = next(button["url"] for _, _, button in josie._buttons() if "/connect/" in button.get("url", ""))
    expired = josie.browser.get(link)
    josie.browser.press(expired, expired.buttons[0].label.strip())
    stack.settle(seconds=0)
    stack.clock.forward(DAY)
    house(stack)
