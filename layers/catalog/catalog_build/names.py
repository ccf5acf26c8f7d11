"""Which ``${names}`` may stand where, and whether each query is one."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.lexer import Lexer

from catalog_build.problem import Path, Report, choices
from countersign.domain.template import BrokenTemplate, Landing, fill, references

_AUTHORITY = re.compile(r"https://([^/?#]*)")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMPARES: Final = frozenset({"eq", "ne", "lt", "lte", "gt", "gte"})
"""Names that jmespath gives the tokens of comparisons."""
_MENTIONED = re.compile(r"\$\{([^{}]*)\}")


def check_template(report: Report, path: Path, template: str, allowed: AbstractSet[str]) -> tuple[str, ...]:
    """Report names that are not known here; the names that are."""
    try:
        used = references(template)
    except BrokenTemplate as error:
        report.add(path, str(error), "write ${name}, as in ${input.number}")
        return ()
    for name in used:
        if name not in allowed:
            report.add(path, f"${{{name}}} is not known here", choices({f"${{{known}}}" for known in allowed}))
    return tuple(name for name in used if name in allowed)


def check_query(report: Report, path: Path, query: str, allowed: AbstractSet[str] = frozenset()) -> tuple[str, ...]:
    """Report a query that is not JMESPath, takes a field for a text, or uses names that are not known here."""
    used = check_template(report, path, query, allowed)
    try:
        filled = fill(query, dict.fromkeys(references(query), "x"), Landing.QUERY)
        jmespath.compile(filled)
        for text in _mistaken_for_text(filled):
            report.add(path, f'"{text}" is a field\'s name in JMESPath, and no text', f"write '{text}' for text")
    except BrokenTemplate:
        pass  # reported by check_template
    except JMESPathError as error:
        said = str(error).splitlines()[0].rstrip(":. ")
        report.add(path, f"this is not JMESPath: {said}", "see jmespath.org; put text in '…' and numbers in `…`")
    return used


def _mistaken_for_text(query: str) -> Iterator[str]:
    """What double quotes hold where text was meant: it is compared with, or is a word that needs no quotes as a name.

    ``state == "approved"`` compares two fields of the answer, and is never true (jmespath.org/specification.html).
    """
    lexed = [(str(token["type"]), str(token["value"])) for token in Lexer().tokenize(query)]  # the last is the end
    for (before, _), (kind, text), (after, _) in zip([("start", ""), *lexed], lexed, lexed[1:], strict=False):
        if kind != "quoted_identifier" or before == "dot" or after == "colon":
            continue
        if before in _COMPARES or _WORD.fullmatch(text):
            yield text


def strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every string in a JSON value, with its place."""
    match value:
        case str():
            yield path, value
        case Mapping():
            for key, member in value.items():
                yield from strings(member, (*path, key))
        case list():
            for place, member in enumerate(value):
                yield from strings(member, (*path, place))


def mentioned(value: Any) -> frozenset[str]:
    """Every name that any string of a JSON value uses, known or not."""
    return frozenset(name for _, text in strings(value, ()) for name in _MENTIONED.findall(text))


def authority(url: str) -> str | None:
    """The host (and port) of an absolute address, as written; None for one that begins with a name."""
    found = _AUTHORITY.match(url)
    return found[1] if found else None
