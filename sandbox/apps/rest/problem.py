"""What a REST call is refused for; each app words it in its own way."""

from typing import Literal

type Reason = Literal[
    "unauthenticated",  # no token, or one that is over
    "scope",  # the token lacks the scope of the call
    "forbidden",  # this person may not
    "not_found",  # there is none, or none that this person may see
    "settled",  # somebody has decided already
    "changed",  # the record moved since the caller looked
    "invalid",  # the request itself makes no sense
]

STATUSES: dict[Reason, int] = {
    "unauthenticated": 401,
    "scope": 403,
    "forbidden": 403,
    "not_found": 404,
    "settled": 409,
    "changed": 409,
    "invalid": 422,
}
"""The HTTP status that most vendors give."""


class Problem(Exception):
    """A refusal: its reason, and what the app says of it (its own default where empty)."""

    def __init__(self, reason: Reason, text: str = "") -> None:
        super().__init__(text or reason)
        self.reason = reason
        self.text = text

    @property
    def status(self) -> int:
        """The usual HTTP status."""
        return STATUSES[self.reason]
