"""Every catalog file that a page of the docs shows is one that the build takes, and every recipe among them runs.

A block says in its first line which file it is. The Python of a page is the sandbox's twin of the app that it adds.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from typer.testing import CliRunner

from catalog_build.compile import compile_catalog
from countersign_cli.main import app
from sandbox.apps.factory import DESCRIPTIONS
from sandbox.stack.layout import REPOSITORY
from tests.support.shipped_catalog import SOURCE

PAGES = sorted([REPOSITORY / "README.md", *(REPOSITORY / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ((?:(?:apps|recipes)/[a-z0-9_]+|policies)\.yaml)$")


@dataclass(frozen=True)
class Block:
    """A block of a page; ``file`` is the catalog file that it is, if it is one."""

    page: str
    text: str
    file: str | None

    def __str__(self) -> str:
        return f"{self.page}-{self.file}"


def blocks(page: Path, language: str) -> list[Block]:
    """The blocks of this language on a page, in order."""
    found = []
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match[1] == language:
            named = FILE.fullmatch(match[2].partition("\n")[0])
            found.append(Block(page.name, match[2], named[1] if named else None))
    return found


def catalog_files(page: Path) -> list[Block]:
    return [block for block in blocks(page, "yaml") if block.file]


WITH_FILES = [page for page in PAGES if catalog_files(page)]
RECIPES = [
    pytest.param(page, block, choice, id=f"{block}-{choice}")
    for page in WITH_FILES
    for block in catalog_files(page)
    if str(block.file).startswith("recipes/")
    for choice in yaml.safe_load(block.text)["procedures"]
]


def test_there_are_pages_with_catalog_files() -> None:
    assert {"adding-an-app.md", "writing-a-recipe.md"} <= {page.name for page in WITH_FILES}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_yaml_block_says_which_file_it_is(page: Path) -> None:
    """Or nothing would try it."""
    assert [block.text for block in blocks(page, "yaml") if not block.file] == []


@pytest.mark.parametrize("page", WITH_FILES, ids=lambda page: page.name)
def test_a_pages_files_are_ones_that_the_build_takes(page: Path, tmp_path: Path) -> None:
    compiled = compile_catalog(written(page, tmp_path))
    for block in catalog_files(page):
        kind, _, name = str(block.file).removesuffix(".yaml").partition("/")
        assert name in compiled[kind] if name else compiled[kind]


@pytest.mark.parametrize(("page", "block", "choice"), RECIPES)
def test_a_pages_recipe_runs_in_the_sandbox(
    page: Path, block: Block, choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for twin in map(twin_of, blocks(page, "python")):
        monkeypatch.setitem(DESCRIPTIONS, twin.app_id, twin)  # type: ignore[arg-type] - a dict, promised as a Mapping
    recipe = yaml.safe_load(block.text)
    ran = CliRunner().invoke(app, ["try", recipe["id"], "--choose", choice, "--catalog", str(written(page, tmp_path))])
    counted = recipe["procedures"][choice].get("votes", 1) > 1 and "Counted, and not done yet" in ran.output
    assert ran.exit_code == 0 or counted, ran.output


def written(page: Path, folder: Path) -> Path:
    """The shipped catalog with the page's files."""
    for kind in ("apps", "recipes"):
        shutil.copytree(SOURCE / kind, folder / kind)
    for block in catalog_files(page):
        (folder / str(block.file)).write_text(block.text, encoding="utf-8")
    return folder


def twin_of(block: Block):  # noqa: ANN201 - an AppDescription, made by the page's own code
    module = ModuleType("page")
    exec(compile(block.text, block.page, "exec"), module.__dict__)  # noqa: S102 - the page's own code is what is tried
    return module.DESCRIPTION
