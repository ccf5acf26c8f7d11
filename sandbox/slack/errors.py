"""The one error of the sandbox Slack: what a Web API method answers instead of its result."""

from typing import Any


class SlackError(Exception):
    """A refusal under the name that Slack gives it in a method's reference, e.g. `channel_not_found`."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    def as_answer(self) -> dict[str, Any]:
        """The body of the Web API's answer: `{"ok": false, "error": …}`."""
        return {"ok": False, "error": self.code, **self.details}


def invalid_arguments(*messages: str) -> SlackError:
    """`invalid_arguments` with Slack's explanations, one per broken argument."""
    return SlackError("invalid_arguments", response_metadata={"messages": list(messages)})


def invalid_blocks(messages: list[str]) -> SlackError:
    """`invalid_blocks` with one message per broken rule, each ending in its JSON pointer."""
    errors = [message.removeprefix("[ERROR] ") for message in messages]
    return SlackError("invalid_blocks", errors=errors, response_metadata={"messages": messages})
