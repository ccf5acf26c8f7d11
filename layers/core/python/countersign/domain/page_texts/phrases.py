"""What a page's text is, and phrases that many pages share."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from countersign.domain.pages import Do

LANGUAGE: Final = "en"
PRODUCT: Final = "Countersign"
REFERENCE: Final = "Reference"


@dataclass(frozen=True, slots=True)
class PageText:
    """One page: its status, its heading, what it says, and its buttons, the first of which is the one to press."""

    status: HTTPStatus
    title: str
    paragraphs: tuple[str, ...]
    buttons: tuple[tuple[Do, str], ...] = ()


NEW_LINK: Final = ((Do.NEW_LINK, "Send me a new link in Slack"),)
GIVEN_BACK: Final = "Nothing was connected; what {app} gave us is given back."
AGAIN: Final = "Nothing was connected. Go back to Slack and press the Connect button again."
