"""Checks a request of an app file: known names only, and every value where it can be escaped."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from catalog_build.names import authority, check_template, strings
from catalog_build.problem import Path, Report

type Raw = Mapping[str, Any]

_WHOLE: Final = re.compile(r"\$\{[^{}]*\}")
_IN_HOST: Final = "settings."


def check_request(request: Raw, path: Path, names: AbstractSet[str], inputs: Mapping[str, Raw], report: Report) -> None:
    """Report what is wrong. ``inputs``: the operation's, which ``names`` holds as ``input.<name>``."""
    if "json" in request and "form" in request:
        report.add((*path, "form"), "a request has one body", "keep json or form")
    for place, text in strings({key: value for key, value in request.items() if key != "method"}, path):
        for name in check_template(report, place, text, names):
            _check_landing(name, text, place, path, inputs, report)


def _check_landing(name: str, text: str, place: Path, path: Path, inputs: Mapping[str, Raw], report: Report) -> None:
    part = place[len(path)]
    if part == "url":
        check_in_url(name, text, place, inputs, report)
    declared = inputs.get(name.removeprefix("input.")) if name.startswith("input.") else None
    foreign = declared is not None and declared["type"] == "string" and "pattern" not in declared
    is_json = part == "json" or len(place) > len(path) + 2  # a form field that is a JSON value is escaped as one
    if foreign and part in {"query", "form"} and not is_json and not _WHOLE.fullmatch(text):
        report.add(
            place,
            f"${{{name}}} stands inside a longer {part} value, whose language nothing can escape for",
            f"give the input {name.removeprefix('input.')} a pattern, or let it be the whole value",
        )


def check_in_url(name: str, text: str, place: Path, inputs: Mapping[str, Raw], report: Report) -> None:
    """Report a name that would choose the host of an address, or leave a hole in it."""
    reference = f"${{{name}}}"
    if name == "api_base":
        if not text.startswith(reference):
            report.add(place, "${api_base} is a whole address", "write it at the very beginning, or write the host out")
        elif text.removeprefix(reference)[:1] not in {"", "/"}:
            report.add(place, "what follows ${api_base} would change the host", "write a / after it")
        return
    if reference in (authority(text) or "") and not name.startswith(_IN_HOST):
        report.add(place, f"{reference} would choose the host", "write the host out, or use ${settings.x}")
    if name.startswith("input.") and not inputs[name.removeprefix("input.")]["required"]:
        report.add(place, f"{reference} is optional, and an address can't do without it", "make the input required")
