"""A file of Priya's that waits for Josie's review."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked

FILE, TASK = "11001", "22001"

SCENARIO = Scenario(
    reading=Reading("read_assignment", picked("assignment_id"), {"file_name": "Northwind contract.pdf"}),
    readings=(
        Reading("read_task", given(task_id=TASK), {"requester": "priya@acme.com"}),
        Reading("read_file", given(file_id=FILE), {"name": "Northwind contract.pdf"}),
    ),
    decisions=(
        Decision(
            "approve_review",
            picked("assignment_id"),
            audit="approved",
            opposite="reject_review",
            description="approved",
        ),
        Decision(
            "reject_review",
            picked("assignment_id", message="Page 3 is missing"),
            audit="rejected",
            opposite="approve_review",
            description="rejected",
        ),
    ),
    creations=(
        Creation("create_review", given(file_id=FILE, message="Please look"), once=False),
        Creation("assign_review", given(task_id=TASK, reviewer="tom@acme.com"), once=False),
    ),
    tells_what_is_gone=False,
)
