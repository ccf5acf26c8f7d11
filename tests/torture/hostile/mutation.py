"""Turns good requests into hostile ones: fields, bytes, headers, whole events. A seed decides everything."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final, NamedTuple

from tests.support.hostile_strings import HOSTILE

type Json = Any
type Place = tuple[Any, ...]

NUMBERS: Final = (0, -1, 1, 2**31, 2**63, 10**400, -(10**30), 0.1, 1e308, 5e-324)
PLAIN: Final[tuple[Json, ...]] = (None, True, False, [], {}, [[]], [None], {"": {}}, *NUMBERS, *HOSTILE)
IDS: Final = (
    "T0OTHER",
    "E0ACME",
    "U0TOM",
    "t0acme",
    "T0ACME ",
    "T0ACME\n",
    "\u04220ACME",
    "T0ACME/U0JOSIE",
    "#",
    "*",
    "a" * 65,
)
BAD_BYTES: Final = (b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\x80", b"%00", b"%")
BODIES: Final = (b"", b"payload", b"payload=", b"payload=%5B%5D", b"payload=1&payload=2", b"[]", b"null", b'"x"', b"7")
METHODS: Final = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "post", "POST ", "")
PATHS: Final = (
    "",
    "/",
    "//slack/interactions",
    "/slack//interactions",
    "/slack/interactions/",
    "/slack/interactions/..",
    "/slack/../slack/interactions",
    "/slack/%2e%2e/slack/interactions",
    "/SLACK/INTERACTIONS",
    "/slack/interactions%00",
    "/slack/interactions;x=1",
    "/slack/interactions?x=1",
    "slack/interactions",
    "/connect/../health",
)
RARELY: Final = 0.01
"""How often something is as large as it can be: large things are slow to make."""
DEPTH: Final = 20_000
TOO_DEEP: Final = 100_000
MEGABYTE: Final = 1_000_000


class Hostile(NamedTuple):
    """A hostile request. ``kind``: its class, C1 to C11; ``how``: what it was made of, and in which way."""

    kind: str
    how: str
    event: dict[str, Any]


class Mutator:
    """Dice and scissors."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - dice, which must fall the same way again
        self._places: dict[int, tuple[Json, list[Place]]] = {}

    def value(self) -> Json:
        """Something that nobody expects."""
        if self._rarely():
            return self.chance.choice(
                ("x" * 60_000, ["x"] * 9_000, {str(n): n for n in range(4_000)}, [[[[]] * 9] * 9] * 9)
            )
        return self.chance.choice((self.chance.choice(PLAIN), self.chance.choice(IDS), self.text()))

    def _rarely(self) -> bool:
        return self.chance.random() < RARELY

    def text(self) -> str:
        """A string of a few characters, most of them plain."""
        alphabet = "aZ09 -_./:<>&\"'{}[]\\%=;\x00\r\n\x7f\u00e9\u202e\u0430\U0001f600\ud800"
        return "".join(self.chance.choices(alphabet, k=self.chance.randrange(12)))

    def json(self, document: Json) -> Json:
        """The document with one place gone, of another type, doubled, wrapped, or more besides."""
        places = self._places_of(document)
        place = self.chance.choice(places)
        match self.chance.randrange(6):
            case 0 if place:
                return without(document, place)
            case 1:
                return put(document, place, [at(document, place)])
            case 2:
                return put(document, place, at(document, self.chance.choice(places)))
            case 3 if isinstance(found := at(document, place), dict):
                return put(document, place, {**found, self.text() or "more": self.value()})
            case _:
                return put(document, place, self.value())

    def _places_of(self, document: Json) -> list[Place]:
        """Worked out once for each document, which is kept so that no other one takes its id."""
        if id(document) not in self._places:
            self._places[id(document)] = document, list(places_of(document))
        return self._places[id(document)][1]

    def json_text(self, document: Json) -> str:
        """A mutated document as JSON, or what is nearly JSON."""
        if self._rarely():
            return self.chance.choice(("[" * DEPTH, '{"a":' * (DEPTH // 2), "[" * DEPTH + "]" * DEPTH, "1" * 30_000))
        text = json.dumps(self.json(document))
        match self.chance.randrange(12):
            case 0:
                return text.replace("{", '{"type":"again","type":"again",', 1)
            case 1:
                return text.replace(":", ":NaN,", 1)
            case 2:
                return "\ufeff" + text
            case 3:
                return text[: self.chance.randrange(len(text) + 1)]
            case _:
                return text

    def raw(self, body: bytes) -> bytes:
        """Bytes that were a body."""
        spot = self.chance.randrange(len(body) + 1)
        before, after = body[:spot], body[spot:]
        several: tuple[Callable[[], bytes], ...] = (
            lambda: before,
            lambda: before + self.chance.randbytes(self.chance.randrange(1, 9)) + after,
            lambda: before + self.chance.choice(BAD_BYTES) + after,
            lambda: before + bytes([self.chance.randrange(256)]) + after[1:],
            lambda: body + b"&" + body,
            lambda: gzip.compress(body, 1, mtime=0),
            lambda: self.chance.choice(BODIES),
            lambda: self.text().encode("utf-8", "surrogatepass"),
            lambda: body + (b"x" * 70_000 if self.chance.random() < RARELY * 10 else b"="),
            lambda: self.chance.choice((b"x" * MEGABYTE, b"[" * TOO_DEEP, *BODIES)) if self._rarely() else body + body,
        )
        return self.chance.choice(several)()

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """API Gateway's event with one of its own places changed: no gateway sends that."""
        name = self.chance.choice(list(event))
        match self.chance.randrange(7):
            case 0:
                return {key: value for key, value in event.items() if key != name}
            case 1 if isinstance(event[name], dict) and event[name]:
                inner = self.chance.choice(list(event[name]))
                return {**event, name: {**event[name], inner: self.value()}}
            case 2 if event.get("body"):
                return {**event, "isBase64Encoded": not event.get("isBase64Encoded")}
            case 3:
                return second_format(event)
            case 4:
                return {**event, "httpMethod": self.chance.choice(METHODS)}
            case 5:
                path = self.chance.choice(PATHS)
                return {**event, "path": path, "resource": self.chance.choice((path, event.get("resource"), None))}
            case _:
                return {**event, name: self.value()}


def second_format(event: Mapping[str, Any]) -> dict[str, Any]:
    """The same request as API Gateway's HTTP APIs write it (payload format 2.0), which is none that we are sent."""
    context = event.get("requestContext")
    http = {"method": event.get("httpMethod"), "path": event.get("path"), "protocol": "HTTP/1.1"}
    return {
        "version": "2.0",
        "routeKey": f"{event.get('httpMethod')} {event.get('resource')}",
        "rawPath": event.get("path"),
        "rawQueryString": "",
        "headers": event.get("headers"),
        "requestContext": {**(context if isinstance(context, dict) else {}), "http": http},
        "body": event.get("body"),
        "isBase64Encoded": event.get("isBase64Encoded"),
    }


def with_body(event: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    """The event with other bytes, as API Gateway hands them over."""
    return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def places_of(document: Json, place: Place = ()) -> Iterator[Place]:
    """Every place of a JSON document, the whole first."""
    yield place
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inner:
        yield from places_of(value, (*place, key))


def at(document: Json, place: Place) -> Json:
    """What stands at a place."""
    for key in place:
        document = document[key]
    return document


def put(document: Json, place: Place, value: Json) -> Json:
    """The document with something else at a place; what it shares with the old one is not copied."""
    if not place:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[place[0]] = put(copy[place[0]], place[1:], value)
    return copy


def without(document: Json, place: Place) -> Json:
    """The document with nothing at a place."""
    copy = dict(document) if isinstance(document, dict) else list(document)
    if len(place) == 1:
        del copy[place[0]]
    else:
        copy[place[0]] = without(copy[place[0]], place[1:])
    return copy
