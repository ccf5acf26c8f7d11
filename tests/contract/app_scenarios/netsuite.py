"""Expense reports and a bill whose next approver is Josie; purchase orders by anybody."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked
from tests.support.app_twin import Twin


def bill(twin: Twin) -> dict[str, str]:
    """The vendor bill, for which there is no card."""
    return {"id": twin.store.all("vendorBill")[0].id}


SCENARIO = Scenario(
    reading=Reading("read_expense_report", picked("id"), {"total": "482.5", "approval": "Pending Approval"}),
    decisions=(
        # NetSuite takes these from whoever may edit, Tom among them: our check before the act asks who is asked. Its
        # notes may be of an earlier round, so that the check never takes what it finds for our own doing.
        Decision(
            "approve_expense_report",
            picked("id"),
            audit="approved",
            opposite="reject_expense_report",
            description="Approved",
            names_who=False,
        ),
        Decision(
            "reject_expense_report",
            picked("id"),
            audit="rejected",
            opposite="approve_expense_report",
            description="Rejected",
            names_who=False,
        ),
        Decision(
            "approve_vendor_bill",
            bill,
            audit="approved",
            opposite="reject_vendor_bill",
            description="Approved",
            names_who=False,
        ),
        Decision(
            "reject_vendor_bill",
            bill,
            audit="rejected",
            opposite="approve_vendor_bill",
            description="Rejected",
            names_who=False,
        ),
    ),
    creations=(
        # An upsert: the second call changes the first one's order.
        Creation(
            "create_purchase_order", given(vendor_id="305", item_id="88", quantity="3", rate="19.9"), person="tom"
        ),
    ),
)
