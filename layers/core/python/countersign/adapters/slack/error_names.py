"""Slack's names of errors, and which of them mean more than "no".

Sources: the lists of errors at docs.slack.dev/reference/methods/oauth.v2.access, …/openid.connect.token, …/chat.update
and …/chat.postMessage; those that any method may answer stand at each.
"""

import re
from typing import Any, Final

PASSING: Final = frozenset(
    {
        "ratelimited",
        "rate_limited",  # the same, at chat.postMessage and its siblings
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",  # what we sent arrived cut off
        "team_added_to_org",  # the workspace is moving into an organisation
        "external_channel_migrating",
        "update_failed",
    }
)
"""Errors that pass by themselves; every other name is final."""

OURS: Final = frozenset(
    {
        "bad_client_secret",
        "invalid_client_id",
        "invalid_client",  # either of them, as openid.connect.token may say it (RFC 6749 §5.2)
        "bad_redirect_uri",
        "pkce_not_allowed",
    }
)
"""Errors that no person can help: the deployment's client or redirect addresses are wrong."""

_NAME: Final = re.compile(r"[a-z0-9_]{1,80}")


def readable(error: Any) -> str | None:
    """The name, where what Slack gave is one: nothing else may come into a log."""
    return error if isinstance(error, str) and _NAME.fullmatch(error) else None
