"""A person of the sandbox: what they see in Slack, what they click and type, and the browser that they sign in with."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from sandbox.browser import Browser, Page
from sandbox.one_process.stack import OneProcess
from sandbox.people import PEOPLE

type Json = dict[str, Any]

ENTER_KEY = "Check this key"
JOURNEY: tuple[str, ...] = (
    *("Continue", "Allow", "Sign in", ENTER_KEY),
    *("Yes, connect", "Yes, connect for everyone", "Connect"),
)
"""The buttons that lead from a connect page to a connection, wherever they stand."""
MOST_PAGES = 10
EVENTS = frozenset({"type", "home"})
"""What Slack tells the app by an event, and not by a request that the person waits for."""
DELIVERY_SECONDS = 10
LOAD_CHOICES = "Load the choices"


@dataclass(frozen=True)
class Place:
    """Where buttons stand: a message or a form. `address` is how Slack's client names it."""

    address: Json
    text: str
    blocks: list[Json]


class NotSeen(Exception):
    """The person sees no such button, message or form; the text says what they see instead."""


@dataclass
class Person:
    """One of the sandbox's people, by their short name."""

    stack: OneProcess
    name: str
    browser: Browser = field(default_factory=Browser)

    @property
    def id(self) -> str:
        """Slack's id."""
        return next(person.id for person in PEOPLE if person.name == self.name)

    def screen(self) -> Json:
        """All that they see in Slack now."""
        found: Json = requests.get(self._address("messages"), timeout=10).json()
        return found

    def messages(self) -> list[Json]:
        """Every message that they see, with its channel, oldest first."""
        found = [
            {**message, "channel": conversation["id"]}
            for conversation in self.screen()["conversations"]
            for message in conversation["messages"]
        ]
        return sorted(found, key=lambda message: float(message["ts"]))

    def click(self, label: str, *, on: str = "", fields: Mapping[str, str] | None = None) -> Json:
        """Press the newest button with this label; fills in the form that it opens. Gives the button.

        `on`: what the text of the button's message holds.
        """
        place, block, button = self._button(label, on)
        self._do("click", {**place.address, "block_id": block, "action_id": button["action_id"]})
        self._fill_in(fields)
        return button

    def type(self, text: str, *, fields: Mapping[str, str] | None = None) -> None:
        """Type in the app's direct messages; fills in the form that it opens."""
        (direct,) = [one["id"] for one in self.screen()["conversations"] if one["kind"] == "dm"]
        self._do("type", {"channel": direct, "text": text})
        self._fill_in(fields)

    def shortcut(self, callback_id: str, *, on: Json | None = None, fields: Mapping[str, str] | None = None) -> None:
        """Use a shortcut, global or `on` a message; fills in the form that it opens."""
        place = {"channel": on["channel"], "ts": on["ts"]} if on else {}
        self._do("shortcut", {"callback_id": callback_id, **place})
        self._fill_in(fields)

    def connect(self, app: str = "") -> Page:
        """Open the newest connect link (to the app of this name) in the browser, and do whatever is asked there.

        Gives the last page.
        """
        links = [button for _, _, button in self._buttons() if "/connect/" in button.get("url", "")]
        link = next((button["url"] for button in links if app in button["text"]["text"]), None)
        if link is None:
            raise NotSeen(f"{self.name} sees no connect link but: {self._labels()}")
        slack = f"http://slack.localhost:{self.stack.world.port}/session/switch?person={self.id}"
        self.browser.get(slack)
        page = self.browser.get(link)
        for _ in range(MOST_PAGES):
            label = next((one for one in JOURNEY for button in page.buttons if button.label.strip() == one), None)
            if label is None:
                return page
            page = self.browser.press(page, label, **self._typed(label, page))
        raise NotSeen(f"signing in did not end; the last page was {page.url}")

    def form(self) -> Json | None:
        """The form that is open, as Slack has it."""
        found: Json | None = self.screen()["form"]
        return found

    def submit(self, fields: Mapping[str, str]) -> None:
        """Send the open form with these answers. Raises NotSeen with what Slack or the app says of them."""
        form = self.form()
        if form is None:
            raise NotSeen(f"{self.name} sees no form")
        for name, known in _choices(form).items():
            if fields.get(name, "") not in {"", *known}:
                raise NotSeen(f"{name}: {fields[name]} is not among the choices: {', '.join(known)}")
        values = {name: {name: value} for name, value in fields.items()}
        answer = self._do("submit", {"view_id": form["id"], "values": values})
        if not answer["ok"]:
            said = "; ".join(f"{name}: {what}" for name, what in answer["errors"].items())
            raise NotSeen(f"the form was not taken: {said or 'Slack got no usable answer'}")

    def share(self, app: str) -> Page:
        """Connect the app of this name for the whole workspace, as one of its admins; the last page."""
        self.type("/countersign connections")
        self.stack.settle()
        self.click(f"Connect {app}")
        self.stack.settle()
        return self.connect(app)

    def _fill_in(self, fields: Mapping[str, str] | None) -> None:
        form = self.form()
        if fields is None or form is None:
            return
        if not form.get("submit"):
            form = self._loaded(form)
        self.submit({**_first_choices(form), **fields})

    def _loaded(self, form: Json) -> Json:
        """The form once its choices are read, as this person: who has to sign in first for that, does."""
        self.stack.settle()
        loaded = self.form() or form
        if not loaded.get("submit"):
            self.connect()
            self.stack.settle()
            self.click(LOAD_CHOICES)
            self.stack.settle()
            loaded = self.form() or loaded
        return loaded

    def _typed(self, label: str, page: Page) -> dict[str, str]:
        """What is typed: on an app's sign-in page the person's account and password there, on our page a key."""
        if label == ENTER_KEY:
            return self._key(page)
        if label != "Sign in":
            return {}
        app = self.stack.sandbox.apps.at(urlsplit(page.url).hostname or "")
        account = next(one for one in app.extensions["sandbox-app"].directory if one.person_id == self.id)
        return {"login": account.login, "password": account.password}

    def _key(self, page: Page) -> dict[str, str]:
        """A new key of the person's, made at the app that the page names: its parts as the page asks for them."""
        states = [app.extensions["sandbox-app"] for app in self.stack.sandbox.apps.values()]
        state = next(one for one in states if one.description.personal_keys and one.description.name in page.text)
        parts = state.keys.make(next(one for one in state.directory if one.person_id == self.id))
        form = next(button for button in page.buttons if button.label.strip() == ENTER_KEY)
        return dict(zip([name for name, value in form.fields.items() if not value], parts, strict=True))

    def _button(self, label: str, on: str) -> tuple[Place, str, Json]:
        for place, block, button in self._buttons():
            if button["text"]["text"] == label and on in place.text:
                return place, block, button
        raise NotSeen(f"{self.name} sees no button {label!r} but: {self._labels()}")

    def _buttons(self) -> list[tuple[Place, str, Json]]:
        """(where, block id, button): the open form's first, then the messages', the newest first."""
        return [
            (place, block["block_id"], element)
            for place in self._places()
            for block in place.blocks
            for element in [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]
            if element.get("type") == "button"
        ]

    def _places(self) -> list[Place]:
        form = self.form()
        messages = [
            Place({"channel": one["channel"], "ts": one["ts"]}, one["text"], one["blocks"])
            for one in reversed(self.messages())
        ]
        return [Place({"view_id": form["id"]}, form["title"]["text"], form["blocks"]), *messages] if form else messages

    def _labels(self) -> str:
        return ", ".join(dict.fromkeys(button["text"]["text"] for _, _, button in self._buttons())) or "none at all"

    def _do(self, deed: str, what: Json) -> Json:
        known = len(self.screen()["deliveries"]) if deed in EVENTS else 0
        answer: Json = requests.post(self._address(deed), json=what, timeout=30).json()
        if "error" in answer:
            raise NotSeen(f"Slack's answer to {self.name}: {answer['error']}")
        if deed in EVENTS:
            self._wait_for_delivery(known)
        return answer

    def _wait_for_delivery(self, known: int) -> None:
        """Slack sends events in its own time: what follows from this one is in the queue once it was delivered."""
        until = time.monotonic() + DELIVERY_SECONDS
        while len(self.screen()["deliveries"]) <= known and time.monotonic() < until:
            time.sleep(0.02)

    def _address(self, what: str) -> str:
        return f"{self.stack.world.sandbox_url}/api/people/{self.id}/{what}"


def _first_choices(form: Json) -> Json:
    """The first option of every select that must be answered, as somebody would choose who has no other wish."""
    needed = {block["block_id"] for block in form["blocks"] if not block.get("optional")}
    return {name: known[0] for name, known in _choices(form).items() if name in needed and known}


def _choices(form: Json) -> dict[str, list[str]]:
    """Each select of a form, with the values of its options."""
    return {
        block["block_id"]: [option["value"] for option in block["element"]["options"]]
        for block in form["blocks"]
        if block["type"] == "input" and block["element"]["type"] == "static_select"
    }
