"""What a person typed, as the words of a command."""

import re
import unicodedata
from typing import Final

_MENTION: Final = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>")
_DECORATION: Final = " *_~`\"'“”.!?:,;"


def command_words(text: str) -> str:
    """``<@U0APP> *Connections*!`` → ``connections``.

    Mentions, Slack's escapes (docs.slack.dev/messaging/formatting-message-text), invisible
    characters, formatting, closing punctuation, case and runs of white space go; the words stay.
    """
    text = _MENTION.sub(" ", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = "".join(map(_visible, unicodedata.normalize("NFKC", text)))
    return " ".join(text.split()).strip(_DECORATION).casefold()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return " "
    return "" if category.startswith("C") else character
