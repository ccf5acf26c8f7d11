"""Everybody's own expenses, by their own keys; nothing is decided here."""

from tests.support.app_scenario import Creation, Reading, Scenario, given

EXPENSE = {"merchant": "Deutsche Bahn", "date": "2027-03-31", "cents": "8990", "currency": "EUR"}

SCENARIO = Scenario(
    reading=Reading("list_policies", given(), {"first_id": "E40D9B8DF456E233", "first_name": "Acme"}),
    creations=(
        # Nothing keeps Expensify from making the same thing twice: a lost answer stays in doubt.
        Creation("create_expense", given(**EXPENSE), person="tom", once=False),
        Creation(
            "create_report",
            given(title="Customer visit", policy_id="E40D9B8DF456E233", **EXPENSE),
            person="tom",
            once=False,
        ),
    ),
)
