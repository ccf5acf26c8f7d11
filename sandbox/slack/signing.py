"""Slack's v0 request signature.

Source: docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import hashlib
import hmac


def signature_headers(signing_secret: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The two headers by which the app knows that a request is Slack's.

    Args:
        signing_secret: The app's signing secret; its text is the key, though it looks like hex.
        timestamp: Seconds since the epoch.
        body: The raw body as it will be sent.
    """
    base = b"v0:%d:%b" % (timestamp, body)
    digest = hmac.new(signing_secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}
