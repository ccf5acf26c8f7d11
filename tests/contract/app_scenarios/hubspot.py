"""A deal, through a connection of the whole account: who let the app in makes no difference."""

from tests.support.app_scenario import Creation, Reading, Scenario, given

DEAL = {"name": "Northwind: 200 seats", "stage": "qualifiedtobuy", "amount": "1250.50", "close_date": "2027-03-31"}

SCENARIO = Scenario(
    reading=Reading("read_deal", given(deal_id="31000000001"), {"name": "Northwind: 50 seats"}),
    creations=(Creation("create_deal", given(**DEAL)),),
    shows_email=False,
)
