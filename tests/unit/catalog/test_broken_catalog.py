"""Every mistake in a catalog is refused at build, with its file, its line, and what to write instead."""

from pathlib import Path

import pytest

from catalog_build.compile import compile_catalog
from catalog_build.problem import BrokenCatalog, Problem
from tests.support.shipped_catalog import SOURCE
from tests.unit.catalog.broken_apps import BROKEN_APPS
from tests.unit.catalog.broken_cards import BROKEN_CARDS
from tests.unit.catalog.broken_files import Broken, good_files
from tests.unit.catalog.broken_forms import BROKEN_FORMS
from tests.unit.catalog.broken_operations import BROKEN_OPERATIONS
from tests.unit.catalog.broken_recipes import BROKEN_RECIPES, DEAL
from tests.unit.catalog.broken_sign_ins import BROKEN_SIGN_INS

ALL = [*BROKEN_APPS, *BROKEN_OPERATIONS, *BROKEN_RECIPES, *BROKEN_FORMS, *BROKEN_CARDS, *BROKEN_SIGN_INS]


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(folder)
    return caught.value.problems


@pytest.mark.parametrize("broken", ALL, ids=[f"{one.file}: {one.name}" for one in ALL])
def test_a_mistake_is_named_with_its_line_and_remedy(broken: Broken, tmp_path: Path) -> None:
    expected = broken.write(tmp_path)
    found = [problem for problem in problems(tmp_path) if problem.file == broken.file]
    assert expected in found, "\n".join(map(str, found))
    assert len(found) == 1 + broken.also, "\n".join(map(str, found))


def test_all_mistakes_of_a_run_are_listed_by_file_and_line(tmp_path: Path) -> None:
    first = next(one for one in BROKEN_APPS if one.name == "a key twice").write(tmp_path / "a")
    second = next(one for one in BROKEN_RECIPES if one.file == DEAL and "id that" in one.name).write(tmp_path / "b")
    (tmp_path / "b" / first.file).write_bytes((tmp_path / "a" / first.file).read_bytes())
    assert problems(tmp_path / "b") == [first, second]


def test_a_broken_app_is_not_blamed_on_its_recipes(tmp_path: Path) -> None:
    broken = next(one for one in BROKEN_APPS if one.name == "an app that takes it from anyone")
    assert problems_of(broken, tmp_path) == {broken.file}


def problems_of(broken: Broken, folder: Path) -> set[str]:
    broken.write(folder)
    return {problem.file for problem in problems(folder)}


def test_two_recipes_may_not_be_started_by_the_same_words(tmp_path: Path) -> None:
    for kind in ("apps", "recipes"):
        (tmp_path / kind).mkdir()
        for path in good_files(kind):
            (tmp_path / kind / path.name).write_bytes(path.read_bytes())
    text = (SOURCE / "recipes" / "create_opportunity.yaml").read_text(encoding="utf-8")
    other = text.replace("id: create_opportunity", "id: make_deal").replace(
        "command: create opportunity", "command: create"
    )
    (tmp_path / "recipes" / "make_deal.yaml").write_text(other, encoding="utf-8")
    what = "the command 'create' can't be told from 'create opportunity' of recipes/create_opportunity.yaml"
    line = other[: other.index("command: create")].count("\n") + 1
    assert problems(tmp_path) == [Problem("recipes/make_deal.yaml", line, what, "begin with other words")]


def test_an_app_without_the_persons_rights_is_for_shared_connections_only(tmp_path: Path) -> None:
    for kind in ("apps", "recipes"):
        (tmp_path / kind).mkdir()
        for path in good_files(kind):
            text = path.read_text(encoding="utf-8")
            text = text.replace("acts_as: person", "acts_as: app") if path.stem == "salesforce" else text
            (tmp_path / kind / path.name).write_text(text, encoding="utf-8")
    found = problems(tmp_path)
    assert {problem.file for problem in found} == {"recipes/approve_deal.yaml", "recipes/create_opportunity.yaml"}
    assert {(problem.what, problem.instead) for problem in found} == {
        (
            "Salesforce's tokens carry the app's rights, not the person's",
            "write verify_user_access: false in the recipe",
        )
    }


