"""Builds HTML out of elements, so that nothing gets onto a page without being escaped."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_NEVER_SHOWN: Final = re.compile("[\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Half a character, which no page can hold; and marks that turn the direction of what stands behind them, ours too."""
_VOID: Final = frozenset({"meta", "input", "hr", "path"})


@dataclass(frozen=True, slots=True)
class Element:
    """A tag with attributes and children. Names are ours; attribute values and texts may be anybody's."""

    tag: str
    attributes: Sequence[tuple[str, str]] = ()
    children: "Sequence[Element | str]" = ()

    def __str__(self) -> str:
        attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in self.attributes)
        if self.tag in _VOID:
            return f"<{self.tag}{attributes}>" if self.tag != "path" else f"<{self.tag}{attributes}/>"
        return f"<{self.tag}{attributes}>{''.join(map(_text, self.children))}</{self.tag}>"


@dataclass(frozen=True, slots=True)
class Style:
    """A style sheet of ours, written as it is: the page's policy names its hash."""

    css: str

    def __str__(self) -> str:
        return f"<style>{self.css}</style>"


def element(tag: str, *children: Element | str, **attributes: str) -> Element:
    """An element. ``class_`` is ``class``, and ``_`` in other names is ``-``."""
    named = [(name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items()]
    return Element(tag, named, children)


def document(language: str, head: Sequence[Element | Style], body: Element) -> str:
    """A whole document."""
    inside = "".join(map(str, head))
    return f'<!doctype html><html lang="{html.escape(language)}"><head>{inside}</head>{body}</html>'


def _text(child: Element | str) -> str:
    return _escaped(child) if isinstance(child, str) else str(child)


def _escaped(text: str) -> str:
    return html.escape(_NEVER_SHOWN.sub("", text))
