"""Checks the fields of a form or hook, and what Slack shows of a form (docs.slack.dev/surfaces/modals)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalog_build.problem import Path, Report
from countersign.domain.hidden import SHORTEST

type Raw = Mapping[str, Any]

FORM_TEXT: Final = 24
"""Characters of a form's title and of its button that Slack takes."""
FORM_FIELDS: Final = 90
"""A form has at most 100 blocks; some are ours."""
_TEXTS: Final = frozenset({"text", "multiline"})


def check_form(recipe: Raw, procedure: Raw, path: Path, report: Report) -> None:
    """Report what Slack would refuse in the form of a procedure."""
    form = procedure["form"]
    if not form:
        return
    check_fields(form, (*path, "form"), report)
    for name, field in form.items():
        for key, what, instead in _wrong_secret(name, field):
            report.add((*path, "form", name, key), what, instead)
    title = procedure.get("form_title", recipe["title"])
    if len(title) > FORM_TEXT:
        what = f"the form's title would be {title!r}, {len(title)} characters long"
        report.add((*path, "form"), what, f"add form_title with at most {FORM_TEXT}")
    if len(procedure["label"]) > FORM_TEXT:
        what = f"the label is the form's button as well, and has {len(procedure['label'])} characters"
        report.add((*path, "label"), what, f"write at most {FORM_TEXT}")
    if len(form) > FORM_FIELDS:
        report.add((*path, "form"), f"the form has {len(form)} fields", f"ask for at most {FORM_FIELDS}")


def check_fields(fields: Mapping[str, Raw], path: Path, report: Report) -> None:
    """Report fields that contradict themselves."""
    for name, field in fields.items():
        for key, what, instead in _contradictions(field):
            report.add((*path, name, key), what, instead)


def _contradictions(field: Raw) -> Iterator[tuple[str, str, str]]:
    kind = field["kind"]
    yield from _wrong_choices(field)
    values = [option["value"] for option in field.get("options", ())]
    if len(set(values)) != len(values):
        yield "options", "two options have the same value", "give each its own value"
    for key, kinds in (
        ("minimum", {"number"}),
        ("maximum", {"number"}),
        ("min_length", _TEXTS),
        ("max_length", _TEXTS),
    ):
        if key in field and kind not in kinds:
            yield key, f"a {kind} has no {key}", f"remove it, or write kind: {min(kinds)}"
    for low, high in (("minimum", "maximum"), ("min_length", "max_length")):
        if low in field and high in field and field[low] > field[high]:
            yield low, f"{low} is above {high}", "exchange them"
    if "pattern" in field and "placeholder" in field and not re.fullmatch(field["pattern"], field["placeholder"]):
        yield "placeholder", "the placeholder does not match the pattern", "write an example of a right answer"
    if "pattern" in field and "placeholder" not in field:
        yield "pattern", "nobody is told what a right answer looks like", "add a placeholder that is one"


def _wrong_choices(field: Raw) -> Iterator[tuple[str, str, str]]:
    given = [key for key in ("options", "options_from") if key in field]
    if field["kind"] != "select":
        for key in given:
            yield key, f"a {field['kind']} takes no {key}", "write kind: select"
    elif not given:
        yield "kind", "a select has no options", "add options: a list of value and label"
    elif len(given) > 1:
        yield "options_from", "a select has options or reads them", "keep one of options and options_from"


def _wrong_secret(name: str, field: Raw) -> Iterator[tuple[str, str, str]]:
    """What can't be kept secret: because it is shown, or because it can't be told from what an app says anyway."""
    if not field["secret"]:
        return
    if name == "comment":
        yield "secret", "what is called comment is shown with the decision", "give the field another name"
    if field["kind"] not in _TEXTS:
        yield "secret", f"a {field['kind']} is no secret: its answers are known or can be tried", "write kind: text"
    elif field.get("min_length", 0) < SHORTEST:
        what = "so short an answer can't be told from the rest of what an app says, and kept out of it"
        yield "secret", what, f"add min_length: {SHORTEST} or more"
    if "initial" in field:
        yield "initial", "what stands in a message is no secret", "remove it, or secret"
