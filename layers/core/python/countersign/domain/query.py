"""Asks an app's answer a question in JMESPath (jmespath.org/specification.html); a wrong shape is no answer."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError

from countersign.domain.template import Landing, Values, as_text, fill

NOTHING: Final[Mapping[str, str]] = {}


def ask(query: str | None, document: Any, values: Values = NOTHING) -> Any:
    """What the query finds, or None: also where there is no query, and where the answer has another shape."""
    if query is None:
        return None
    try:
        return jmespath.search(fill(query, values, Landing.QUERY), document)
    except JMESPathError:
        return None


def names(query: str | None) -> frozenset[str]:
    """Every name that the query reads, at any depth; none where there is no query, or it is none."""
    try:
        return frozenset(_fields(jmespath.compile(query).parsed)) if query else frozenset()
    except JMESPathError:
        return frozenset()


def _fields(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node["children"]:
        yield from _fields(child)


def holds(query: str | None, document: Any, values: Values = NOTHING) -> bool:
    """Whether the query finds something true in JMESPath's sense: not null, false, or empty (the number 0 is true)."""
    found = ask(query, document, values)
    return bool(found) or (isinstance(found, int | float) and not isinstance(found, bool))


def verdict(query: str | None, document: Any, values: Values = NOTHING) -> bool | None:
    """Whether the query finds something true; None where it finds nothing at all, or there is none: nobody knows."""
    return None if ask(query, document, values) is None else holds(query, document, values)


def ask_text(query: str | None, document: Any, values: Values = NOTHING) -> str | None:
    """What the query finds as a text; None where it finds nothing, an empty text, or an object or list.

    Half a surrogate pair, which JSON can hold and UTF-8 can't (as where a vendor cut a text through an emoji), is
    replaced: whatever an app says can be stored and sent on.
    """
    found = ask(query, document, values)
    return whole(as_text(found)) or None if isinstance(found, str | int | float | bool) else None


def whole(text: str) -> str:
    """The text in characters that UTF-8 can hold."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
