import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import Clock, SignatureVerifier

from countersign.adapters.slack.signature import sign, verify
from countersign.domain.errors import Unverified
from countersign.domain.secret import Secret

SECRET = Secret("8f742231b10e8888abcd99yyyzzz85a5")
# docs.slack.dev/authentication/verifying-requests-from-slack prints this request and its signature
DOCUMENTED_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
DOCUMENTED_TIME = 1531420618
DOCUMENTED = {
    "x-slack-request-timestamp": str(DOCUMENTED_TIME),
    "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
}


def test_slacks_documented_vector_is_accepted() -> None:
    verify(DOCUMENTED_BODY, DOCUMENTED, lambda: [SECRET], DOCUMENTED_TIME)


@given(
    body=st.text(max_size=200).map(str.encode),
    at=st.integers(0, 10**11),
    secret=st.text("0123456789abcdefé", min_size=1),
)
def test_what_the_sdk_signs_is_accepted_and_the_other_way_round(body: bytes, at: int, secret: str) -> None:
    class Then(Clock):
        def now(self) -> float:
            return float(at)

    sdk = SignatureVerifier(secret, Then())
    theirs = sdk.generate_signature(timestamp=str(at), body=body)
    assert theirs == sign(body, str(at), Secret(secret))
    assert theirs is not None
    verify(body, {"x-slack-request-timestamp": str(at), "x-slack-signature": theirs}, lambda: [Secret(secret)], at)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_either_way_are_accepted(seconds: int) -> None:
    verify(DOCUMENTED_BODY, DOCUMENTED, lambda: [SECRET], DOCUMENTED_TIME + seconds)


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_more_than_five_minutes_is_refused(seconds: int) -> None:
    with pytest.raises(Unverified, match="five minutes"):
        verify(DOCUMENTED_BODY, DOCUMENTED, lambda: [SECRET], DOCUMENTED_TIME + seconds)


def test_another_secret_may_be_the_right_one() -> None:
    assert verify(DOCUMENTED_BODY, DOCUMENTED, lambda: [SECRET, Secret("old")], DOCUMENTED_TIME)
    assert not verify(DOCUMENTED_BODY, DOCUMENTED, lambda: [Secret("new"), SECRET], DOCUMENTED_TIME)


@pytest.mark.parametrize("secrets", [[], [Secret("")], [Secret("wrong")]])
def test_no_secret_empty_secret_and_wrong_secret_are_refused(secrets: list[Secret]) -> None:
    with pytest.raises(Unverified, match="not ours"):
        verify(DOCUMENTED_BODY, DOCUMENTED, lambda: secrets, DOCUMENTED_TIME)


def test_a_request_signed_with_an_empty_secret_is_refused() -> None:
    headers = {**DOCUMENTED, "x-slack-signature": sign(b"x", str(DOCUMENTED_TIME), Secret(""))}
    with pytest.raises(Unverified, match="not ours"):
        verify(b"x", headers, lambda: [Secret("")], DOCUMENTED_TIME)


def test_one_changed_byte_is_refused() -> None:
    with pytest.raises(Unverified, match="not ours"):
        verify(DOCUMENTED_BODY + b" ", DOCUMENTED, lambda: [SECRET], DOCUMENTED_TIME)


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "abc",
        "1_000",
        f" {DOCUMENTED_TIME} ",
        f"{DOCUMENTED_TIME}\n",
        "+1531420618",
        "١٥٣١٤٢٠٦١٨",
        "1.5e9",
        "nan",
        "9" * 5000,
        f"{DOCUMENTED_TIME}, {DOCUMENTED_TIME}",
        "-1531420618",
    ],
)
def test_timestamps_that_are_no_plain_number_are_refused(timestamp: str) -> None:
    with pytest.raises(Unverified, match="timestamp"):
        verify(
            DOCUMENTED_BODY, {**DOCUMENTED, "x-slack-request-timestamp": timestamp}, lambda: [SECRET], DOCUMENTED_TIME
        )


@pytest.mark.parametrize(
    "signature",
    ["", "v0=", "v0=é", DOCUMENTED["x-slack-signature"].upper(), "v1" + DOCUMENTED["x-slack-signature"][2:]]
    + [DOCUMENTED["x-slack-signature"] + end for end in ("\n", "0", ", v0=" + "0" * 64)],
)
def test_signatures_of_another_form_are_refused(signature: str) -> None:
    with pytest.raises(Unverified, match="another form"):
        verify(DOCUMENTED_BODY, {**DOCUMENTED, "x-slack-signature": signature}, lambda: [SECRET], DOCUMENTED_TIME)


@pytest.mark.parametrize("missing", list(DOCUMENTED))
def test_a_missing_header_is_refused(missing: str) -> None:
    headers = {name: value for name, value in DOCUMENTED.items() if name != missing}
    with pytest.raises(Unverified, match="missing"):
        verify(DOCUMENTED_BODY, headers, lambda: [SECRET], DOCUMENTED_TIME)


def test_the_secret_is_not_even_asked_for_when_the_headers_can_not_be_right() -> None:
    def secrets() -> list[Secret]:
        raise AssertionError("asked for the secret")

    with pytest.raises(Unverified):
        verify(b"", {}, secrets, DOCUMENTED_TIME)
    with pytest.raises(Unverified):
        verify(DOCUMENTED_BODY, DOCUMENTED, secrets, DOCUMENTED_TIME + 301)
