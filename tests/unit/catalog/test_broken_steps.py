"""Mistakes in what starts a recipe, in its form and in its steps: each is one problem, with its line and remedy."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog_build.compile import compile_catalog
from catalog_build.problem import BrokenCatalog, Problem
from tests.support.two_apps_world import SOURCE

REPORT = "recipes/report_bug.yaml"
TRACKER = "apps/tracker.yaml"
SEVERITY = '{ value: "${input.severity}", is: high }'
PROJECT = "options_from: { operation: tracker.list_projects, inputs: { area: bugs } }"
KNOWN = ", ".join(f"${{input.{name}}}" for name in ("project", "reporter", "severity", "summary", "where"))
KNOWN += ", ${steps.issue.key}"
COMPARISONS = "is, is_not, one_of, at_least, at_most, empty"


@dataclass(frozen=True)
class Mistake:
    """``old`` becomes ``new`` in a good file; the problem is on the line that then holds ``at``."""

    file: str
    old: str
    new: str
    at: str
    what: str
    instead: str


MISTAKES = {
    "two comparisons in one condition": Mistake(
        REPORT,
        SEVERITY,
        '{ value: "${input.severity}", is: high, is_not: low }',
        at="is_not: low",
        what="a condition makes one comparison, not 2",
        instead=f"write one of {COMPARISONS}; several conditions must all hold",
    ),
    "no comparison in a condition": Mistake(
        REPORT,
        SEVERITY,
        '{ value: "${input.severity}" }',
        at='- { value: "${input.severity}" }',
        what="a condition makes one comparison, not 0",
        instead=f"write one of {COMPARISONS}; several conditions must all hold",
    ),
    "a condition about nothing that changes": Mistake(
        REPORT,
        SEVERITY,
        "{ value: severity, is: high }",
        at="{ value: severity",
        what="the condition is always the same",
        instead="write a value that changes, like ${input.amount}",
    ),
    "a condition about an unknown name": Mistake(
        REPORT,
        SEVERITY,
        '{ value: "${input.severty}", is: high }',
        at="severty",
        what="${input.severty} is not known here",
        instead=f"write one of {KNOWN}",
    ),
    "a condition about its own result": Mistake(
        REPORT,
        '- { value: "${steps.issue.key}", empty: false }',
        '- { value: "${steps.page.id}", empty: false }',
        at="${steps.page.id}",
        what="${steps.page.id} is not known here",
        instead=f"write one of {KNOWN}",
    ),
    "a comparison that does not exist": Mistake(
        REPORT,
        SEVERITY,
        '{ value: "${input.severity}", equals: high }',
        at="equals: high",
        what="equals has no meaning in entry 1 of when",
        instead="write one of value, is, is_not, one_of, at_least, at_most, empty",
    ),
    "a number that is a text": Mistake(
        REPORT,
        SEVERITY,
        '{ value: "${input.severity}", at_least: much }',
        at="at_least: much",
        what="at_least must be a number",
        instead="write what the schema says: It is a number, and at least this",
    ),
    "choices and options": Mistake(
        REPORT,
        PROJECT,
        f"{PROJECT}\n        options: [{{ value: OPS, label: Ops }}]",
        at="options_from:",
        what="a select has options or reads them",
        instead="keep one of options and options_from",
    ),
    "choices of a text": Mistake(
        REPORT,
        "        kind: select\n        label: Project",
        "        kind: text\n        label: Project",
        at="options_from:",
        what="a text takes no options_from",
        instead="write kind: select",
    ),
    "choices of an unknown operation": Mistake(
        REPORT,
        "tracker.list_projects",
        "tracker.list_projcts",
        at="tracker.list_projcts",
        what="tracker has no operation list_projcts",
        instead="write one of tracker.create_issue, tracker.list_projects",
    ),
    "choices of an unknown app": Mistake(
        REPORT,
        "tracker.list_projects",
        "jira.list_projects",
        at="jira.list_projects",
        what="there is no app jira",
        instead="write one of tracker, wiki",
    ),
    "choices of an operation that has none": Mistake(
        REPORT,
        "operation: tracker.list_projects, inputs: { area: bugs }",
        'operation: wiki.add_page, inputs: { title: x, issue: "OPS-1" }',
        at="options_from:",
        what="wiki.add_page has no choices",
        instead="add choices to it in its app file, or take another operation",
    ),
    "choices by an answer of the same form": Mistake(
        REPORT,
        "area: bugs",
        'area: "${input.severity}"',
        at="options_from:",
        what="${input.severity} is not known here",
        instead="leave it out: there are none here",
    ),
    "choices with an input that is not taken": Mistake(
        REPORT,
        "area: bugs",
        "aera: bugs",
        at="options_from:",
        what="tracker.list_projects takes no input aera",
        instead="write one of area",
    ),
    "an option that the operation turns away": Mistake(
        REPORT,
        PROJECT,
        "options: [{ value: OPS, label: Ops }, { value: pay, label: Pay }]",
        at="value: pay",
        what="tracker.create_issue takes no project like pay",
        instead="write values like OPS",
    ),
    "a beginning without a message": Mistake(
        REPORT,
        "message_shortcut: Report as a bug\n",
        "",
        at="initial: ${message.text}",
        what="only a form that a message shortcut opens can begin with something",
        instead="add message_shortcut, or remove it",
    ),
    "a beginning of a select": Mistake(
        REPORT,
        "        label: Severity\n",
        "        label: Severity\n        initial: ${message.text}\n",
        at="        initial: ${message.text}\n        options:",
        what="a select can't begin with something",
        instead="remove it, or write kind: text",
    ),
    "an author in a text": Mistake(
        REPORT,
        "Seen at ${message.link}",
        "Seen by ${message.author}",
        at="Seen by",
        what="${message.author} is not known here",
        instead="write one of ${message.link}, ${message.text}",
    ),
    "a message in a step": Mistake(
        REPORT,
        'title: "${input.summary}"',
        'title: "${message.text}"',
        at='title: "${message.text}"',
        what="${message.text} is not known here",
        instead=f"write one of {KNOWN}",
    ),
    "a long message shortcut": Mistake(
        REPORT,
        "message_shortcut: Report as a bug",
        "message_shortcut: Report this message as a bug",
        at="message_shortcut:",
        what="message_shortcut is too long (28)",
        instead="write at most 24 characters",
    ),
    "an unknown operation, whose results nobody is blamed for": Mistake(
        REPORT,
        "operation: tracker.create_issue",
        "operation: tracker.create_isue",
        at="tracker.create_isue",
        what="tracker has no operation create_isue",
        instead="write one of tracker.create_issue, tracker.list_projects",
    ),
    "choices of what does more than read": Mistake(
        TRACKER,
        "    results: { key: key }\n",
        "    results: { key: key }\n    choices: { list: values, value: key, label: name }\n",
        at="    choices: { list: values, value: key, label: name }\n    scopes: [write",
        what="choices are read while a form is open, and this operation does more",
        instead="write kind: read",
    ),
    "choices without a label": Mistake(
        TRACKER,
        "choices: { list: values, value: key, label: name }",
        "choices: { list: values, value: key }",
        at="choices: {",
        what="choices has no label",
        instead="add label: Over one element: what people see",
    ),
    "a query of choices that is none": Mistake(
        TRACKER,
        "choices: { list: values, value: key, label: name }",
        "choices: { list: values ==, value: key, label: name }",
        at="choices: {",
        what="this is not JMESPath: Invalid jmespath expression: Incomplete expression",
        instead="see jmespath.org; put text in '…' and numbers in `…`",
    ),
    "a changed that is no query": Mistake(
        TRACKER,
        "changed: moved",
        "changed: moved ==",
        at="changed: moved ==",
        what="this is not JMESPath: Invalid jmespath expression: Incomplete expression",
        instead="see jmespath.org; put text in '…' and numbers in `…`",
    ),
    "a result of a header that nobody reads": Mistake(
        "apps/wiki.yaml",
        "${answer.location_id}",
        "${answer.etag}",
        at="${answer.etag}",
        what="${answer.etag} is not known here",
        instead="write one of ${answer.location_id}, ${answer.location}",
    ),
    "a scope with a space": Mistake(
        TRACKER,
        "scopes: [write:issues]",
        'scopes: ["write issues"]',
        at="write issues",
        what='"write issues" is not of the right form for entry 1 of scopes',
        instead="write for example write:approvals",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_problem_with_its_line_and_remedy(name: str, tmp_path: Path) -> None:
    mistake = MISTAKES[name]
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    path = tmp_path / mistake.file
    text = path.read_text(encoding="utf-8")
    assert text.count(mistake.old) >= 1
    text = text.replace(mistake.old, mistake.new, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(tmp_path)

    line = text[: text.index(mistake.at)].count("\n") + 1
    assert caught.value.problems[0] == Problem(mistake.file, line, mistake.what, mistake.instead)
    assert {problem.what for problem in caught.value.problems} <= {
        mistake.what,
        "only a form that a message shortcut opens can begin with something",
    }


def copied(folder: Path, *names: str) -> None:
    """The good catalog, with copies of a recipe under other names and commands."""
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    text = (folder / REPORT).read_text(encoding="utf-8")
    for name in names:
        other = text.replace("id: report_bug", f"id: {name}").replace("command: report bug", f"command: file {name}")
        (folder / "recipes" / f"{name}.yaml").write_text(other, encoding="utf-8")


def test_two_shortcuts_of_one_name_can_not_be_told_apart(tmp_path: Path) -> None:
    copied(tmp_path, "second")
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(tmp_path)
    instead = "give it another name: people see nothing else of it"
    assert [(one.file, one.what, one.instead) for one in caught.value.problems] == [
        ("recipes/second.yaml", "recipes/report_bug.yaml has the shortcut 'Report a bug' too", instead),
        ("recipes/second.yaml", "recipes/report_bug.yaml has the message_shortcut 'Report as a bug' too", instead),
    ]


def test_slack_has_room_for_ten_shortcuts(tmp_path: Path) -> None:
    names = ("a", "b", "c", "d", "e")
    copied(tmp_path, *names)
    for name in names:
        path = tmp_path / "recipes" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8").replace("Report a bug\n", f"Report {name}\n", 2)
        path.write_text(text.replace("Report as a bug", f"Report as {name}"), encoding="utf-8")
    with pytest.raises(BrokenCatalog) as caught:
        compile_catalog(tmp_path)
    assert [(one.file, one.what) for one in caught.value.problems] == [
        ("recipes/report_bug.yaml", "Slack takes 10 shortcuts of an app, and this is one more")
    ]
