"""Answers as vendors' pages and public reports show them, read by the shipped app files.

The twins word most of them too; here they stand as they were found, so that a twin can't make an app file right.
"""

from typing import Any

import pytest

from countersign.domain.answer import CheckResult, NotUsable, Refused, Succeeded, TokenRejected, read_answer, read_check
from countersign.domain.connection import Account
from countersign.domain.http import HttpAnswer
from countersign.domain.operation import Call
from tests.support.sample_call import sample_inputs
from tests.support.shipped_catalog import shipped

KEY = "ab" * 16
ME = Account("7", "josie", "Josie", "josie@acme.com")
PENDING = "No pending deployment requests to approve or reject"
NO_PAGE = "You do not have access to this page. Please contact the account owner of this help desk."
SAFE = "Safe Update prevented the update due to outdated ticket data."
SAML = "Resource protected by organization SAML enforcement."
REVOKED = "Token was revoked. You have to re-authorize from the user."
NO_SCOPE = "This app hasn't been granted all required scopes"


def call(name: str) -> Call:
    """An operation called with its own examples."""
    operation = shipped().operation(name)
    app = shipped().apps[operation.app]
    settings = dict.fromkeys(app.settings, "x")
    return Call(app, operation, settings, "https://api.example", ME, sample_inputs(operation), KEY)


@pytest.mark.parametrize(
    ("operation", "status", "body", "read"),
    [
        # docs.github.com/rest troubleshooting, and reports: `errors` is a list of texts, a text, or a list of objects.
        (
            "github.approve_pull_request",
            422,
            {"message": "Unprocessable Entity", "errors": ["Review Can not approve your own pull request"]},
            Refused("Unprocessable Entity: Review Can not approve your own pull request", may_not=True),
        ),
        (
            "github.approve_pull_request",
            422,
            {
                "message": "Unprocessable Entity",
                "errors": [{"message": "The commitOID is not part of the pull request"}],
            },
            Refused("Unprocessable Entity: The commitOID is not part of the pull request", changed=True),
        ),
        (
            "github.approve_deployment",
            422,
            {"message": "Validation Failed", "errors": PENDING},
            Refused(f"Validation Failed: {PENDING}", may_not=True, already=True),
        ),
        ("github.create_issue", 404, {"message": "Not Found"}, Refused("Not Found", may_not=True)),
        ("github.create_issue", 403, {"message": SAML}, Refused(SAML, may_not=True)),
        ("github.create_issue", 401, {"message": "Bad credentials"}, TokenRejected()),
        # Of GitLab, its source: api_guard and helpers.
        (
            "gitlab.approve_merge_request",
            401,
            {"message": "401 Unauthorized"},
            Refused("401 Unauthorized", may_not=True),
        ),
        (
            "gitlab.approve_merge_request",
            401,
            {
                "error": "invalid_token",
                "error_description": "Token was revoked. You have to re-authorize from the user.",
            },
            TokenRejected(),
        ),
        (
            "gitlab.approve_merge_request",
            409,
            {"message": "SHA does not match HEAD of source branch: 0d1a26e6"},
            Refused("SHA does not match HEAD of source branch: 0d1a26e6", changed=True),
        ),
        # Box: schema ClientError
        (
            "box.approve_review",
            404,
            {"type": "error", "status": 404, "code": "not_found", "message": "Not Found", "context_info": None},
            Refused("Not Found", may_not=True),
        ),
        (
            "box.approve_review",
            400,
            {
                "type": "error",
                "code": "bad_request",
                "message": "Bad Request",
                "context_info": {"errors": [{"reason": "invalid_parameter", "message": "Invalid value 'approved'."}]},
            },
            Refused("Invalid value 'approved'.", already=True),
        ),
        # Asana: schema ErrorResponse
        (
            "asana.approve_task",
            403,
            {"errors": [{"message": "You do not have access to this task.", "help": "For more information on API …"}]},
            Refused("You do not have access to this task.", may_not=True),
        ),
        # Zendesk: the errors of the introduction and of the tickets page
        (
            "zendesk.create_ticket",
            422,
            {
                "error": "RecordInvalid",
                "description": "Record validation errors",
                "details": {"base": [{"description": "Description: cannot be blank"}]},
            },
            Refused("Description: cannot be blank"),
        ),
        (
            "zendesk.add_comment",
            403,
            {"error": {"title": "Forbidden", "message": NO_PAGE}},
            Refused(NO_PAGE, may_not=True),
        ),
        ("zendesk.set_status", 409, {"error": "UpdateConflict", "description": SAFE}, Refused(SAFE, changed=True)),
        ("zendesk.read_ticket", 401, {"error": "invalid_token", "error_description": "expired"}, TokenRejected()),
        # GitLab Community Edition: lib/api/entities/merge_request_approvals.rb has these members and no more
        (
            "gitlab.approve_merge_request",
            201,
            {
                "user_has_approved": True,
                "user_can_approve": False,
                "approved": True,
                "approved_by": [{"user": {"id": 7}}],
            },
            Succeeded(final=True),
        ),
        # Salesforce: resources_process_approvals_post; another step of the process waits
        (
            "salesforce.approve_deal",
            200,
            [{"success": True, "errors": None, "instanceStatus": "Pending", "newWorkitemIds": ["04iHs0000000002IAA"]}],
            Succeeded({"status": "Pending"}, final=False),
        ),
        # Expensify: errors come with status 200, and only those of the 400s say that nothing was made
        (
            "expensify.create_expense",
            200,
            {"responseCode": 410, "responseMessage": "Validation failed"},
            Refused("Validation failed"),
        ),
        (
            "expensify.create_expense",
            200,
            {"responseCode": 500, "responseMessage": "Internal Server Error"},
            NotUsable("status 200, but no word of success"),
        ),
        (
            "expensify.create_expense",
            200,
            {"responseCode": 429, "responseMessage": "Too many requests"},
            NotUsable("status 200: try later", not_done=True),
        ),
        # HubSpot: 207 of batch/upsert, and schema Error
        (
            "hubspot.create_deal",
            207,
            {
                "status": "COMPLETE",
                "results": [],
                "numErrors": 1,
                "errors": [
                    {"status": "error", "category": "VALIDATION_ERROR", "message": "Property values were not valid"}
                ],
            },
            Refused("Property values were not valid"),
        ),
        (
            "hubspot.create_deal",
            403,
            {
                "status": "error",
                "message": "This app hasn't been granted all required scopes",
                "category": "MISSING_SCOPES",
            },
            Refused("This app hasn't been granted all required scopes", may_not=True),
        ),
    ],
)
def test_an_answer_is_read_as_the_vendor_means_it(operation: str, status: int, body: Any, read: object) -> None:
    assert read_answer(call(operation), HttpAnswer(status, body, {})) == read


