"""Deals that wait for Josie, and an opportunity by our own external id."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked

DEAL = {"name": "Northwind: 200 seats", "stage": "Prospecting", "close_date": "2027-03-31", "amount": "1250.50"}

SCENARIO = Scenario(
    reading=Reading("read_opportunity", picked("opportunity_id"), {"name": "Northwind: renewal with 12% discount"}),
    decisions=(
        Decision(
            "approve_deal",
            picked("opportunity_id", "work_item_id", comments="As discussed"),
            audit="approved",
            opposite="reject_deal",
            description="Approved",
        ),
        Decision(
            "reject_deal",
            picked("opportunity_id", "work_item_id", comments="Too low"),
            audit="rejected",
            opposite="approve_deal",
            description="Rejected",
        ),
    ),
    creations=(Creation("create_opportunity", given(**DEAL), person="tom"),),
)
