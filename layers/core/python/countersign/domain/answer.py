"""Reads an app's answers: did it happen, did it refuse, may we believe it, whom did it record. Pure.

A status alone is never believed where the app file asks for more: an HTML page with status 200, sent by something
between us and the app, is not a success.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

from countersign.domain.app_text import clean
from countersign.domain.catalog import App
from countersign.domain.http import HttpAnswer
from countersign.domain.operation import Call, values
from countersign.domain.query import ask_text, holds, verdict
from countersign.domain.template import Values

_LONGEST_RETRY_AFTER: Final = 900


@dataclass(frozen=True, slots=True)
class Succeeded:
    """It happened. ``results`` are the operation's results that the answer held.

    ``final``: whether the record is settled by it; False while the app waits for others, None where that isn't said.
    """

    results: Mapping[str, str] = field(default_factory=dict)
    final: bool | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The app said no, so nothing happened.

    Attributes:
        message: the app's own sentence, bounded and without control characters; foreign text all the same.
        already: the record had been settled before; look up by whom.
        may_not: the app said "you may not" (another account may), rather than "not like this".
        changed: the record moved since the person saw it; they have to look again.
    """

    message: str
    already: bool = False
    may_not: bool = False
    changed: bool = False


@dataclass(frozen=True, slots=True)
class TokenRejected:
    """The app does not take the token: refresh it, and if it is refused again, sign in again. Nothing happened."""


@dataclass(frozen=True, slots=True)
class NotUsable:
    """No answer to believe: it may or may not have happened, unless ``not_done``.

    Attributes:
        reason: for the log; holds nothing of the body.
        not_done: the app turned the request away before looking at it (RFC 6585 §4).
        retry_after: seconds that the app asked us to wait, at most 15 minutes.
    """

    reason: str
    not_done: bool = False
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the record says now.

    ``permitted`` is None where the app checks by itself who may; ``results`` are the operation's, as far as the record
    shows them. ``absent``: it proves that this very act has not happened. ``final``: as in Succeeded, once it is done.
    """

    done: bool
    decided: bool
    actor: str | None
    description: str | None
    permitted: bool | None = None
    results: Mapping[str, str] = field(default_factory=dict)
    absent: bool = False
    final: bool | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Whom the app recorded, and whether the record is settled (as in Succeeded)."""

    account_id: str
    name: str | None
    final: bool | None = None


def read_answer(call: Call, answer: HttpAnswer) -> Succeeded | Refused | TokenRejected | NotUsable:
    """The answer to ``build_request``."""
    operation = call.operation
    if problem := trouble(call.app, answer):
        return problem
    as_success = answer.status in operation.success_status
    if as_success and (operation.success is None or holds(operation.success, answer.body)):
        results = _results(call, operation.results, answer.body, _beside_the_body(answer))
        return Succeeded(results, verdict(operation.final, answer.body))
    if holds(operation.try_later, answer.body):
        return NotUsable(f"status {answer.status}: try later", not_done=True)
    if as_success:
        return _unsuccessful(call, answer)
    if _is_refusal(answer.status):
        return _refused(call, answer)
    return NotUsable(f"status {answer.status}")


def _unsuccessful(call: Call, answer: HttpAnswer) -> Refused | NotUsable:
    """A status of success and no word of it: a certain "no" only where the app file can tell one from trouble."""
    if holds(call.operation.refusal, answer.body):
        return _refused(call, answer)
    return NotUsable(f"status {answer.status}, but no word of success")


def read_check(call: Call, answer: HttpAnswer) -> CheckResult | Refused | TokenRejected | NotUsable:
    """The answer to ``check_request``. Refused: this person may not even read the record."""
    check = call.operation.check
    if check is None:
        raise ValueError("this operation has no check")
    if answer.status in check.absent_status:
        permitted = None if check.permitted is None else False
        return CheckResult(done=False, decided=False, actor=None, description=None, permitted=permitted, absent=True)
    if problem := _no_reading(call, answer):
        return problem
    known = values(call)
    if check.success is not None and not holds(check.success, answer.body, known):
        return NotUsable(
            "the check's answer has another shape"
        )  # which proves nothing, least of all that nothing happened
    done, decided = holds(check.done, answer.body, known), holds(check.decided, answer.body, known)
    return CheckResult(
        done=done,
        decided=decided,
        actor=_said(call, ask_text(check.actor, answer.body, known)),
        description=_said(call, ask_text(check.description, answer.body, known)),
        permitted=None if check.permitted is None else holds(check.permitted, answer.body, known),
        results=_results(call, check.results, answer.body, known),
        absent=not done and (not decided if check.absent is None else holds(check.absent, answer.body, known)),
        final=verdict(check.final, answer.body, known),
    )


