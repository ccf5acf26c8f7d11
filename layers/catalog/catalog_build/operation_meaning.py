"""Checks an operation of an app file: that it can be called, read, and keep the promise of its idempotency class."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from catalog_build.names import check_query, strings
from catalog_build.problem import Path, Report
from catalog_build.request_meaning import check_request

type Raw = Mapping[str, Any]

_NO_CONTENT: Final = 204
_NEEDED: Final = {"check": "tell whether it is settled", "read_back": "prove whom the app recorded"}
ANSWER_NAMES: Final = frozenset({"answer.location", "answer.location_id"})
"""What an answer says outside its body: the address of what was made (RFC 9110 §10.2.2), and that address's end."""
_ANSWER_QUERIES: Final = ("success", "refusal", "try_later", "may_not", "message", "already", "changed", "final")
_CHECK_QUERIES: Final = ("success", "done", "decided", "absent", "final", "actor", "description", "permitted")


def check_operation(operation: Raw, path: Path, base_names: AbstractSet[str], report: Report) -> None:
    """Report what is wrong with one operation."""
    inputs = operation["inputs"]
    names = base_names | {f"input.{name}" for name in inputs} | {"action.id", "account.id", "account.login"}
    check_request(operation["request"], (*path, "request"), names, inputs, report)
    for key in _ANSWER_QUERIES:
        if key in operation:
            check_query(report, (*path, key), operation[key])
    for name, query in operation["results"].items():
        check_query(report, (*path, "results", name), query, ANSWER_NAMES)
    for key, query in operation.get("choices", {}).items():
        check_query(report, (*path, "choices", key), query)
    if "check" in operation:
        _check_check(operation, (*path, "check"), names, report)
    if "read_back" in operation:
        _check_read_back(operation, (*path, "read_back"), names, report)
    for place, what, instead in _broken_promises(operation):
        report.add((*path, *place), what, instead)
    used = {text for _, text in strings(operation, ())}
    for name in inputs:
        if not any(f"${{input.{name}}}" in text for text in used):
            report.add(
                (*path, "inputs", name), f"the input {name} is never used", "use it in the request, or remove it"
            )


def _check_check(operation: Raw, path: Path, names: AbstractSet[str], report: Report) -> None:
    check = operation["check"]
    check_request(check["request"], (*path, "request"), names, operation["inputs"], report)
    for key in _CHECK_QUERIES:
        if key in check:
            check_query(report, (*path, key), check[key], names)
    for name, query in check.get("results", {}).items():
        check_query(report, (*path, "results", name), query, names)
        if name not in operation["results"]:
            report.add(
                (*path, "results", name), f"{name} is no result of the operation", "add it to its results as well"
            )


def _check_read_back(operation: Raw, path: Path, names: AbstractSet[str], report: Report) -> None:
    read_back, results = operation["read_back"], {f"results.{name}" for name in operation["results"]}
    check_request(read_back["request"], (*path, "request"), names | results, operation["inputs"], report)
    for key in ("account_id", "name", "final"):
        if key in read_back:
            check_query(report, (*path, key), read_back[key], names | results)


def _broken_promises(operation: Raw) -> Iterator[tuple[Path, str, str]]:
    """What the operation's kind, class and statuses promise, and the file does not keep."""
    kind, idempotency = operation["kind"], operation["idempotency"]
    if "success" not in operation and set(operation.get("success_status", ())) != {_NO_CONTENT}:
        yield (), "a status alone is no proof of success", "add success: a query that is true of the real answer"
    if kind != "read":
        yield from _only_read(operation)
    if kind == "decide":
        for part, why in _NEEDED.items():
            if part not in operation:
                yield (), f"an operation that decides has no {part}, so nobody could {why}", f"add {part}"
        if idempotency in {"none", "external_id"}:
            yield ("idempotency",), "an operation that decides must not be sent twice", "write check_before_act"
    yield from _unproved(operation)
    if not operation["app_checks_authority"] and "permitted" not in operation.get("check", {}):
        yield (
            ("app_checks_authority",),
            "the app does not check who may, and neither does the check",
            "add check.permitted: a query that is true when the record names ${account.id}",
        )


def _unproved(operation: Raw) -> Iterator[tuple[Path, str, str]]:
    """Where a lost answer would be sent again on less than a proof."""
    idempotency = operation["idempotency"]
    if _believes_silence(operation):
        yield (
            (),
            "what the check does not find would count as not done, and be sent again",
            "add absent: a query that is true only of an answer that proves that it did not happen",
        )
    if idempotency == "check_before_act" and "check" not in operation:
        yield ("idempotency",), "check_before_act has no check", "add check, or write none"
    if idempotency in {"external_id", "native_key"} and not _sends_its_id(operation["request"]):
        yield ("idempotency",), f"{idempotency} without ${{action.id}}", "send ${action.id} in the request"


def _only_read(operation: Raw) -> Iterator[tuple[Path, str, str]]:
    """What stands only in operations that change nothing."""
    if operation["request"]["method"] == "GET":
        what = f"a GET changes nothing, and this operation is to {operation['kind']}"  # RFC 9110 §9.2.1
        yield ("request", "method"), what, "write the method that the vendor names, or kind: read"
    if "choices" in operation:
        yield ("choices",), "choices are read while a form is open, and this operation does more", "write kind: read"


def _believes_silence(operation: Raw) -> bool:
    """Without ``absent``, not to be found is the proof: enough only for what is looked for by our own id."""
    check = operation.get("check")
    if check is None or operation["kind"] == "read" or "absent" in check:
        return False
    ours = _sends_its_id({"request": check["request"], "done": check["done"]})
    return operation["kind"] == "decide" or not (ours or check["absent_status"])


def _sends_its_id(request: Raw) -> bool:
    return any("${action.id}" in text for _, text in strings(request, ()))
