"""The id under which an app itself logged a request: what its support asks for."""

import re
from collections.abc import Mapping
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
_PLAIN: Final = re.compile(r"[\w.:+/=-]{1,100}", re.ASCII)


def request_id(headers: Mapping[str, str]) -> str | None:
    """The app's id of a request, from its answer's headers; None where it gives none that looks like one."""
    given = {name.lower(): value.strip() for name, value in headers.items()}
    return next((given[name] for name in HEADERS if _PLAIN.fullmatch(given.get(name, ""))), None)
