"""The outermost catch of every HTTP entrypoint: one clear answer, a reference number, no stack trace outside."""

import html
import logging
from collections.abc import Callable, Mapping
from typing import Final

from countersign.domain.errors import (
    ConfigurationError,
    Conflict,
    CountersignError,
    Malformed,
    NotFound,
    Refused,
    StoreUnavailable,
    TooLarge,
    Unverified,
)
from countersign.entrypoints.api_gateway import Answer, Event, json_answer, page, request_id

_LOG: Final = logging.getLogger(__name__)

STATUS: Final[Mapping[type[CountersignError], int]] = {
    Unverified: 401,
    Malformed: 400,
    TooLarge: 413,
    NotFound: 404,
    Refused: 403,
    StoreUnavailable: 503,
    Conflict: 503,
    ConfigurationError: 503,
}
_NOBODY_FORESAW: Final = "Something went wrong. Nothing was done."
_NO_RETRY: Final = {"X-Slack-No-Retry": "1"}
"""docs.slack.dev/apis/events-api: stops Slack's retries of an event that no retry can help."""


def guard(handle: Callable[[], Answer], event: Event) -> Answer:
    """Run an HTTP entrypoint; whatever escapes becomes a plain page for browsers, JSON for programs.

    The reference number is API Gateway's request id, which every log line of the request carries too.
    """
    reference = request_id(event) or "unknown"
    try:
        return handle()
    except CountersignError as error:
        status = _status(error)
        _LOG.log(
            logging.ERROR if status >= 500 else logging.WARNING,  # noqa: PLR2004 - HTTP's own line
            "request refused",
            extra={"code": error.code, "detail": str(error), "status": status, "reference": reference},
        )
        return _failure(event, status, error.code, error.user_message, reference)
    except Exception:  # noqa: BLE001 - the one place that catches everything: nothing of it may go outside
        _LOG.exception("request failed", extra={"reference": reference})
        return _failure(event, 500, "unforeseen", _NOBODY_FORESAW, reference)


def _status(error: CountersignError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _failure(event: Event, status: int, code: str, message: str, reference: str) -> Answer:
    if _wants_page(event):
        body = f"<h1>{html.escape(message)}</h1><p>Reference: <code>{html.escape(reference)}</code></p>"
        document = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Countersign</title>{body}</html>'
        return page(status, document)
    headers = _NO_RETRY if 400 <= status < 500 and _from_slack(event) else {}  # noqa: PLR2004 - HTTP's own line
    return json_answer(status, {"error": code, "message": message, "reference": reference}, headers)


def _from_slack(event: Event) -> bool:
    return str(event.get("resource") or event.get("path")).startswith("/slack/")


def _wants_page(event: Event) -> bool:
    """Whether a browser asks: only browsers say ``text/html``."""
    headers = event.get("headers")
    values = headers.items() if isinstance(headers, Mapping) else ()
    return any(str(name).lower() == "accept" and "text/html" in str(value) for name, value in values)
