"""Everybody's own calendar and task lists."""

from tests.support.app_scenario import Creation, Reading, Scenario, given
from tests.support.app_twin import Twin


def own(twin: Twin, kind: str, person: str) -> str:
    """The id of what everybody has from the start."""
    owner = twin.account(person)
    return next(one.id for one in twin.store.all(kind) if one.made_by == owner)


SCENARIO = Scenario(
    reading=Reading(
        "read_event",
        lambda twin: {"event_id": own(twin, "event", "josie")},
        {"title": "Weekly review", "organizer": "Josie"},
    ),
    readings=(Reading("list_task_lists", given()),),
    creations=(
        Creation(
            "create_event",
            given(title="Northwind kick-off", date="2027-04-01", start="14:00", end="15:00", description="In person"),
            person="tom",
        ),
        Creation(
            "create_task",
            lambda twin: {"list_id": own(twin, "list", "tom"), "title": "Call Northwind", "note": "Before Friday"},
            person="tom",
            once=False,
        ),
    ),
)
