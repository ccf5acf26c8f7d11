"""A service request that waits for Josie's approval; comments and issues by anybody."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked
from tests.support.app_twin import Twin


def new_issue(twin: Twin) -> dict[str, str]:
    """The key of an issue that was just reported."""
    tom = twin.account("tom")
    return {"issue_key": twin.store.add("issue", {"summary": "The page is slow"}, tom, id="WEB-1").id}


SCENARIO = Scenario(
    reading=Reading(
        "read_request",
        picked("issue_key"),
        {"summary": "A laptop for the new colleague", "status": "Waiting for approval", "reporter": "Priya"},
    ),
    readings=(
        Reading("list_projects", given(), {"first": "APP"}),
        Reading("read_issue", new_issue, {"summary": "The page is slow", "status": "To Do", "reporter": "Tom"}),
    ),
    decisions=(
        Decision(
            "approve_request",
            picked("issue_key", "approval_id"),
            audit="approved",
            opposite="decline_request",
            description="approved",
        ),
        Decision(
            "decline_request",
            picked("issue_key", "approval_id"),
            audit="declined",
            opposite="approve_request",
            description="declined",
        ),
    ),
    creations=(
        # No key of ours: the check finds the comment by its author and words.
        Creation("add_comment", picked("issue_key", text="Which model?"), once=False),
        # Nothing finds an issue again: a lost answer stays in doubt.
        Creation(
            "create_issue",
            given(project="WEB", type="Bug", summary="The page is slow", description="Since today"),
            person="tom",
            once=False,
        ),
    ),
)
