"""Everybody's own calendar."""

from tests.support.app_scenario import Creation, Reading, Scenario, given
from tests.support.app_twin import Twin


def first_event(twin: Twin) -> dict[str, str]:
    """Josie's event, which everybody's calendar begins with."""
    josie = twin.account("josie")
    return {"event_id": next(one.id for one in twin.store.all("event") if one.made_by == josie)}


SCENARIO = Scenario(
    reading=Reading("read_event", first_event, {"title": "Weekly review", "status": "confirmed"}),
    creations=(
        # The event's id is ours, and taken once: a second event with it is refused, and the check finds the first.
        Creation(
            "create_event",
            given(title="Northwind kick-off", date="2027-04-01", start="14:00", end="15:00", description="In person"),
            person="tom",
            once=False,
        ),
    ),
)