@pytest.mark.parametrize(
    "operation",
    sorted(
        f"{app}.{name}"
        for app in ("asana", "box", "github", "gitlab", "hubspot", "zendesk")
        for name in shipped().apps[app].operations
    ),
)
@pytest.mark.parametrize("body", [None, {}, [], "text", [{}], {"id": None}, {"data": None}, 0], ids=str)
def test_an_answer_of_another_shape_is_no_success(operation: str, body: Any) -> None:
    """A page, an empty list, an object of something else: with a good status and nothing that proves the act."""
    one = call(operation)
    nothing_to_list = one.operation.choices is not None and body in ([], [{}])
    for status in one.operation.success_status:
        found = read_answer(one, HttpAnswer(status, body, {}))
        assert isinstance(found, NotUsable) or (nothing_to_list and isinstance(found, Succeeded))


REVIEWS = [
    {"id": 1, "user": {"id": 7, "login": "josie"}, "state": "CHANGES_REQUESTED", "commit_id": "c"},
    {"id": 2, "user": {"id": 7, "login": "josie"}, "state": "APPROVED", "commit_id": "c"},
    {"id": 3, "user": {"id": 8, "login": "tom"}, "state": "CHANGES_REQUESTED", "commit_id": "c"},
    {"id": 4, "user": {"id": 7, "login": "josie"}, "state": "COMMENTED", "commit_id": "c"},
]


@pytest.mark.parametrize(
    ("operation", "reviews", "done"),
    [
        ("github.approve_pull_request", REVIEWS, True),
        ("github.approve_pull_request", REVIEWS[:1], False),
        ("github.approve_pull_request", [], False),
        ("github.request_changes", REVIEWS, False),
        ("github.request_changes", REVIEWS[:1], True),
        ("github.request_changes", REVIEWS[2:], False),
    ],
)
def test_of_a_persons_reviews_the_last_one_that_decides_counts(
    operation: str, reviews: list[dict[str, Any]], *, done: bool
) -> None:
    one = call(operation)
    seen = [review | {"commit_id": one.inputs["commit_id"]} for review in reviews]
    checked = read_check(one, HttpAnswer(200, seen, {}))
    assert isinstance(checked, CheckResult)
    assert checked.done is done


def test_a_review_of_an_older_commit_is_not_this_one() -> None:
    checked = read_check(call("github.approve_pull_request"), HttpAnswer(200, REVIEWS, {}))
    assert isinstance(checked, CheckResult)
    assert not checked.done
