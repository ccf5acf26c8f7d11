"""The threat model and the checklist name tests that exist, and leave no line without one or a reason."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from countersign.entrypoints.api_gateway import page

ROOT = Path(__file__).resolve().parents[3]
THREATS = ROOT / "docs" / "threat-model.md"
CHECKLIST = ROOT / "docs" / "security-checklist.md"
DOCUMENTS = (THREATS, CHECKLIST, ROOT / "SECURITY.md")
NODE = re.compile(r"`(tests/[\w/]+\.py)::(\w*)`")
HOW_MANY = 39


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of a file's tests."""
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text()))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def lines(document: Path) -> list[list[str]]:
    """The cells of every row of its tables, without their headings."""
    rows = [line for line in document.read_text().splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]
    return [row for row in cells if not set(row[0]) <= {"-", " "} and row[-1] not in {"tests", "shown by"}]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    named = NODE.findall(document.read_text())
    assert [f"{path}::{name}" for path, name in named if name not in names_in(ROOT / path)] == []


def test_every_threat_is_there_once_with_its_defence_and_tests() -> None:
    found = lines(THREATS)
    assert [row[0] for row in found] == [f"T{number}" for number in range(1, HOW_MANY + 1)]
    assert [row[0] for row in found if len(row) != 4 or not NODE.search(row[3])] == []


def test_every_line_of_the_checklist_has_a_test_or_says_why_not() -> None:
    found = lines(CHECKLIST)
    assert len(found) > 30
    assert [row[0] for row in found if not (NODE.search(row[1]) or row[1].startswith("not covered: "))] == []


def test_a_name_that_does_not_exist_is_noticed() -> None:
    assert "test_a_name_that_does_not_exist_is_noticed" in names_in(Path(__file__))
    assert "test_something_else" not in names_in(Path(__file__))
    assert names_in(ROOT / "tests" / "nothing.py") == frozenset()


def test_every_package_is_pinned_by_its_hash() -> None:
    """Ours in uv.lock, and each tool's in its own list."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    brought = [one for one in locked if "registry" in one["source"]]
    assert len(brought) > 20
    files = [file for one in brought for file in [*one.get("wheels", ()), *([one["sdist"]] if "sdist" in one else [])]]
    assert all(file["hash"].startswith("sha256:") for file in files)
    for path in (ROOT / "sandbox" / "stack" / "requirements").glob("*.txt"):
        text = path.read_text()
        assert text.count("--hash=sha256:") >= len(re.findall(r"^[\w.\[\],-]+==", text, re.MULTILINE)) > 0


def test_every_page_tells_browsers_to_stay_with_tls() -> None:
    assert page(200, "<p>Hello</p>")["headers"]["Strict-Transport-Security"] == "max-age=31536000"
