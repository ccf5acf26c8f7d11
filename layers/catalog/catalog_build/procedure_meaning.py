"""Checks one procedure of a recipe: its form, its steps with their conditions, its reply and its link."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from catalog_build.call_meaning import check_inputs, check_options, find_operation
from catalog_build.form_meaning import check_form
from catalog_build.link_meaning import Apps, Raw, check_link
from catalog_build.names import check_template, mentioned
from catalog_build.problem import Path, Report

COMPARISONS: Final = ("is", "is_not", "one_of", "at_least", "at_most", "empty")
_WRITTEN: Final = frozenset({"message.text", "message.link"})
_BEGINNINGS: Final[Mapping[str, AbstractSet[str]]] = {
    "text": _WRITTEN,
    "multiline": _WRITTEN,
    "person": frozenset({"message.author"}),
}
"""What a field of each kind may begin with: the author is a person's id, which nobody wants to read in a text."""


class ProcedureCheck:
    """Checks one procedure of a recipe."""

    def __init__(self, recipe: Raw, procedure: Raw, path: Path, apps: Apps, report: Report) -> None:
        self._recipe = recipe
        self._procedure = procedure
        self._path = path
        self._apps = apps
        self._report = report

    def __call__(self, names: AbstractSet[str]) -> None:
        """Report everything. ``names``: what the recipe's own templates may use."""
        self._check_form(names)
        known = names | {f"input.{name}" for name in self._procedure["form"]}
        seen: set[str] = set()
        for place, step in enumerate(self._procedure["steps"]):
            path = (*self._path, "steps", place)
            if step["id"] in seen:
                self._report.add((*path, "id"), f"there are two steps {step['id']}", "give each its own id")
            seen.add(step["id"])
            known = known | self._check_step(step, path, known)
        self._check_settling_step()
        self._check_nothing_secret_is_said()
        if "reply" in self._procedure:
            check_template(self._report, (*self._path, "reply"), self._procedure["reply"], known)
        if "link" in self._procedure:
            path = (*self._path, "link")
            check_template(self._report, (*path, "url"), self._procedure["link"]["url"], known)
            check_link(self._recipe, self._procedure["link"], path, self._apps, self._report)

    def _check_form(self, names: AbstractSet[str]) -> None:
        check_form(self._recipe, self._procedure, self._path, self._report)
        used = mentioned({key: part for key, part in self._procedure.items() if key != "form"})
        for name, field in self._procedure["form"].items():
            path = (*self._path, "form", name)
            if name in self._recipe["inputs"]:
                what = f"{name} is already an input of the recipe"
                self._report.add(path, what, "give the field another name")
            elif f"input.{name}" not in used and not self._is_shown(name):
                what = f"people are asked for {name}, and nothing is done with it"
                self._report.add(path, what, f"use ${{input.{name}}} in a step or in the reply, or remove the field")
            if "options_from" in field:
                self._check_options_from(field["options_from"], (*path, "options_from"), names)
            if "initial" in field:
                self._check_initial(field, (*path, "initial"))

    def _is_shown(self, name: str) -> bool:
        """A comment on a card is shown on it beside who decided."""
        return name == "comment" and "card" in self._recipe

    def _check_options_from(self, call: Raw, path: Path, names: AbstractSet[str]) -> None:
        for name, text in call["inputs"].items():
            check_template(self._report, (*path, "inputs", name), text, names)
        operation = find_operation(call["operation"], path, self._recipe, self._apps, self._report)
        if operation is None:
            return
        if "choices" not in operation:
            what = f"{call['operation']} has no choices"
            self._report.add((*path, "operation"), what, "add choices to it in its app file, or take another operation")
        check_inputs(call, operation, path, self._report)

    def _check_initial(self, field: Raw, path: Path) -> None:
        if "message_shortcut" not in self._recipe:
            what = "only a form that a message shortcut opens can begin with something"
            self._report.add(path, what, "add message_shortcut, or remove it")
        elif field["kind"] not in _BEGINNINGS:
            self._report.add(path, f"a {field['kind']} can't begin with something", "remove it, or write kind: text")
        else:
            check_template(self._report, path, field["initial"], _BEGINNINGS[field["kind"]])

    def _check_step(self, step: Raw, path: Path, known: AbstractSet[str]) -> set[str]:
        """The names of the step's results, for what comes after it."""
        for name, text in step["inputs"].items():
            check_template(self._report, (*path, "inputs", name), text, known)
        for place, condition in enumerate(step["when"]):
            self._check_condition(condition, (*path, "when", place), known)
        operation = find_operation(step["operation"], path, self._recipe, self._apps, self._report)
        prefix = f"steps.{step['id']}."
        if operation is None:  # what it gives is not known, and so not judged
            return {name for name in mentioned(self._procedure) if name.startswith(prefix)}
        check_inputs(step, operation, path, self._report)
        check_options(step, operation, self._fields(), self._report)
        return {f"{prefix}{result}" for result in operation["results"]}

    def _check_settling_step(self) -> None:
        last = len(self._procedure["steps"]) - 1
        if "card" in self._recipe and self._procedure["steps"][last]["when"]:
            what = "the card would say that it is decided where this step was skipped"
            path = (*self._path, "steps", last, "when")
            self._report.add(path, what, "let the last step have no conditions, or make procedures of them")

    def _check_nothing_secret_is_said(self) -> None:
        secret = {f"input.{name}" for name, field in self._procedure["form"].items() if field["secret"]}
        for place in ("reply", "link"):
            for name in sorted(secret & mentioned(self._procedure.get(place, ""))):
                what = f"${{{name}}} is secret, and a {place} stays in chat"
                self._report.add((*self._path, place), what, "leave it out")

    def _fields(self) -> dict[str, tuple[Path, Raw]]:
        asked = {name: ((*self._path, "form", name), field) for name, field in self._procedure["form"].items()}
        return {name: (("inputs", name), field) for name, field in self._recipe["inputs"].items()} | asked

    def _check_condition(self, condition: Raw, path: Path, known: AbstractSet[str]) -> None:
        check_template(self._report, (*path, "value"), condition["value"], known)
        made = [comparison for comparison in COMPARISONS if comparison in condition]
        if len(made) != 1:
            what = f"a condition makes one comparison, not {len(made)}"
            self._report.add(path, what, f"write one of {', '.join(COMPARISONS)}; several conditions must all hold")
        if "${" not in condition["value"]:
            what = "the condition is always the same"
            self._report.add((*path, "value"), what, "write a value that changes, like ${input.amount}")
