"""A message that a shortcut was used on, as plain values.

Slack's markup: docs.slack.dev/messaging/formatting-message-text.
"""

import re
from typing import Final

from countersign.adapters.slack.payload import Json, identifier, mapping, string
from countersign.domain.interaction import Quoted

TEXT_CHARACTERS: Final = 3000
_REFERENCE: Final = re.compile(r"<([^<>]*)>")
_DOMAIN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")
_TS: Final = re.compile(r"[0-9]{1,12}\.[0-9]{1,8}")


def quoted_message(payload: Json) -> Quoted:
    """Of a ``message_action``. Raises Malformed."""
    message = mapping(payload, "message")
    text = plain_words(string(message, "text")[: 4 * TEXT_CHARACTERS])
    return Quoted(text[:TEXT_CHARACTERS], _permalink(payload), identifier(message, "user"))


def plain_words(text: str) -> str:
    """What people read: mentions as names or ids, links with their labels, the three entities as themselves."""
    shown = _REFERENCE.sub(lambda found: _reference(found[1]), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _reference(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target[:1] in {"@", "#"}:
        return f"{target[:1]}{label or target[1:]}"
    if target[:1] == "!":
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({address})" if label and label not in target else address


def _permalink(payload: Json) -> str | None:
    """Where the message is. [U] Slack documents chat.getPermalink alone, whose answers have this form.

    Asking would cost a call of the three seconds in which the form must be open. Without the workspace's domain
    (installed on a whole organisation) there is none.
    """
    domain, channel = string(mapping(payload, "team"), "domain"), identifier(mapping(payload, "channel"), "id")
    message = mapping(payload, "message")
    ts, thread = string(message, "ts") or string(payload, "message_ts"), string(message, "thread_ts")
    if not (channel and _DOMAIN.fullmatch(domain) and _TS.fullmatch(ts)):
        return None
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    in_thread = thread != ts and _TS.fullmatch(thread)
    return f"{link}?thread_ts={thread}&cid={channel}" if in_thread else link
