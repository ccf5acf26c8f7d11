"""What an admin's browser is shown while installing, as values. Their texts are in ``page_texts.install``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class InstallKind(StrEnum):
    """Every page there is."""

    INSTALLED = "installed"
    INSTALLED_ON_ORGANISATION = "installed_on_organisation"
    START_AGAIN = "start_again"
    CANCELLED = "cancelled"
    SLACK_ERROR = "slack_error"
    LOST_COOKIE = "lost_cookie"
    OVER = "over"
    BAD_REQUEST = "bad_request"
    CODE_REFUSED = "code_refused"
    NOT_LISTED = "not_listed"
    NOT_LISTED_AND_LEFT = "not_listed_and_left"
    SCOPES_MISSING = "scopes_missing"
    SLACK_TROUBLE = "slack_trouble"
    MISCONFIGURED = "misconfigured"
    STORAGE_TROUBLE = "storage_trouble"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class InstallPage:
    """A page to show.

    Attributes:
        values: for the ``{names}`` of its text; data, escaped where they land.
        link: where its link leads; empty where it has none.
        cause: an error's code and detail, for the operator's log; never shown.
    """

    kind: InstallKind
    values: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ToSlack:
    """The browser goes on to Slack, and must bring ``cookie`` back."""

    url: str
    cookie: str

    def __repr__(self) -> str:
        """Without address and cookie: both are secrets of this browser."""
        return "ToSlack()"


type InstallView = InstallPage | ToSlack
