"""Checks how a recipe calls an operation: that it exists, may be used so, and is given what it takes."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from catalog_build.link_meaning import Apps, Raw
from catalog_build.problem import Path, Report, choices
from countersign.domain.catalog_data import read_input
from countersign.domain.errors import Malformed
from countersign.domain.operation import input_value

_ANSWER: Final = re.compile(r"\$\{input\.([a-z][a-z0-9_]*)\}")


def find_operation(name: str, path: Path, recipe: Raw, apps: Apps, report: Report) -> Raw | None:
    """The operation ``app.operation``, or None: then it is reported that there is none, or that it may not be used."""
    app_id, _, short = name.partition(".")
    app = apps.get(app_id)
    if app is None:
        report.add((*path, "operation"), f"there is no app {app_id}", choices(set(apps)))
        return None
    if app["acts_as"] == "app" and recipe["verify_user_access"]:
        what = f"{app['name']}'s tokens carry the app's rights, not the person's"
        report.add((*path, "operation"), what, "write verify_user_access: false in the recipe")
    operation: Raw | None = app["operations"].get(short)
    if operation is None:
        what = f"{app_id} has no operation {short}"
        report.add((*path, "operation"), what, choices({f"{app_id}.{one}" for one in app["operations"]}))
    return operation


def check_inputs(call: Raw, operation: Raw, path: Path, report: Report) -> None:
    """Report inputs that the operation does not take, and those that it needs. ``call``: a step, or an options_from."""
    for name in call["inputs"]:
        if name not in operation["inputs"]:
            what = f"{call['operation']} takes no input {name}"
            report.add((*path, "inputs", name), what, choices(set(operation["inputs"])))
    for name, declared in operation["inputs"].items():
        if declared["required"] and name not in call["inputs"]:
            what = f"{call['operation']} needs the input {name}"
            report.add((*path, "operation"), what, f"add inputs: {name}: ${{input.…}}")


def check_options(step: Raw, operation: Raw, fields: Mapping[str, tuple[Path, Raw]], report: Report) -> None:
    """Report options of a select that the operation would turn away. ``fields``: those of the form and of the hook."""
    for name, text in step["inputs"].items():
        answer = _ANSWER.fullmatch(text)
        if answer is None or answer[1] not in fields or name not in operation["inputs"]:
            continue
        path, field = fields[answer[1]]
        declared = operation["inputs"][name]
        for place, option in _unfit(field, declared, name):
            what = f"{step['operation']} takes no {name} like {option}"
            example = declared.get("example")
            instead = f"write values like {example}" if example else f"write values that fit {declared.get('pattern')}"
            report.add((*path, "options", place, "value"), what, instead)


def _unfit(field: Raw, declared: Raw, name: str) -> Iterator[tuple[int, str]]:
    for place, option in enumerate(field.get("options", ())):
        try:
            input_value(name, read_input(declared), option["value"])
        except Malformed:
            yield place, option["value"]
