"""Slack's Web API through slack_sdk, with its errors as ours. docs.slack.dev/apis/web-api."""

import hashlib
import re
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

from countersign.adapters.slack.error_names import PASSING, readable
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import home_of
from countersign.domain.secret import Secret

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError
    from slack_sdk.web import SlackResponse

    from countersign.domain.identity import Person, Workspace

TIMEOUT_SECONDS: Final = 3
_LONGEST_PAUSE: Final = 3600
_SERVER_ERROR: Final = 500
_TOO_MANY: Final = 429


class WebApi:
    """Calls Slack as the bot. slack_sdk is imported when the first call is made, not before.

    Nothing is repeated by itself: Slack has no idempotency key, and a message posted twice is two messages. Reading is
    tried once more when the connection broke.

    ``token`` gives the bot's token in a workspace; None: wherever there is only one.
    """

    def __init__(
        self,
        base_url: str,
        token: "Callable[[Workspace | None], Secret]",
        timeout: int = TIMEOUT_SECONDS,
        workspace: "Workspace | None" = None,
    ) -> None:
        self._base_url, self._token, self._timeout, self._workspace = base_url, token, timeout, workspace

    def within(self, workspace: "Workspace") -> "WebApi":
        """The same as the bot of this workspace."""
        return WebApi(self._base_url, self._token, self._timeout, workspace)

    def where(self, person: "Person") -> "WebApi":
        """The same where a person is: in the workspace that was said, else by what their id is meaningful in."""
        return self if self._workspace is not None else self.within(home_of(person))

    def whose(self) -> str:
        """Tells one bot's answers from another's: a fingerprint of the token that is used."""
        return hashlib.sha256(self._token(self._workspace).reveal().encode()).hexdigest()

    def call(self, method: "Callable[[WebClient], SlackResponse]") -> Mapping[str, Any]:
        """Call a method once; its answer. Raises ChatUnavailable, ChatRefused, and what ``token`` raises."""
        from slack_sdk import WebClient  # noqa: PLC0415 - costs more than a whole acknowledgement
        from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415

        token = self._token(self._workspace).reveal()
        client = WebClient(token, self._base_url, self._timeout, retry_handlers=[])
        try:
            data = method(client).data
        except SlackApiError as error:
            raise _translated(error) from None
        except (SlackClientError, HTTPException, OSError) as error:
            raise ChatUnavailable(f"Slack did not answer ({type(error).__name__})") from None
        except (AttributeError, ValueError) as error:  # what slack_sdk does with JSON that is no object
            raise ChatUnavailable("Slack's answer could not be read") from error
        if not isinstance(data, dict):
            raise ChatUnavailable("Slack's answer is no object")
        return data

    def read(self, method: "Callable[[WebClient], SlackResponse]") -> Mapping[str, Any]:
        """Call a method that changes nothing: once more when there was no answer, unless Slack asked for a pause."""
        try:
            return self.call(method)
        except ChatUnavailable as error:
            if error.retry_after is not None:
                raise
        return self.call(method)


def _translated(error: "SlackApiError") -> ChatUnavailable | ChatRefused:
    """By Slack's own name of the error; its text and the request stay out of it."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or 0)
    data = getattr(response, "data", None)
    name = readable(data.get("error")) if isinstance(data, Mapping) else None
    if name is None or status >= _SERVER_ERROR:
        return ChatUnavailable(f"Slack answered {status}")
    if name in PASSING or status == _TOO_MANY:
        return ChatUnavailable(f"Slack answered {name}", retry_after=_pause(response, status))
    return ChatRefused(name)


def _pause(response: Any, status: int) -> int | None:
    """Seconds of ``Retry-After`` (docs.slack.dev/apis/web-api/rate-limits); a limit without one means a second."""
    headers = {str(name).lower(): str(value) for name, value in dict(response.headers or {}).items()}
    value = headers.get("retry-after", "")
    if re.fullmatch(r"[0-9]{1,9}", value):
        return min(int(value), _LONGEST_PAUSE)
    return 1 if status == _TOO_MANY else None
