"""Who may call a hook: a bearer secret or a Standard Webhooks signature, and nothing in between."""

import base64
import hashlib
import hmac

import pytest

from countersign.domain.errors import Unverified
from countersign.domain.secret import Secret
from countersign.domain.webhook import verify_hook

NOW = 1_614_265_330
# The published example of the Standard Webhooks reference libraries.
SECRET = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
BODY = b'{"test": 2432232314}'
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
SIGNED = {"webhook-id": ID, "webhook-timestamp": str(NOW), "webhook-signature": SIGNATURE}


def test_the_published_example_holds() -> None:
    assert verify_hook(SIGNED, BODY, SECRET, NOW) == ID


@pytest.mark.parametrize(
    "signature",
    [f"v1a,AAAA {SIGNATURE}", f"v1,AAAA {SIGNATURE} v2,BBBB"],
    ids=["unknown version first", "rotated secret"],
)
def test_one_good_signature_of_several_is_enough(signature: str) -> None:
    assert verify_hook({**SIGNED, "webhook-signature": signature}, BODY, SECRET, NOW) == ID


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": SIGNATURE.replace("v1,", "v2,")},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,\N{LATIN SMALL LETTER E WITH ACUTE}"},
        {"webhook-signature": "v1,\ud800"},
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "\N{ARABIC-INDIC DIGIT ONE}"},
        {"webhook-timestamp": ""},
    ],
)
def test_anything_else_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Unverified):
        verify_hook({**SIGNED, **changes}, BODY, SECRET, NOW)


@pytest.mark.parametrize("off", [-301, 301])
def test_a_stale_signature_is_refused(off: int) -> None:
    with pytest.raises(Unverified):
        verify_hook(SIGNED, BODY, SECRET, NOW + off)


def test_another_body_is_refused() -> None:
    with pytest.raises(Unverified):
        verify_hook(SIGNED, BODY + b" ", SECRET, NOW)


def test_a_bearer_secret_is_enough_and_brings_its_delivery_id() -> None:
    headers = {"authorization": "Bearer s3cret"}

    assert verify_hook(headers, BODY, Secret("s3cret"), NOW) is None
    assert verify_hook({**headers, "webhook-id": "d1"}, BODY, Secret("s3cret"), NOW) == "d1"


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic s3cret", "s3cret", "Bearer s3cret2", "Bearer \ud800"]
)
def test_no_other_authorization_is(given: str) -> None:
    with pytest.raises(Unverified):
        verify_hook({"authorization": given}, BODY, Secret("s3cret"), NOW)


def test_a_hook_without_a_secret_opens_for_nobody() -> None:
    empty_key = base64.b64encode(hmac.new(b"", f"{ID}.{NOW}.".encode() + BODY, hashlib.sha256).digest()).decode()

    for headers in ({"authorization": "Bearer "}, {**SIGNED, "webhook-signature": f"v1,{empty_key}"}):
        with pytest.raises(Unverified):
            verify_hook(headers, BODY, Secret(""), NOW)


def test_a_signature_is_never_passed_over_for_a_bearer_secret() -> None:
    headers = {**SIGNED, "webhook-signature": "v1,AAAA", "authorization": f"Bearer {SECRET.reveal()}"}

    with pytest.raises(Unverified):
        verify_hook(headers, BODY, SECRET, NOW)
