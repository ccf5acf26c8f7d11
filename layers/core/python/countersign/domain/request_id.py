"""The id under which an app itself logged a request: what its support asks for."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

HEADERS: Final = (
    "x-request-id",  # GitLab, Zendesk and most others
    "x-github-request-id",
    "request-id",  # Microsoft Graph
    "box-request-id",
    "atl-traceid",  # Atlassian
    "concur-correlationid",
    "x-hubspot-correlation-id",
    "x-transaction-id",  # ServiceNow
    "x-correlation-id",
)
"""Answers' headers that carry it, in the order in which one is believed."""
_PLAIN: Final = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_TELLING: Final = 6
"""Characters from which on a part of a secret says something of it."""


def request_id(headers: Mapping[str, str], secrets: Iterable[str]) -> str | None:
    """The app's id of a request, from its answer's headers; None where it gives none that looks like one.

    It is written into the audit trail, and read out to the app's support. ``secrets``: whatever the app was sent, or
    has given us, that must not stand there: an app that answers with it has named no id.
    """
    secrets = [secret for secret in secrets if secret]
    given = {name.lower(): value.strip() for name, value in headers.items()}
    plain = (given[name] for name in HEADERS if _PLAIN.fullmatch(given.get(name, "")))
    return next((each for each in plain if not any(_tells(each, secret) for secret in secrets)), None)


def _tells(text: str, secret: str) -> bool:
    """Whether one stands in the other."""
    text, secret = text.casefold(), secret.casefold()
    return (len(text) >= _TELLING and text in secret) or (len(secret) >= _TELLING and secret in text) or text == secret
