"""The requests that app files make, against the vendors' own API descriptions.

The sandbox's twins were written by us, as the app files were: both could share one misreading. What a vendor publishes
for programs can't. Each call is written down in ``vendor_api/<app>.yaml`` and compared with every request of the app
file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from countersign.domain.app_operation import Operation
from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.http import HttpRequest
from countersign.domain.identify import SignedIn, identity_request, identity_values
from countersign.domain.oauth import look_up_request, revocation_request
from countersign.domain.operation import Call, build_request, check_request, correlation_id, read_back_request
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens
from tests.support.sample_call import sample_inputs
from tests.support.shipped_catalog import shipped

DESCRIBED = {
    path.stem: yaml.safe_load(path.read_text()) for path in (Path(__file__).parent / "vendor_api").glob("*.yaml")
}
OPERATIONS = [
    pytest.param(app, name, id=f"{app}.{name}") for app in sorted(DESCRIBED) for name in shipped().apps[app].operations
]
ELSEWHERE = {"asana", "google"}
"""Apps whose revocation is not in what their vendors publish of their APIs."""
REVOCABLE = [app for app in sorted(DESCRIBED) if shipped().apps[app].server.revocation and app not in ELSEWHERE]
ANOTHERS = {"docusign", "google", "jira"}
"""Apps whose identity call is one of OpenID Connect's or of another API, which these descriptions are not about."""
ASKED = [app for app in sorted(DESCRIBED) if shipped().apps[app].identity.request and app not in ANOTHERS]
ME = Account("7", "josie", "Josie", "josie@acme.com")


@dataclass(frozen=True)
class Described:
    """What the vendor says of one call."""

    app: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Mapping[str, Any]
    """`json` and `form`: the schema of that body."""


def described(app: str, request: HttpRequest) -> Described:
    """The vendor's words about a request; fails where the vendor has no such call."""
    server = DESCRIBED[app]["server"]
    assert request.url.startswith(server), f"{request.url} is not below {server}"
    path = urlsplit(request.url).path.removeprefix(urlsplit(server).path)
    for name, said in DESCRIBED[app]["calls"].items():
        method, _, template = name.partition(" ")
        if method == request.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            bodies = {kind: said[kind] for kind in ("json", "form") if kind in said}
            return Described(app, template, said.get("query", {}), said.get("headers", {}), bodies)
    raise AssertionError(f"{app} describes no {request.method} {path}")


def complaints(said: Described, request: HttpRequest) -> Iterator[str]:
    """What the vendor would find wrong with a request."""
    for name, value in request.query.items():
        if name not in said.query:
            yield f"{said.path} takes no query parameter {name}"
        else:
            yield from _wrong(said.query[name], value)
    for name, schema in said.headers.items():
        yield from _wrong(schema, request.headers.get(name))
    sent = {"json": request.json, "form": request.form}
    for kind, body in sent.items():
        if (body is not None) != (kind in said.body):
            yield f"{said.path}: a {kind} body is {'not' if kind not in said.body else ''} described"
        elif body is not None:
            yield from _wrong(said.body[kind], body)


def _wrong(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    checker = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    yield from (f"{error.json_path}: {error.message}" for error in checker.iter_errors(value))


def settings_of(app: str) -> Mapping[str, str]:
    """A deployment's."""
    found: Mapping[str, str] = DESCRIBED[app].get("settings", dict.fromkeys(shipped().apps[app].settings, "1"))
    return found


def call_of(app: App, operation: Operation, *, optional: bool) -> Call:
    """A call as Josie, with or without the values that may be left out."""
    inputs = sample_inputs(operation, optional=optional)
    key = correlation_id("T0ACME/U0JOSIE", "run#1", "step")
    settings = settings_of(app.id)
    results = dict.fromkeys(operation.results, "11446498")
    return Call(app, operation, settings, DESCRIBED[app.id].get("api_base"), ME, inputs, key, results)


@pytest.mark.parametrize("optional", [True, False], ids=["everything", "the least"])
@pytest.mark.parametrize(("app", "name"), OPERATIONS)
def test_a_request_is_one_that_the_vendor_describes(app: str, name: str, *, optional: bool) -> None:
    call = call_of(shipped().apps[app], shipped().apps[app].operations[name], optional=optional)
    for request in filter(None, (build_request(call), check_request(call), read_back_request(call))):
        assert list(complaints(described(app, request), request)) == []


@pytest.mark.parametrize("app", REVOCABLE)
def test_a_revocation_is_one_that_the_vendor_describes(app: str) -> None:
    found = shipped().apps[app]
    revocation = found.server.revocation
    assert revocation is not None
    tokens = Tokens(Secret("at"), Secret("rt"), DESCRIBED[app].get("api_base"))
    settings = DESCRIBED[app].get("settings", {})
    request = revocation_request(found, revocation, settings, tokens, client_id="c", secret=Secret("s"), token_id="7")
    asked = look_up_request(found, revocation.look_up, settings, tokens) if revocation.look_up else None
    for one in filter(None, (asked, request)):
        assert list(complaints(described(app, one), one)) == []


@pytest.mark.parametrize("app", ASKED)
def test_the_question_who_signed_in_is_one_that_the_vendor_describes(app: str) -> None:
    """Who is bound to whom hangs on this call more than on any other."""
    signed_in = SignedIn(DESCRIBED[app].get("api_base"), {"sub": ME.id})
    request = identity_request(shipped().apps[app], identity_values(shipped().apps[app], settings_of(app), signed_in))
    assert request is not None
    assert list(complaints(described(app, request), request)) == []


def test_what_a_vendor_does_not_describe_is_noticed() -> None:
    """The comparison itself can fail."""
    call = call_of(shipped().apps["box"], shipped().apps["box"].operations["approve_review"], optional=True)
    good = build_request(call)
    wrong = HttpRequest(good.method, good.url, query={"x": "1"}, json={"resolution_state": "aproved", "note": 1})
    assert sorted(complaints(described("box", good), wrong)) == [
        "$.resolution_state: 'aproved' is not one of ['completed', 'incomplete', 'approved', 'rejected']",
        "$: Additional properties are not allowed ('note' was unexpected)",
        "/2.0/task_assignments/{task_assignment_id} takes no query parameter x",
    ]
    with pytest.raises(AssertionError, match="box describes no PATCH"):
        described("box", HttpRequest("PATCH", good.url))
