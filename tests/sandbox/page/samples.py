"""Messages, blocks and views in Slack's shapes, for the page to show."""

from typing import Any

from sandbox.people import PEOPLE

Json = dict[str, Any]


def plain(text: str) -> Json:
    """A `plain_text` object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    """A `mrkdwn` object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str, **more: Any) -> Json:
    """A section block."""
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str, text: str, **more: Any) -> Json:
    """A button element."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "CHG0030001", **more}


def actions(*elements: Json, block_id: str = "decide") -> Json:
    """An actions block."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(value: str, text: str) -> Json:
    """An option of a select, of checkboxes or of radio buttons."""
    return {"value": value, "text": plain(text)}


def question(name: str, label: str, element: Json, **more: Any) -> Json:
    """An input block whose block and action are both called `name`."""
    return {"type": "input", "block_id": name, "label": plain(label), "element": {"action_id": name, **element}, **more}


def form(*blocks: Json, view_id: str = "V1", view_hash: str = "h1", title: str = "Create opportunity") -> Json:
    """A modal as the client API hands it out."""
    words = {"title": plain(title), "submit": plain("Create"), "close": plain("Never mind")}
    return {"id": view_id, "type": "modal", "hash": view_hash, "blocks": list(blocks), **words}


def app_message(ts: str, *blocks: Json, text: str = "A card", **more: Any) -> Json:
    """A message by the app."""
    numbered = [{"block_id": f"b{index}", **block} for index, block in enumerate(blocks)]
    return _message(ts, "UBOT", "Countersign", text) | {"blocks": numbered} | more


def person_message(ts: str, user: str, text: str) -> Json:
    """A message that a person typed."""
    return _message(ts, user, next(person.real_name for person in PEOPLE if person.id == user), text)


def _message(ts: str, user: str, username: str, text: str) -> Json:
    shape = {"ts": ts, "user": user, "username": username, "text": text, "blocks": []}
    return {**shape, "ephemeral": False, "edited": False, "thread_ts": None}


CARD = app_message(
    "1790000000.000100",
    {"type": "header", "text": plain("Change CHG0030001")},
    section("*Upgrade the payroll database*\nRequested by <@U0PRIYA>"),
    actions(button("approve", "Approve", style="primary"), button("reject", "Reject", style="danger")),
    {"type": "context", "elements": [mrkdwn("_Each click counts as yours._")]},
)
