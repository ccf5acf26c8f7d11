"""What Slack's client itself refuses before a form is sent: empty required inputs, and values out of bounds."""

from decimal import Decimal, InvalidOperation

from sandbox.slack.block_kit import stateful, value_of
from sandbox.slack.model import Json
from sandbox.slack.views import View

REQUIRED = "Please complete this required field."


def missing_or_broken(view: View) -> dict[str, str]:
    """The complaint per block id; empty when the form may be sent."""
    values = view.state_values()
    complaints: dict[str, str] = {}
    for block, element in stateful(view.content["blocks"]):
        if block["type"] != "input":
            continue
        value = value_of(values[block["block_id"]][element["action_id"]])
        complaint = _complaint(block, element, value)
        if complaint:
            complaints[block["block_id"]] = complaint
    return complaints


def _complaint(block: Json, element: Json, value: object) -> str | None:
    if value in (None, "", []):
        return None if block["optional"] else REQUIRED
    if element["type"] == "plain_text_input":
        return _text_complaint(element, str(value))
    if element["type"] == "number_input":
        return _number_complaint(element, str(value))
    if element["type"] == "email_text_input" and "@" not in str(value):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and "://" not in str(value):
        return "Please enter a valid URL."
    return None


def _text_complaint(element: Json, text: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(text) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(text) > most else None


def _number_complaint(element: Json, text: str) -> str | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if number < Decimal(element.get("min_value", "-Infinity")):
        return f"Please enter a number of at least {element['min_value']}."
    if number > Decimal(element.get("max_value", "Infinity")):
        return f"Please enter a number of at most {element['max_value']}."
    return None
