"""Every example that the corpora of hostile input (C1 to C11) name is made by something: looked for in what is made."""

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from countersign.domain.secret import Secret
from tests.support.slack_requests import NOW, body_of, load, signed
from tests.torture.hostile.api import hostile
from tests.torture.hostile.browser_routes import Journeys, Tampering
from tests.torture.hostile.chat_text import ChatText
from tests.torture.hostile.mutation import Mutator
from tests.torture.hostile.queue_messages import Batches
from tests.torture.hostile.slack_routes import Requests
from tests.torture.measure import DEFAULT_SEED

type Examples = Mapping[str, Callable[[Any], bool]]

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


def header(name: str, *values: str) -> Callable[[Any], bool]:
    return lambda event: any(value in map(str, event["multiValueHeaders"].get(name) or ()) for value in values)


def looked_for(examples: Examples, made: Iterable[Any]) -> list[str]:
    """Which of the examples were not made."""
    missing = dict(examples)
    for one in made:
        missing = {name: is_it for name, is_it in missing.items() if not is_it(one)}
        if not missing:
            break
    return list(missing)


C1: Examples = {
    "empty": header(STAMP, ""),
    "letters": header(STAMP, "abc"),
    "underscores": header(STAMP, "1_000"),
    "spaces": header(STAMP, " 1 "),
    "Arabic digits": lambda event: any(stamp[:1] == "\u0661" for stamp in event["multiValueHeaders"].get(STAMP) or ()),
    "a sign": header(STAMP, "+1785578531"),
    "5,000 digits": header(STAMP, "9" * 5_000),
    "nan": header(STAMP, "nan"),
    "a list": header(STAMP, "[1785578531]"),
    "the future": header(STAMP, str(NOW + 301)),
    "not ASCII": header(SIGNATURE, "v0=é" + "0" * 63),
    "capital letters": header(SIGNATURE, "v0=" + "A" * 64),
    "another version": header(SIGNATURE, "v1=" + "0" * 64),
    "too short": header(SIGNATURE, "v0=" + "0" * 63),
    "two of one": lambda event: len(event["multiValueHeaders"].get(SIGNATURE) or ()) == 2,
    "folded": lambda event: any("\r\n x" in one for one in event["multiValueHeaders"].get(SIGNATURE) or ()),
}


def test_c1_headers_of_slack() -> None:
    requests = Requests(Mutator(DEFAULT_SEED))
    event = load("button_approve")
    assert looked_for(C1, (requests._headers(signed(event)) for _ in range(4_000))) == []


C2: Examples = {
    "no UTF-8": lambda body: b"\xff\xfe" in body,
    "gzip": lambda body: body[:2] == gzip.compress(b"")[:2],
    "empty": lambda body: body == b"",
    "a megabyte": lambda body: body == b"x" * 1_000_000,
    "NULs": lambda body: b"\x00" in body,
    "payload twice": lambda body: body.count(b"payload=") == 2,
    "payload that is no JSON": lambda body: body == b"payload=",
    "an array": lambda body: body in (b"[]", b"payload=%5B%5D"),
    "null": lambda body: body == b"null",
    "a text": lambda body: body == b'"x"',
    "a number": lambda body: body == b"7",
    "nested 100,000 deep": lambda body: body == b"[" * 100_000,
}


def test_c2_raw_bodies() -> None:
    mutator, body = Mutator(DEFAULT_SEED), body_of(load("button_approve"))
    assert looked_for(C2, (mutator.raw(body) for _ in range(60_000))) == []


C2_JSON: Examples = {
    "a name twice": lambda text: text.startswith('{"type":"again","type":"again"'),
    "a huge number": lambda text: "1" + "0" * 400 in text,
    "a number of 30,000 digits": lambda text: text == "1" * 30_000,
    "half a character": lambda text: "\\ud800" in text,
    "not a number": lambda text: "NaN" in text,
    "a byte order mark": lambda text: text.startswith("\ufeff"),
    "nested deeply": lambda text: text.startswith("[[[["),
    "null in a place": lambda text: ": null" in text,
}


def test_c2_and_c3_content() -> None:
    mutator = Mutator(DEFAULT_SEED)
    document = json.loads(body_of(load("event_mention")))
    assert looked_for(C2_JSON, (mutator.json_text(document) for _ in range(8_000))) == []


