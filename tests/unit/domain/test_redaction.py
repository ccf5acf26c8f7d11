import json
import time

import pytest

from countersign.domain.redaction import MASK, redact

SECRET = "s3cr3tV4lue0123456789abcdef"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJVMEpPU0lFIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"access_token": SECRET, "scope": "x"}),
        json.dumps(json.dumps({"refresh_token": SECRET})),
        json.dumps(json.dumps(json.dumps({"client_secret": SECRET}))),
        json.dumps(json.dumps(json.dumps(json.dumps(json.dumps({"client_secret": SECRET}))))),
        "\\" * 40 + json.dumps({"token": SECRET}),
        f"id-of-x-{JWT}",
        json.dumps({"response_url": f"https://hooks.slack.com/actions/T0/{SECRET}"}),
        json.dumps({"body": f'it\'s "quoted" \n {SECRET}'}),
        json.dumps(json.dumps({"body": f'it\'s "quoted" \n {SECRET}'})),
        json.dumps({"body": f"cut off {SECRET}"})[:-5],
        str({"client_secret": SECRET}),
        repr(json.dumps({"id_token": SECRET})),
        f"Token(access_token='{SECRET}')",
        f"POST /token?grant_type=x&code={SECRET}&state=1",
        f"code={SECRET}",
        f"do=enter_key&key_partner_user_secret={SECRET}",
        json.dumps({"credentials": {"partnerUserID": "aa", "partnerUserSecret": SECRET}}),
        f"redirected to https://a.example/oauth/callback/x?state={SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"'Authorization': 'Basic {SECRET}'",
        f"bearer {SECRET}",
        f"xoxb-1-{SECRET}",
        f"xoxe.xoxp-1-{SECRET}",
        f"xapp-1-{SECRET}",
        f"token {JWT} was refused",
        f"https://hooks.slack.com/actions/T0/1/{SECRET} answered 404",
        f"https://hooks.slack-gov.com/commands/{SECRET}",
        f"https://acme.example/v1/connect/{'0a' * 32}",
        f"whsec_{SECRET}",
        f"Cookie: a=1; __Host-bt={SECRET}",
        f"Set-Cookie: __Host-bt={SECRET}; Path=/",
    ],
)
def test_nothing_secret_is_left(line: str) -> None:
    redacted = redact(line)
    assert MASK in redacted
    assert not any(secret in redacted for secret in (SECRET, JWT, "0a" * 32))


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"code": "invalid_grant", "state": "done", "reference": "6f3d2c1b-0000-4000-8000-000000000001"}),
        json.dumps({"trace_id": "6f3d2c1b-0000-4000-8000-000000000001", "kind": "button", "action": "card.choose"}),
        "Slack answered ratelimited",
        "the token endpoint answered 500",
        "https://acme.service-now.com/api/now/table/sysapproval_approver",
    ],
)
def test_what_operators_need_is_left_as_it_is(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(
    "part",
    [
        "\\",
        "-eyJ",
        "eyJa",
        "-.",
        '"body"',
        '"body" ',
        '"token":"',
        '\\"code\\":\\"',
        "&code=",
        "&asecre=",
        '"partnersecre',
        "partnersecre=",
        'code=\\"',
        "cookie:\n",
        " ",
        '"',
    ],
)
def test_a_line_four_times_as_long_takes_four_times_as_long_whatever_is_in_it(part: str) -> None:
    """Sixteen times, where each place of a long run begins a search to its end: whoever is logged could stop us."""
    short, long = (min(_seconds(part * (size // len(part))) for _ in range(3)) for size in (8_000, 32_000))

    assert long < 9 * short


def _seconds(line: str) -> float:
    began = time.process_time()
    redact(line)
    return time.process_time() - began
