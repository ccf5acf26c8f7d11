"""Fills ``${name.path}`` in the catalog's strings: substitution only, never evaluation.

A value is escaped for where it lands, in one pass: what a value holds is never read as a template again. Which names
may be used where is checked when the catalog is built; an unknown one at run time is an error, never an empty string.
"""

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

from countersign.domain.errors import ConfigurationError, Malformed

type Scalar = str | int | float | bool
type Values = Mapping[str, Scalar | None]
"""Dotted name → value. None: the name is known, but there is no value this time (an optional input)."""

_REFERENCE: Final = re.compile(r"\$\{([^{}]*)\}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]")


class UnknownName(ConfigurationError):
    """A template names something that does not exist. The build refuses such a catalog."""

    code = "unknown_name"


class UnusableValue(Malformed):
    """A value can't stand where the template wants it: a path segment ``..``, a header with a line break."""

    code = "unusable_value"


class BrokenTemplate(ConfigurationError):
    """A ``${`` that is not a name in braces. The build refuses such a catalog."""

    code = "broken_template"


class Landing(StrEnum):
    """Where a filled string goes, and so how values are escaped."""

    PLAIN = "plain"
    """As it is: a JSON string, a form or query parameter that is encoded later, a text whose renderer escapes."""
    URL = "url"
    """Inside an address: percent-encoded (RFC 3986 §2.1), so a value can't leave its segment or parameter."""
    HEADER = "header"
    """An HTTP field value (RFC 9110 §5.5): printable ASCII or nothing is sent."""
    QUERY = "query"
    """A JMESPath expression: the value becomes a string literal, whatever it holds."""


def references(template: str) -> tuple[str, ...]:
    """The names that a template uses, in order. Raises BrokenTemplate."""
    names = tuple(_REFERENCE.findall(template))
    for name in names:
        if not _NAME.fullmatch(name):
            raise BrokenTemplate(f"${{{name}}} is not a name")
    if "${" in _REFERENCE.sub("", template):
        raise BrokenTemplate("a ${ has no closing }")
    return names


def fill(template: str, values: Values, landing: Landing = Landing.PLAIN) -> str:
    """The template with every name replaced; an absent value is an empty text. Raises UnknownName, UnusableValue."""
    escape = _ESCAPES[landing]

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        value = _look_up(name, values)
        if landing is Landing.URL and name == "api_base" and match.start() == 0:
            return as_text(value).rstrip("/")  # an address already; what may follow it was checked with the hosts
        return escape(as_text(value))

    return _REFERENCE.sub(replaced, template)


def fill_map(templates: Mapping[str, str], values: Values, landing: Landing = Landing.PLAIN) -> dict[str, str]:
    """Fill every value of a mapping; an entry that is nothing but an absent value is left out."""
    return {
        key: fill(template, values, landing) for key, template in templates.items() if not is_absent(template, values)
    }


def fill_form(templates: Mapping[str, Any], values: Values) -> dict[str, str]:
    """Fill a form's fields: a field that is a JSON value is filled as one and written as its JSON text."""
    texts = {name: template for name, template in templates.items() if isinstance(template, str)}
    documents = {name: template for name, template in templates.items() if name not in texts}
    written = {name: json.dumps(fill_json(template, values)) for name, template in documents.items()}
    filled = fill_map(texts, values) | written
    return {name: filled[name] for name in templates if name in filled}


def fill_json(template: Any, values: Values) -> Any:
    """Fill every string of a JSON value. A string that is one name alone takes the value's own type (number, true).

    A member or element that is nothing but an absent value is left out. Raises UnknownName.
    """
    match template:
        case str():
            whole = _REFERENCE.fullmatch(template)
            return _look_up(whole[1], values) if whole else fill(template, values)
        case Mapping():
            return {key: fill_json(value, values) for key, value in template.items() if not is_absent(value, values)}
        case list() | tuple():
            return [fill_json(value, values) for value in template if not is_absent(value, values)]
        case _:
            return template


def is_absent(template: Any, values: Values) -> bool:
    """Whether a template is one name alone, and that name has no value. Raises UnknownName."""
    whole = _REFERENCE.fullmatch(template) if isinstance(template, str) else None
    return whole is not None and _look_up(whole[1], values) is None


def as_text(value: Scalar | None) -> str:
    """How a value reads inside a longer text: ``true``/``false`` for booleans, nothing for an absent one."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _look_up(name: str, values: Values) -> Scalar | None:
    try:
        return values[name]
    except KeyError:
        raise UnknownName(f"${{{name}}} is not known here") from None


def _in_url(value: str) -> str:
    if not value.strip("."):
        # HTTP clients resolve "." and ".." before sending (RFC 3986 §5.2.4), and an empty segment is another resource.
        raise UnusableValue("an empty value or a dot segment cannot stand in an address")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise UnusableValue("half a character cannot stand in an address") from None


def _in_header(value: str) -> str:
    if _UNPRINTABLE.search(value):
        raise UnusableValue("a header takes printable ASCII only")
    return value


def _in_query(value: str) -> str:
    # JMESPath's own literal: JSON between backticks; a backtick inside is written as JSON's escape.
    return "`" + json.dumps(value).replace("`", "\\u0060") + "`"


_ESCAPES: Final[Mapping[Landing, Callable[[str], str]]] = {
    Landing.PLAIN: str,
    Landing.URL: _in_url,
    Landing.HEADER: _in_header,
    Landing.QUERY: _in_query,
}