C4: Examples = {
    "format 2.0": lambda event: event.get("version") == "2.0",
    "no headers": lambda event: "headers" not in event or event["headers"] is None,
    "no request context": lambda event: "requestContext" not in event,
    "another method": lambda event: event.get("httpMethod") == "PUT",
    "a way up": lambda event: ".." in str(event.get("path")),
    "two slashes": lambda event: str(event.get("path")).startswith("//"),
    "base64 that is none": lambda event: event.get("isBase64Encoded") is False and "payload" not in str(event["body"]),
    "no word on base64": lambda event: "version" not in event and "isBase64Encoded" not in event,
    "no body": lambda event: "body" not in event or event["body"] is None,
}


def test_c4_events_of_the_gateway() -> None:
    mutator, event = Mutator(DEFAULT_SEED), signed({**load("button_approve")})
    event |= {"body": "AAAA", "isBase64Encoded": True}
    assert looked_for(C4, (mutator.event(event) for _ in range(8_000))) == []


def query(event: Any, name: str) -> list[str]:
    return list((event.get("multiValueQueryStringParameters") or {}).get(name) or [])


C5: Examples = {
    "no state": lambda event: query(event, "code") != [] and query(event, "state") == [],
    "two states": lambda event: len(query(event, "state")) == 2,
    "10 kB of state": lambda event: any(len(one) == 10_240 for one in query(event, "state")),
    "a code with a line break": lambda event: any("\r\n" in one for one in query(event, "code")),
    "an error": lambda event: query(event, "error") == ["access_denied"],
    "an issuer": lambda event: query(event, "iss") == ["https://evil.example"],
    "no cookie": lambda event: event["headers"].get("Cookie") == "",
    "two cookies": lambda event: str(event["headers"].get("Cookie")).count("__Host-bt=") == 2,
    "a cookie of another jar": lambda event: event["headers"].get("Cookie") == f"__Host-bt={'0' * 64}",
}


def test_c5_connect_and_callback() -> None:
    tamper = Tampering(Mutator(DEFAULT_SEED))
    good = Journeys.anew().requests()
    choose = tamper.chance.choice
    made = (tamper(choose(good), choose(good)) for _ in range(12_000))
    assert looked_for(C5, (event for how, event in made if how != "event")) == []


C10: Examples = {
    "no JSON": lambda batch: any(record["body"] == "{" for record in batch),
    "an unknown kind": lambda batch: any('"kind": "dance"' in record["body"] for record in batch),
    "an unknown version": lambda batch: any('"v": 2' in record["body"] for record in batch),
    "one id twice": lambda batch: len({record["messageId"] for record in batch}) < len(batch),
    "one body twice": lambda batch: len({record["body"] for record in batch}) < len(batch),
    "ten records": lambda batch: len(batch) == 10,
}


def test_c10_records_of_a_queue() -> None:
    batches = Batches(Mutator(DEFAULT_SEED))
    assert looked_for(C10, (batches.one()[1] for _ in range(1_000))) == []


C11: Examples = {
    "the word": lambda made: made[1] == "connections",
    "with spaces and capitals": lambda made: made[1] == " CONNECTIONS ",
    "cut apart": lambda made: made[1] == "connection s",
    "another language": lambda made: made[1] == "Verbindungen",
    "in a channel": lambda made: made[0] == "channel",
    "in a thread": lambda made: made[0] == "im, thread",
    "edited": lambda made: "edited" in made[2]["event"],
    "by a bot": lambda made: made[2]["event"].get("bot_id") == "B0OTHER",
    "by ourselves": lambda made: made[2]["event"].get("bot_id") == "B0APP",
}


def test_c11_chat() -> None:
    texts = ChatText(Mutator(DEFAULT_SEED))
    assert looked_for(C11, (texts.one() for _ in range(2_000))) == []


def test_what_nobody_makes_is_missed() -> None:
    with pytest.raises(AssertionError):
        assert looked_for({"a unicorn": lambda _: False}, range(10)) == []


def test_every_request_that_goes_through_the_api_is_one_that_http_can_carry() -> None:
    sent = list(hostile(DEFAULT_SEED, 2_000, Secret("a signing secret")))
    assert len(sent) == 2_000
    routes = ("/slack/", "/hooks/", "/connect/", "/oauth/")
    assert {route for route in routes for one in sent if one.target.startswith(route)} == set(routes)