def test_the_remedy_for_it_is_one(tmp_path: Path) -> None:
    for kind in ("apps", "recipes"):
        (tmp_path / kind).mkdir()
        for path in good_files(kind):
            text = path.read_text(encoding="utf-8")
            text = text.replace("acts_as: person", "acts_as: app") if path.stem == "salesforce" else text
            text = text if kind == "apps" else f"{text}\nverify_user_access: false\n"
            (tmp_path / kind / path.name).write_text(text, encoding="utf-8")
    compiled = compile_catalog(tmp_path)
    assert {recipe["verify_user_access"] for recipe in compiled["recipes"].values()} == {False}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "apps/empty.yaml",
            "# nothing\n",
            Problem("apps/empty.yaml", 1, "the file is empty", "write a catalog file, or remove it"),
        ),
        (
            "recipes/notes.txt",
            "remember",
            Problem("recipes/notes.txt", 1, "this is no catalog file", "name it <id>.yaml, or move it elsewhere"),
        ),
        (
            "recipes/list.yaml",
            "- a\n- b\n",
            Problem(
                "recipes/list.yaml",
                1,
                "the file must be a mapping",
                "write what the schema says: What can be done: what starts it, what it asks, does and replies",
            ),
        ),
        (
            "apps/control.yaml",
            "id: \x07\n",
            Problem(
                "apps/control.yaml",
                1,
                "this is not YAML: unacceptable character #x0007: special characters are not allowed",
                "save the file as UTF-8 text without control characters",
            ),
        ),
    ],
)
def test_a_file_that_is_no_catalog_file_is_named(name: str, text: str, expected: Problem, tmp_path: Path) -> None:
    for kind in ("apps", "recipes"):
        (tmp_path / kind).mkdir()
    for path in good_files("apps"):
        (tmp_path / "apps" / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert problems(tmp_path) == [expected]


def test_a_folder_without_apps_is_no_catalog(tmp_path: Path) -> None:
    assert problems(tmp_path) == [Problem("apps", 1, "there is no app file", "add one: apps/<id>.yaml")]


LINK_OUT = """
id: look_at_report
title: Look at an expense report
description: An expense report that waits in its app.
inputs:
  report_id:
    label: The report's id
card:
  channel: "#approvals"
  title: Report ${input.report_id}
  record: ${input.report_id}
  link:
    label: Open
    url: https://${settings.servicenow.instance}.service-now.com/report?id=${input.report_id}
procedures: {}
"""


def _with(text: str, folder: Path) -> Path:
    for kind in ("apps", "recipes"):
        (folder / kind).mkdir()
        for path in good_files(kind):
            (folder / kind / path.name).write_bytes(path.read_bytes())
    (folder / "recipes" / "look_at_report.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_card_may_have_no_choices_when_it_leads_to_its_app(tmp_path: Path) -> None:
    compiled = compile_catalog(_with(LINK_OUT, tmp_path))

    assert compiled["recipes"]["look_at_report"]["procedures"] == {}


@pytest.mark.parametrize(
    ("old", "new", "at", "what", "instead"),
    [
        (
            (
                "  link:\n    label: Open\n    url: https://${settings.servicenow.instance}.service-now.com/"
                "report?id=${input.report_id}\n"
            ),
            "",
            "procedures: {}",
            "nobody could do anything with this card",
            "add a procedure, or card.link",
        ),
        (
            "procedures: {}",
            "  who: {people: [U0JOSIE]}\nprocedures: {}",
            "  who: ",
            "nothing is decided on a card without procedures",
            "remove it",
        ),
        (
            "https://${settings.servicenow.instance}.service-now.com/",
            "https://evil.example/",
            "    url: ",
            "the host evil.example is not among the hosts of {apps}",
            "link to the app itself",
        ),
    ],
)
def test_a_card_without_choices_that_leads_nowhere_is_refused(
    old: str, new: str, at: str, what: str, instead: str, tmp_path: Path
) -> None:
    text = LINK_OUT.replace(old, new)
    line = next(number for number, one in enumerate(text.split("\n"), 1) if at in one)
    apps = " or ".join(sorted(path.stem for path in good_files("apps")))

    assert problems(_with(text, tmp_path)) == [
        Problem("recipes/look_at_report.yaml", line, what.format(apps=apps), instead)
    ]
