"""Proves who calls a hook: a bearer secret, or the Standard Webhooks signature over the raw bytes."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from countersign.domain.errors import Unverified
from countersign.domain.secret import Secret

WINDOW: Final = 300
"""Seconds that a signature's time may be off (standard-webhooks specification, reference libraries)."""
_ID: Final = re.compile(r"[\x21-\x7e]{1,255}")
_TIME: Final = re.compile(r"[0-9]{1,12}")
_PREFIX: Final = "whsec_"


EVERYWHERE: Final = "*"
"""In the place of a workspace's id: a secret that an operator means for all of them."""
THE_ONLY_ONE: Final = ""
"""The same: a secret that names none, and counts while there is one workspace only."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who called a hook, as far as it is proved.

    Attributes:
        delivery: the sender's own id of this call, where it gives one.
        workspaces: for which workspaces and organisations (ids, ``EVERYWHERE``, ``THE_ONLY_ONE``) its secret is.
    """

    delivery: str | None
    workspaces: AbstractSet[str]


def verify_sender(headers: Mapping[str, str], body: bytes, secrets: Mapping[str, Secret], now: int) -> Sender:
    """Try each of a hook's ``secrets``, by workspace: what the body names isn't believed before. Raises Unverified."""
    proved: dict[str, str | None] = {}
    for workspace, secret in secrets.items():
        with suppress(Unverified):
            proved[workspace] = verify_hook(headers, body, secret, now)
    if not proved:
        raise Unverified("no secret of this hook fits")
    return Sender(next(iter(proved.values())), frozenset(proved))


def verify_hook(headers: Mapping[str, str], body: bytes, secret: Secret, now: int) -> str | None:
    """The delivery's ``webhook-id`` where the sender signs, None where it brings the bearer secret.

    ``headers`` by lower-case name. Raises Unverified, without saying which part was wrong.
    """
    if not secret:
        raise Unverified("this hook has no secret")
    if "webhook-signature" in headers:
        return _signed(headers, body, secret, now)
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(_bytes(given.strip()), secret.reveal().encode()):
        raise Unverified("no valid bearer secret")
    return delivery_id(headers)


def delivery_id(headers: Mapping[str, str]) -> str | None:
    """The sender's own id of this delivery. Raises Unverified when it is none that anyone would send."""
    found = headers.get("webhook-id")
    if found is not None and not _ID.fullmatch(found):
        raise Unverified("webhook-id is malformed")
    return found


def _signed(headers: Mapping[str, str], body: bytes, secret: Secret, now: int) -> str:
    webhook_id, sent_at = delivery_id(headers), headers.get("webhook-timestamp", "")
    if webhook_id is None or not _TIME.fullmatch(sent_at) or abs(now - int(sent_at)) > WINDOW:
        raise Unverified("webhook-id or webhook-timestamp is missing, malformed or stale")
    expected = hmac.new(signing_key(secret), f"{webhook_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    wanted = base64.b64encode(expected)
    for entry in headers["webhook-signature"].split(" "):
        version, _, signature = entry.partition(",")
        if version == "v1" and hmac.compare_digest(_bytes(signature), wanted):
            return webhook_id
    raise Unverified("no signature of ours")


def _bytes(header: str) -> bytes:
    """Whatever a header holds, half a surrogate pair too: Lambda's events are JSON, which can."""
    return header.encode(errors="surrogatepass")


def signing_key(secret: Secret) -> bytes:
    """``whsec_`` and base64, padded or not; any other secret is its own bytes."""
    text = secret.reveal()
    if not text.startswith(_PREFIX):
        return text.encode()
    encoded = text.removeprefix(_PREFIX)
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unverified("the hook's own secret is not base64") from error
