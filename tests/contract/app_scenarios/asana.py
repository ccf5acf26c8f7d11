"""Approvals of Priya's that wait for Josie; tasks by anybody."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given

TASK = {"task_gid": "1209000000000001"}

SCENARIO = Scenario(
    reading=Reading("read_task", given(**TASK), {"name": "Approve the launch banner", "approval_status": "pending"}),
    decisions=(
        Decision("approve_task", given(**TASK), audit="approved", opposite="reject_task", description="approved"),
        Decision("reject_task", given(**TASK), audit="rejected", opposite="approve_task", description="rejected"),
        Decision(
            "request_changes",
            given(**TASK),
            audit="changes_requested",
            opposite="approve_task",
            description="changes_requested",
        ),
    ),
    creations=(
        Creation(
            "create_task",
            given(project_gid="1208000000000001", name="Order chairs", notes="Four", assignee="josie@acme.com"),
            person="tom",
            once=False,
        ),
    ),
)
