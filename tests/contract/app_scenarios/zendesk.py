"""A ticket of Priya's, which agents work on; tickets by agents."""

from sandbox.apps.zendesk.shapes import moment
from tests.support.app_scenario import Creation, Reading, Scenario, given
from tests.support.app_twin import Twin


def unchanged(twin: Twin) -> dict[str, str]:
    """The ticket as it was last changed."""
    return {"ticket_id": "1", "status": "solved", "updated_at": moment(twin.store.all("ticket")[0].changed_at)}


SCENARIO = Scenario(
    reading=Reading("read_ticket", given(ticket_id="1"), {"subject": "The invoice has the wrong address"}),
    creations=(
        Creation("create_ticket", given(subject="A new phone", body="Please", priority="low"), person="tom"),
        Creation("add_comment", given(ticket_id="1", body="On it", public="false"), audit=("commented",), once=False),
        Creation("set_status", unchanged, audit=("updated",), once=False),
    ),
    # A token that is over can't be asked for its id.
    tells_what_is_gone=False,
)
