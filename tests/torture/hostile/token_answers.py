"""Hostile answers of token endpoints (C7): what each one has to come to is known when it is made."""

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlencode

from tests.support.scripted_server import Behaviour, floods, half, hangs_up, says
from tests.torture.hostile.mutation import Mutator

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
RARELY: Final = 0.003
"""How often ten megabytes are sent."""
EXPIRES_IN: Final = (None, 0, -1, "3600", 3.6e3, 1e18, -1e18, "NaN", "Infinity", "soon", "", True, [], {}, 10**400)
SCOPES: Final = ("", "a  b", "a,b", ["a"], [], [1], {}, 7, None, "x" * 9_000, "<!channel>", ["a", None])
NOT_BEARER: Final = (None, "mac", "", [], {}, 7, "Bearer ", "DPoP")
NO_TOKEN: Final = (None, "", [], ["t"], {}, 7, True, "a\r\nX-Evil: 1", "a b", "\u00e9", "\x00", "a" * 16_385, "\ud800")
MEGABYTE: Final = "a" * 1_000_000
NOT_JSON: Final = (
    b"",
    b"null",
    b"7",
    b'"x"',
    b"[]",
    b"{",
    b"<!doctype html><h1>Sign in</h1>",
    b"\xff\xfe",
    b"[" * 20_000,
    b'{"a":' * 10_000,
)
NO_ANSWER: Final = (301, 302, 307, 400, 401, 403, 404, 409, 429, 500, 502, 503, 599)
ERRORS: Final = ("invalid_request", "slow_down", "server_error", "<script>", "x" * 70, 7, ["invalid_grant"], {"a": 1})
OVER: Final = ("invalid_grant", "bad_verification_code", "bad_refresh_token")
CLIENT: Final = ("invalid_client", "unauthorized_client", "incorrect_client_credentials")


class Must(StrEnum):
    """What an answer has to come to."""

    WORK = "its tokens are stored"
    FAIL = "nothing of it is used"
    BE_OVER = "the grant is over, by the endpoint's own word"
    BE_SAFE = "either, and nothing is stored that it does not hold"


@dataclass(frozen=True, slots=True)
class HostileAnswer:
    """An answer. ``content``: what it says, where it says anything readable; ``how`` it was made."""

    how: str
    must: Must
    behaviour: Behaviour
    content: Mapping[str, Any]
    body: bytes = b""
    status: int = 200


class HostileAnswers:
    """Makes them of a good one."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator, self.chance = mutator, mutator.chance

    def __call__(self, good: Mapping[str, Any]) -> HostileAnswer:
        """One answer."""
        if self.chance.random() < RARELY:
            return HostileAnswer("ten megabytes", Must.FAIL, floods, {})
        make: Callable[[Mapping[str, Any]], HostileAnswer] = self.chance.choice(
            (self._odd, self._odd, self._form, self._unusable, self._unreadable, self._error, self._broken, self._any)
        )
        return make(good)

    def _odd(self, good: Mapping[str, Any]) -> HostileAnswer:
        """Unusual, and good: rows 19 to 21 of the faults."""
        name, values = self.chance.choice(
            (
                ("expires_in", EXPIRES_IN),
                ("scope", SCOPES),
                ("refresh_token", (None, "", good.get("refresh_token"))),
                ("token_type", ("bearer", "BEARER", "bEaReR")),
                ("more", (self.mutator.value(), self.mutator.text())),
            )
        )
        return self._json(f"{name} odd", Must.WORK, {**good, name: self.chance.choice(values)})

    def _form(self, good: Mapping[str, Any]) -> HostileAnswer:
        """As a form, which GitHub's are where nobody asks for JSON; and one that says it is the other."""
        texts = {name: value for name, value in good.items() if isinstance(value, str | int)}
        body = urlencode(texts).encode()
        kind, must = self.chance.choice(
            ((FORM, Must.WORK), (f"{FORM.upper()}; charset=utf-8", Must.WORK), (JSON, Must.FAIL), ("", Must.FAIL))
        )
        if must is Must.WORK and self.chance.random() < 1 / 3:
            body, must = body + b"&access_token=another", Must.FAIL
        return HostileAnswer(f"a form as {kind!r}", must, says(200, body, kind), texts, body)

    def _unusable(self, good: Mapping[str, Any]) -> HostileAnswer:
        """Well written, and nothing that could be used."""
        name, values = self.chance.choice(
            (("token_type", NOT_BEARER), ("access_token", (*NO_TOKEN, MEGABYTE)), ("refresh_token", NO_TOKEN[3:]))
        )
        value = self.chance.choice(values)
        content = {**good, name: value}
        if value is None and self.chance.random() < 1 / 2:
            del content[name]
        # What is empty is absent: an app without refresh tokens may say so in any way.
        must = Must.FAIL if value or name != "refresh_token" else Must.WORK
        return self._json(f"unusable {name}", must, content)

    def _unreadable(self, good: Mapping[str, Any]) -> HostileAnswer:
        """Not the JSON that RFC 8259 means, or no JSON at all."""
        text = json.dumps(good)
        body = self.chance.choice(
            (
                self.chance.choice(NOT_JSON),
                b"\xef\xbb\xbf" + text.encode(),
                text.replace("{", '{"x": NaN, ', 1).encode(),
                text.replace("{", '{"access_token": "another", ', 1).encode(),
                text.encode()[: self.chance.randrange(1, len(text))],
                gzip.compress(text.encode(), 1, mtime=0),
                json.dumps([good]).encode(),
                text.encode("utf-16"),
            )
        )
        return HostileAnswer("unreadable", Must.FAIL, says(200, body, JSON), {}, body)

    def _error(self, good: Mapping[str, Any]) -> HostileAnswer:
        """An error, with whatever status; tokens that stand beside one are not used."""
        error, must = self.chance.choice(((OVER, Must.BE_OVER), (CLIENT, Must.FAIL), (ERRORS, Must.FAIL)))
        content = {"error": self.chance.choice(error), "error_description": self.mutator.text()}
        beside = good if self.chance.random() < 1 / 2 else {}
        return self._json("an error", must, {**beside, **content}, self.chance.choice((200, 400, 401, 403)))

    def _broken(self, good: Mapping[str, Any]) -> HostileAnswer:
        """No answer, half of one, or one that is none by its status (row 15)."""
        if self.chance.random() < 1 / 2:
            return HostileAnswer("cut off", Must.FAIL, self.chance.choice((hangs_up, half)), {})
        status = self.chance.choice(NO_ANSWER)
        more = {"Retry_After": self.chance.choice(("7", "soon", "9" * 40, "-1")), "Location": "https://evil.example/"}
        body = json.dumps(good).encode()
        return HostileAnswer(f"status {status}", Must.FAIL, says(status, body, JSON, **more), good, body, status)

    def _any(self, good: Mapping[str, Any]) -> HostileAnswer:
        """Anything."""
        text = self.mutator.json_text(good).encode("utf-8", "surrogatepass")
        body = self.chance.choice((text, self.mutator.raw(json.dumps(good).encode())))
        kind = self.chance.choice((JSON, FORM, "text/html", "", "application/json; charset=utf-7"))
        return HostileAnswer("anything", Must.BE_SAFE, says(200, body, kind), {}, body)

    def _json(self, how: str, must: Must, content: Mapping[str, Any], status: int = 200) -> HostileAnswer:
        body = json.dumps(content).encode()
        kind = self.chance.choice(
            (JSON, JSON, "text/javascript", "application/json; charset=UTF-8", "APPLICATION/JSON")
        )
        return HostileAnswer(how, must, says(status, body, kind), content, body, status)
