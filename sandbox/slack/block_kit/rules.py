"""Small rules out of which Block Kit's tables are written: each yields Slack's message for what it finds broken.

A rule takes a value and the JSON pointer to it. The messages have the form of Slack's `response_metadata.messages`,
e.g. `[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Rule = Callable[[Any, str], Iterator[str]]


def problem(message: str, pointer: str) -> str:
    """A finding in Slack's words and form."""
    return f"[ERROR] {message} [json-pointer:{pointer}]"


def string(longest: int | None = None, *, shortest: int = 1) -> Rule:
    """Text of a length within bounds, in characters."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield problem("must provide a string", pointer)
        elif longest is not None and len(value) > longest:
            yield problem(f"must be less than {longest + 1} characters", pointer)
        elif len(value) < shortest:
            yield problem(f"must be more than {shortest - 1} characters", pointer)

    return check


def one_of(*choices: Any) -> Rule:
    """Exactly one of a few values."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if value not in choices:
            yield problem("must be one of the allowed values: " + ", ".join(map(str, choices)), pointer)

    return check


def boolean(value: Any, pointer: str) -> Iterator[str]:
    """`true` or `false`."""
    if not isinstance(value, bool):
        yield problem("must provide a boolean", pointer)


def whole_number(least: int, most: int) -> Rule:
    """An integer within bounds."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield problem("must provide an integer", pointer)
        elif not least <= value <= most:
            yield problem(f"must be between {least} and {most}", pointer)

    return check


def url(longest: int) -> Rule:
    """An absolute http(s) address. Slack takes other schemes in buttons too; none of them is for a web page."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        broken = list(string(longest)(value, pointer))
        yield from broken
        if broken:
            return
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            yield problem("invalid url", pointer)

    return check


def array(item: Rule, most: int | None = None, *, least: int = 1) -> Rule:
    """A list whose length is within bounds and whose items each keep a rule."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield problem("must provide an array", pointer)
            return
        if most is not None and len(value) > most:
            yield problem(f"no more than {most} items allowed", pointer)
        if len(value) < least:
            yield problem(f"no fewer than {least} items allowed", pointer)
        for index, each in enumerate(value):
            yield from item(each, f"{pointer}/{index}")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *also: Rule) -> Rule:
    """An object with these fields and no others (Slack refuses unknown ones), and further rules over the whole."""
    known = {**required, **(optional or {})}

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", pointer)
            return
        for name in required:
            if name not in value:
                yield problem(f"missing required field: {name}", pointer)
        for name, field in value.items():
            if name not in known:
                yield problem(f"invalid additional property: {name}", pointer)
            else:
                yield from known[name](field, f"{pointer}/{name}")
        for rule in also:
            yield from rule(value, pointer)

    return check


def by_type(table: Mapping[str, Rule], allowed: Collection[str]) -> Rule:
    """An object whose `type` picks its rule; a type that may not stand here is refused like an unknown one."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield problem("must provide an object", pointer)
        elif "type" not in value:
            yield problem("missing required field: type", pointer)
        elif value["type"] not in allowed:
            yield problem(f"unsupported type: {value['type']}", f"{pointer}/type")
        else:
            yield from table[value["type"]](value, pointer)

    return check


def exactly_one(*names: str) -> Rule:
    """Exactly one of these fields is there."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if sum(name in value for name in names) != 1:
            yield problem("must define exactly one of: " + ", ".join(names), pointer)

    return check


def at_least_one(*names: str) -> Rule:
    """At least one of these fields is there."""

    def check(value: Any, pointer: str) -> Iterator[str]:
        if not any(name in value for name in names):
            yield problem("must define either " + " or ".join(f"`{name}`" for name in names), pointer)

    return check
