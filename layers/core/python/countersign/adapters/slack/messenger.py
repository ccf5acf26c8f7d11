"""Speaks in Slack. docs.slack.dev/reference/methods."""

from typing import Any, Final

from countersign.adapters.slack.block_kit import home_json, message_json
from countersign.adapters.slack.form_view import form_json
from countersign.adapters.slack.payload import open_form
from countersign.adapters.slack.reply_address import ReplyAddress
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.card import MessageRef
from countersign.domain.errors import ChatRefused, ChatUnavailable, FormClosed
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import FormRef, ReplyTo
from countersign.domain.message import Form, Message

_FORM_CLOSED: Final = frozenset({"not_found", "hash_conflict"})
_UNFURL: Final[dict[str, Any]] = {"unfurl_links": False, "unfurl_media": False}
"""Slack fetches every link of a message otherwise."""


class SlackMessenger:
    """Implements ``ports.chat.Messenger``."""

    def __init__(self, api: WebApi, replies: ReplyAddress) -> None:
        self._api, self._replies = api, replies

    def within(self, workspace: Workspace) -> "SlackMessenger":
        """The same, speaking as the bot of this workspace."""
        return SlackMessenger(self._api.within(workspace), self._replies)

    def post(self, channel: str, message: Message) -> MessageRef:
        """Post to a channel, or to a person's id: then the answer names the direct message's own channel."""
        return self._post(self._api, channel, message)

    def update(self, ref: MessageRef, message: Message) -> None:
        """Rewrite one of our own messages for everyone."""
        drawn = message_json(message)
        self._api.call(lambda client: client.chat_update(channel=ref.channel, ts=ref.ts, **drawn))

    def reply(self, ref: MessageRef, message: Message) -> None:
        """Post in the thread of a message."""
        self._post(self._api, ref.channel, message, ref.ts)

    def direct(self, person: Person, message: Message) -> MessageRef:
        """Post in the app's direct message with a person."""
        return self._post(self._api.where(person), person.user_id, message)

    def whisper(self, person: Person, reply_to: ReplyTo, message: Message) -> None:
        """In private: by reply address, else an ephemeral message in the channel, else a direct message.

        Typed in the direct message itself, it is answered there, where it stays. A reply address that does not take
        it is used up or too old, so the next way is tried; Slack's pauses are not walked around.
        """
        if reply_to.reply_url and self._answered(reply_to.reply_url, reply_to.thread, message):
            return
        channel = reply_to.channel
        try:
            if channel and channel.startswith("D"):
                self._post(self._api.where(person), channel, message, reply_to.thread)
            elif channel:
                self._ephemeral(channel, person, message, reply_to.thread)
            else:
                self.direct(person, message)
        except ChatRefused:
            if not channel:
                raise
            self.direct(person, message)

    def replace(self, reply_url: str, message: Message) -> None:
        """Replace the private message whose button gave this reply address."""
        self._replies.replace(reply_url, message_json(message))

    def open_form(self, trigger_id: str, form: Form) -> FormRef:
        """Open a form within three seconds of the click that brought the trigger."""
        view = form_json(form)
        found = self._api.call(lambda client: client.views_open(trigger_id=trigger_id, view=view))
        shown = found.get("view")
        ref = open_form(shown) if isinstance(shown, dict) else None
        if ref is None:
            raise ChatRefused("no_view_in_answer")  # it is open all the same
        return ref

    def update_form(self, ref: FormRef, form: Form) -> None:
        """Redraw an open form. Raises FormClosed. docs.slack.dev/reference/methods/views.update."""
        view = form_json(form)
        try:
            self._api.call(lambda client: client.views_update(view_id=ref.id, hash=ref.hash or None, view=view))
        except ChatRefused as error:
            if error.reason in _FORM_CLOSED:
                raise FormClosed(error.reason) from None
            raise

    def publish_home(self, person: Person, message: Message) -> None:
        """Draw a person's App Home tab."""
        view = home_json(message)
        self._api.where(person).call(lambda client: client.views_publish(user_id=person.user_id, view=view))

    def _post(self, api: WebApi, channel: str, message: Message, thread: str | None = None) -> MessageRef:
        drawn = message_json(message)
        found = api.call(lambda client: client.chat_postMessage(channel=channel, thread_ts=thread, **drawn, **_UNFURL))
        channel_id, ts = found.get("channel"), found.get("ts")
        if not isinstance(channel_id, str) or not isinstance(ts, str):
            raise ChatRefused("no_message_in_answer")  # it was posted: posting again would be a second message
        return MessageRef(channel_id, ts)

    def _ephemeral(self, channel: str, person: Person, message: Message, thread: str | None) -> None:
        drawn = message_json(message)
        self._api.where(person).call(
            lambda client: client.chat_postEphemeral(channel=channel, user=person.user_id, thread_ts=thread, **drawn)
        )

    def _answered(self, reply_url: str, thread: str | None, message: Message) -> bool:
        try:
            self._replies.answer(reply_url, message_json(message), thread)
        except (ChatRefused, ChatUnavailable):
            return False
        return True