def read_record(call: Call, answer: HttpAnswer) -> Recorded | Refused | TokenRejected | NotUsable:
    """The answer to ``read_back_request``: whom the app recorded."""
    read_back = call.operation.read_back
    if read_back is None:
        raise ValueError("this operation has no read-back")
    if problem := _no_reading(call, answer):
        return problem
    known = values(call)
    account_id = ask_text(read_back.account_id, answer.body, known)
    if account_id is None:
        return NotUsable("the app's record names nobody")
    name = _said(call, ask_text(read_back.name, answer.body, known))
    return Recorded(account_id, name, verdict(read_back.final, answer.body, known))


def trouble(app: App, answer: HttpAnswer) -> TokenRejected | NotUsable | None:
    """What no app file needs to say: a bad token, or too many requests."""
    unauthorized = answer.status == HTTPStatus.UNAUTHORIZED
    if app.token_rejected is None:
        rejected = unauthorized
    else:  # an app that takes a key in the body may answer 200 and say there, too, that it is wrong
        rejected = (unauthorized or app.credential is not None) and holds(app.token_rejected, answer.body)
    if rejected:
        return TokenRejected()
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return NotUsable("status 429", not_done=True, retry_after=_retry_after(answer.headers))
    return None


def _no_reading(call: Call, answer: HttpAnswer) -> Refused | TokenRejected | NotUsable | None:
    """Why an answer to a reading request can't be read, or None when it can."""
    if problem := trouble(call.app, answer):
        return problem
    if _is_refusal(answer.status):
        return _refused(call, answer)
    return no_json(answer)


def no_json(answer: HttpAnswer) -> NotUsable | None:
    """A server in trouble, a redirect, or a page where JSON belongs; None for JSON and for refusals."""
    if _is_refusal(answer.status) or (is_success(answer.status) and answer.body is not None):
        return None
    return NotUsable(f"status {answer.status}" + ("" if answer.body is not None else " without JSON"))


def _refused(call: Call, answer: HttpAnswer) -> Refused:
    operation = call.operation
    message = _said(call, ask_text(operation.message, answer.body))
    return Refused(
        message=message or f"{call.app.name} answered with status {answer.status}.",
        already=holds(operation.already, answer.body),
        may_not=answer.status in operation.refused_status or holds(operation.may_not, answer.body),
        changed=holds(operation.changed, answer.body),
    )


def _is_refusal(status: int) -> bool:
    """A client error that says the app looked at the request and did not do it (RFC 9110 §15.5)."""
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.REQUEST_TIMEOUT


def is_success(status: int) -> bool:
    """Any 2xx (RFC 9110 §15.3)."""
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _retry_after(headers: Mapping[str, str]) -> int | None:
    """RFC 9110 §10.2.3, seconds only; a date is as good as nothing said."""
    found = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return min(int(found), _LONGEST_RETRY_AFTER) if found.isascii() and found.isdigit() else None


def _beside_the_body(answer: HttpAnswer) -> Values:
    """Where what was made is, and the end of that address: its id, as REST APIs have it (RFC 9110 §10.2.2)."""
    location = next((value for name, value in answer.headers.items() if name.lower() == "location"), "")
    try:
        path = urlsplit(location).path.rstrip("/")
    except ValueError:  # no address: a result that is absent, not an act in doubt
        path = location = ""
    return {"answer.location": location or None, "answer.location_id": unquote(path.rpartition("/")[2]) or None}


def _results(call: Call, queries: Mapping[str, str], body: object, known: Values) -> dict[str, str]:
    found = {name: ask_text(query, body, known) for name, query in queries.items()}
    return {name: call.hidden(text) for name, text in found.items() if text is not None}


def _said(call: Call, text: str | None) -> str | None:
    """Hidden before it is cut: half a secret is one, too."""
    return clean(call.hidden(text)) if text else None
