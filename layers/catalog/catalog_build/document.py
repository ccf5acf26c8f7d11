"""Reads a YAML file into plain JSON values, and remembers the line of each.

Only what JSON knows: ``yes``, ``2024-05-01`` and ``0o17`` stay text (YAML 1.2.2 §10.2, its JSON schema).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from catalog_build.problem import Path, Report

_MEANINGS: Final = (
    (re.compile(r"null|~|"), lambda _: None),
    (re.compile(r"true|false"), lambda text: text == "true"),
    (re.compile(r"-?(0|[1-9][0-9]{0,15})"), int),
    (re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}"), float),
)
_TAGS: Final = frozenset({"tag:yaml.org,2002:str", "!"})


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content, and where to report what is wrong with it."""

    content: Any
    report: Report


def read(file: str, text: str) -> Document:
    """The document in ``text``; ``file`` names it in reports. What can't be read is reported, and content is None."""
    report = Report(file, {})
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        report.lines = {(): mark.line + 1 if mark else 1}
        report.add(
            (), f"this is not YAML: {error.problem or error.context}", "correct the indentation, quotes or brackets"
        )
        return Document(None, report)
    except yaml.YAMLError as error:
        report.add(
            (),
            f"this is not YAML: {str(error).splitlines()[0]}",
            "save the file as UTF-8 text without control characters",
        )
        return Document(None, report)
    if node is None:
        report.add((), "the file is empty", "write a catalog file, or remove it")
        return Document(None, report)
    reader = _Reader(report)
    content = reader.value(node, ())
    return Document(None if report.problems else content, report)


class _Reader:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._lines: dict[Path, int] = {}
        self._open: set[int] = set()
        report.lines = self._lines

    def value(self, node: Node, path: Path) -> Any:
        """The plain value of a node."""
        self._lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._open:
            self._report.add(path, "this stands inside itself", "use an anchor only after the end of what it names")
            return None
        self._open.add(id(node))
        try:
            return self._plain(node, path)
        finally:
            self._open.remove(id(node))

    def _plain(self, node: Node, path: Path) -> Any:
        match node:
            case MappingNode():
                return self._mapping(node, path)
            case SequenceNode():
                return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
            case ScalarNode():
                return self._scalar(node, path)
        raise TypeError(f"YAML has no {type(node).__name__}")

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
            at = (*path, key)
            if key in found:
                self._lines[at] = key_node.start_mark.line + 1
                self._report.add(at, f"{key} stands here twice", "keep one of them")
                continue
            self._lines[at] = key_node.start_mark.line + 1
            found[key] = self.value(value_node, at)
        return found

    def _scalar(self, node: ScalarNode, path: Path) -> Any:
        if node.tag not in _TAGS:
            self._report.add(path, f"the tag {node.tag} has no meaning here", "remove it")
            return None
        text = str(node.value)
        if node.style is not None:  # quoted or a block: text, whatever it looks like
            return text
        return next((meaning(text) for shape, meaning in _MEANINGS if shape.fullmatch(text)), text)
