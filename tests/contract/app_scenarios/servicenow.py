"""Changes and requested items that wait for Josie, and incidents that anybody reports."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked

REQUEST = 4  # its place among the cards, after four changes

SCENARIO = Scenario(
    reading=Reading("read_change", picked("sys_id"), {"number": "CHG0030001"}),
    readings=(
        Reading(
            "read_approval",
            picked("approval_id", place=REQUEST),
            {"number": "RITM0010001", "short_description": "A second screen for the support desk"},
        ),
    ),
    decisions=(
        Decision(
            "approve_change",
            picked("sys_id", comments="As discussed"),
            audit="approved",
            opposite="reject_change",
            description="Approved",
        ),
        Decision(
            "reject_change",
            picked("sys_id", comments="Not this week"),
            audit="rejected",
            opposite="approve_change",
            description="Rejected",
        ),
        # The Table API takes these from anybody who may write: our check before the act asks who the approver is.
        Decision(
            "approve_request",
            picked("approval_id", place=REQUEST, comments="Fine"),
            audit="approved",
            opposite="reject_request",
            description="Approved",
        ),
        Decision(
            "reject_request",
            picked("approval_id", place=REQUEST, comments="There are some in the basement"),
            audit="rejected",
            opposite="approve_request",
            description="Rejected",
        ),
    ),
    creations=(
        # The Table API has no key of ours: the check finds the first one.
        Creation(
            "create_incident",
            given(short_description="The printer is on fire", urgency="1"),
            person="priya",
            once=False,
        ),
    ),
)
