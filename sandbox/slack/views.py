"""Forms and Home tabs: a stack of at most three modal views per person, and one Home view.

Source: docs.slack.dev/surfaces/modals, docs.slack.dev/surfaces/app-home; errors from the methods' references.
"""

import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack.block_kit import check_view, normalised, state_values, view_too_large
from sandbox.slack.config import Clock
from sandbox.slack.errors import SlackError, invalid_arguments
from sandbox.slack.model import BOT_ID, Json

MOST_VIEWS = 3


@dataclass
class View:
    """A stored view.

    Attributes:
        content: What the app sent, with ids and defaults filled in.
        typed: What the person typed or chose so far: {block_id: {action_id: value}}.
        previous: The view below it in the stack.
    """

    id: str
    team_id: str
    user: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    typed: Json = field(default_factory=dict)

    def as_json(self, app_id: str) -> Json:
        """The view object of the Web API and of payloads."""
        content = self.content
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": content["type"],
            "blocks": content["blocks"],
            "private_metadata": content.get("private_metadata", ""),
            "callback_id": content.get("callback_id", ""),
            "state": {"values": self.state_values()},
            "hash": self.hash,
            "title": content.get("title"),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "clear_on_close": content.get("clear_on_close", False),
            "notify_on_close": content.get("notify_on_close", False),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": app_id,
            "external_id": content.get("external_id", ""),
            "app_installed_team_id": self.team_id,
            "bot_id": BOT_ID,
        }

    def state_values(self) -> Json:
        """`state.values`: what was typed or chosen, else the initial values."""
        return state_values(self.content["blocks"], self.typed)

    def type_in(self, values: Json) -> None:
        """Note what the person has typed: {block_id: {action_id: value}}."""
        for block_id, actions in values.items():
            self.typed.setdefault(block_id, {}).update(actions)
        self.keep_typed()

    def keep_typed(self) -> None:
        """Drop what was typed into inputs that are gone; the rest survives, as Slack promises."""
        there = {block_id: set(actions) for block_id, actions in state_values(self.content["blocks"], {}).items()}
        self.typed = {
            block_id: {action: value for action, value in actions.items() if action in there[block_id]}
            for block_id, actions in self.typed.items()
            if block_id in there
        }


class Views:
    """All open forms and published Homes. Not locked: callers hold the state's lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stacks: dict[str, list[View]] = defaultdict(list)
        self._homes: dict[str, View] = {}

    def top(self, user: str) -> View | None:
        """The form that this person sees."""
        return self._stacks[user][-1] if self._stacks[user] else None

    def home(self, user: str) -> View | None:
        """This person's Home tab, if the app has published one."""
        return self._homes.get(user)

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View:
        """A view by one of its ids.

        Raises:
            SlackError: `not_found`.
        """
        every = [*self._homes.values(), *(view for stack in self._stacks.values() for view in stack)]
        for view in every:
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def open(self, user: str, team_id: str, content: Any) -> View:
        """Show a form as the first of a new stack.

        Raises:
            SlackError: `invalid_arguments`, `view_too_large`, `duplicate_external_id`.
        """
        view = self._new(user, team_id, self._checked(content, "modal"))
        self._stacks[user] = [view]
        return view

    def push(self, user: str, content: Any) -> View:
        """Show a form on top of the open one.

        Raises:
            SlackError: `not_found`, `push_limit_reached`, and those of `open`.
        """
        below = self.top(user)
        if below is None:
            raise SlackError("not_found")
        if len(self._stacks[user]) >= MOST_VIEWS:
            raise SlackError("push_limit_reached")
        view = self._new(user, below.team_id, self._checked(content, "modal"))
        view.root, view.previous = below.root, below.id
        self._stacks[user].append(view)
        return view

    def update(self, view: View, content: Any, expected_hash: str | None = None) -> None:
        """Replace a view's content; what was typed stays where block and action ids stay.

        Raises:
            SlackError: `hash_conflict`, and those of `open`.
        """
        if expected_hash and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        view.content = self._checked(content, view.content["type"], replacing=view)
        view.hash = self._hash()
        view.keep_typed()

    def publish(self, user: str, team_id: str, content: Any, expected_hash: str | None = None) -> View:
        """Show this as the person's Home tab.

        Raises:
            SlackError: `hash_conflict`, and those of `open`.
        """
        present = self._homes.get(user)
        if present:
            self.update(present, content, expected_hash)
            return present
        self._homes[user] = self._new(user, team_id, self._checked(content, "home"))
        return self._homes[user]

    def close(self, user: str, view: View) -> None:
        """Take the view away, and what lies above it."""
        stack = self._stacks[user]
        del stack[stack.index(view) :]

    def clear(self, user: str) -> None:
        """Close all of a person's forms."""
        self._stacks[user] = []

    def _new(self, user: str, team_id: str, content: Json) -> View:
        view_id = f"V{secrets.token_hex(5).upper()}"
        return View(view_id, team_id, user, content, self._hash(), root=view_id)

    def _hash(self) -> str:
        return f"{int(self._clock())}.{secrets.token_urlsafe(6)}"

    def _checked(self, content: Any, kind: str, replacing: View | None = None) -> Json:
        if broken := check_view(content):
            raise invalid_arguments(*broken)
        if content["type"] != kind:
            raise invalid_arguments(f"[ERROR] must be a {kind} view [json-pointer:/view/type]")
        if view_too_large(content):
            raise SlackError("view_too_large")
        if external_id := content.get("external_id"):
            self._refuse_duplicate(external_id, replacing)
        return {**content, "blocks": normalised(content["blocks"])}

    def _refuse_duplicate(self, external_id: str, replacing: View | None) -> None:
        try:
            found = self.find(external_id=external_id)
        except SlackError:
            return
        if found is not replacing:
            raise SlackError("duplicate_external_id")
