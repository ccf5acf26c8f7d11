"""A Slack of the test's own: its people, what they see and what they do. It shares nothing with the sandbox's."""

import itertools
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import requests
from slack_sdk.signature import SignatureVerifier

TEAM = "T7ACME"
CHANNEL, CHANNEL_NAME = "C7DECISIONS", "#decisions"
BOT = "U7BOT"
PATIENCE_SECONDS = 20.0

type Json = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """A user of the workspace."""

    id: str
    name: str

    @property
    def email(self) -> str:
        return f"{self.name}@acme.com"

    @property
    def dm(self) -> str:
        """The channel of the app's direct messages with this person."""
        return f"D{self.id[1:]}"


@dataclass
class Message:
    """A message as it stands; ``only_for`` is who sees an ephemeral one."""

    ts: str
    channel: str
    text: str
    blocks: list[Json]
    only_for: str | None = None

    @property
    def buttons(self) -> dict[str, Json]:
        """The buttons by their label."""
        found = [element for block in self.blocks for element in block.get("elements", ())]
        found += [block["accessory"] for block in self.blocks if "accessory" in block]
        return {element["text"]["text"]: element for element in found if element["type"] == "button"}

    def __str__(self) -> str:
        return f"{self.text}\n{json.dumps(self.blocks, ensure_ascii=False)}"


@dataclass
class Registration:
    """What the app and Slack know of each other; the addresses are known once the stack is up."""

    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    bot_token: str = field(default_factory=lambda: f"xoxb-{secrets.token_hex(12)}")
    client_id: str = "7001.7002"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    api_url: str = ""
    redirect_uri: str = ""


class Slack:
    """The workspace. ``changed`` is notified at every change, so that nobody has to sleep."""

    def __init__(self, url: str) -> None:
        self.url, self.app = url, Registration()
        self.people: dict[str, Person] = {}
        self.messages: list[Message] = []
        self.replies: dict[str, tuple[Person, Message | None]] = {}
        self.changed = threading.Condition()
        self._numbers = itertools.count(1)

    def join(self, name: str) -> Person:
        """A new user; two of the same name are two people."""
        person = Person(f"U7{name.upper()}{next(self._numbers)}", name)
        self.people[person.id] = person
        return person

    def post(self, channel: str, body: Mapping[str, Any], only_for: str | None = None) -> Message:
        """A message of the app's. To a person's id it goes to their direct messages."""
        channel = {CHANNEL_NAME: CHANNEL}.get(channel, channel)
        channel = self.people[channel].dm if channel in self.people else channel
        message = Message(f"17000.{next(self._numbers):06d}", channel, "", [], only_for)
        with self.changed:
            self.messages.append(message)
        self.write(message, body)
        return message

    def write(self, message: Message, body: Mapping[str, Any]) -> None:
        """Put this text and these blocks in place of a message's."""
        with self.changed:
            message.text, message.blocks = str(body["text"]), list(body["blocks"])
            self.changed.notify_all()

    def find(self, channel: str, ts: str) -> Message | None:
        return next((found for found in self.messages if (found.channel, found.ts) == (channel, ts)), None)

    def seen_by(self, person: Person) -> list[Message]:
        """What this person sees, oldest first."""
        return [
            message
            for message in list(self.messages)
            if message.channel in (CHANNEL, person.dm) and message.only_for in (None, person.id)
        ]

    def wait_for(self, person: Person, words: str, *, after: Message | None = None) -> Message:
        """The newest message with these words that this person sees, later than ``after``, once there is one."""

        def find() -> Message | None:
            seen = self.seen_by(person)
            later = seen[seen.index(after) + 1 :] if after else seen
            return next((message for message in reversed(later) if words in str(message)), None)

        return self.wait(
            find, lambda: f"{person.name} never saw {words!r} but:\n" + "\n".join(map(str, self.seen_by(person)))
        )

    def wait[Found](self, find: Callable[[], Found | None], complaint: Callable[[], str]) -> Found:
        """What ``find`` finds, once it finds it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self.changed:
            while (found := find()) is None:
                left = deadline - time.monotonic()
                assert left > 0, complaint()
                self.changed.wait(min(left, 0.2))
        return found

    def click(self, person: Person, message: Message, label: str) -> Json:
        """Press a button; gives the button, whose ``url`` the person's browser then opens."""
        button = message.buttons[label]
        payload = self._interaction(person) | {
            "type": "block_actions",
            "trigger_id": secrets.token_hex(8),
            "response_url": self._reply_address(person, message),
            "channel": {"id": message.channel, "name": "directmessage"},
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": message.channel,
                "is_ephemeral": message.only_for is not None,
            },
            "actions": [{**button, "block_id": "b", "action_ts": f"{time.monotonic_ns()}"}],
        }
        self._deliver("interactions", urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded")
        return button

    def say(self, person: Person, text: str) -> None:
        """Type something in the app's direct messages."""
        event = {
            "type": "message",
            "channel_type": "im",
            "channel": person.dm,
            "user": person.id,
            "text": text,
            "ts": "1.1",
        }
        envelope = {
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(6)}",
            "team_id": TEAM,
            "event": event,
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        self._deliver("events", json.dumps(envelope), "application/json")

    def _interaction(self, person: Person) -> Json:
        return {
            "user": {"id": person.id, "name": person.name},
            "team": {"id": TEAM, "domain": "acme"},
            "enterprise": None,
        }

    def _reply_address(self, person: Person, message: Message) -> str:
        key = secrets.token_hex(8)
        self.replies[key] = (person, message)
        return f"{self.url}/replies/{key}"

    def _deliver(self, route: str, body: str, content_type: str) -> None:
        timestamp = str(int(time.time()))
        signature = SignatureVerifier(self.app.signing_secret).generate_signature(timestamp=timestamp, body=body)
        headers = {
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature or "",
            "Content-Type": content_type,
        }
        # Slack waits three seconds, and shows people its warning sign for anything but 200.
        answer = requests.post(f"{self.app.api_url}/slack/{route}", body.encode(), headers=headers, timeout=3)
        assert answer.status_code == 200, f"{route}: {answer.status_code} {answer.text}"
