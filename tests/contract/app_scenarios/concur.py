"""Expense reports that wait for Josie as their manager; everybody writes their own."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked

SCENARIO = Scenario(
    reading=Reading("read_report", picked("report_id"), {"name": "March travel", "total": "525.0", "currency": "EUR"}),
    decisions=(
        # A report does not say who approved it: the check proves that it was decided, never that it was decided by us.
        Decision(
            "approve_report",
            picked("report_id", comment="Approved in Slack"),
            audit="approved",
            opposite="send_back_report",
            description="Approved",
            names_who=False,
        ),
        Decision(
            "send_back_report",
            picked("report_id", comment="The hotel's bill is missing"),
            audit="rejected",
            opposite="approve_report",
            description="Sent Back to Employee",
            names_who=False,
        ),
    ),
    creations=(
        Creation(
            "create_report",
            given(name="April travel", policy_id="0a3f90a7-2feb-47fa-972c-7ddf7f1eb1f7", purpose="Customers"),
            person="tom",
        ),
    ),
    # What is sent is the person's access token, which is over as well.
    tells_what_is_gone=False,
)
