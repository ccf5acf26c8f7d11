"""Slack's ``response_url``: five answers in thirty minutes, also where the app is no member.

docs.slack.dev/interactivity/handling-user-interaction#message_responses. The address came through a person's client, so
only Slack's own hosts are called.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from countersign.adapters.slack.text import checked_url
from countersign.domain.errors import AppError, ChatRefused, ChatUnavailable, HostNotAllowed, TooLarge
from countersign.domain.http import HttpRequest

if TYPE_CHECKING:
    from countersign.ports.apps import Http

HOSTS: Final = ("hooks.slack.com", "hooks.slack-gov.com")

_OK: Final = range(200, 300)
_GONE: Final = range(400, 429)


class ReplyAddress:
    """Posts to reply addresses. ``more_hosts``: a local stack's own Slack.

    ``http`` is made when it is first used: the Slack function hardly ever needs it.
    """

    def __init__(self, http: "Callable[[], Http]", more_hosts: Sequence[str] = ()) -> None:
        self._http, self._hosts = http, (*HOSTS, *more_hosts)

    def answer(self, reply_url: str, message: dict[str, Any], thread: str | None = None) -> None:
        """Add a private message. Never replaces: on a card's button that would overwrite the card for everyone."""
        body = {**message, "response_type": "ephemeral", "replace_original": False}
        self._post(reply_url, body | ({"thread_ts": thread} if thread else {}))

    def replace(self, reply_url: str, message: dict[str, Any]) -> None:
        """Replace the private message whose button brought this address."""
        self._post(reply_url, {**message, "replace_original": True})

    def _post(self, reply_url: str, body: dict[str, Any]) -> None:
        """Raises ChatRefused (used up, too old, not Slack's) and ChatUnavailable."""
        try:
            found = self._http().send(HttpRequest("POST", checked_url(reply_url), json=body), self._hosts)
        except HostNotAllowed:
            raise ChatRefused("not_a_reply_address") from None
        except (AppError, TooLarge):
            raise ChatUnavailable("the reply address did not answer") from None
        if found.status in _GONE:
            raise ChatRefused("reply_address_gone")
        if found.status not in _OK:
            raise ChatUnavailable(f"the reply address answered {found.status}")
        if isinstance(found.body, dict) and found.body.get("ok") is False:
            raise ChatRefused("reply_address_refused")
