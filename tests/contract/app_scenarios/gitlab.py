"""A merge request of Priya's that waits for Josie's approval; comments and issues by anybody."""

from sandbox.apps.rest import Decision as Decided
from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given
from tests.support.app_twin import Twin

REQUEST = {"project": "acme/payroll", "number": "1"}


def as_seen(twin: Twin) -> dict[str, str]:
    """The merge request with the head that was looked at."""
    return REQUEST | {"sha": twin.store.all("merge_request")[0].fields.get("seen", head(twin))}


def head(twin: Twin) -> str:
    """The newest commit."""
    return str(twin.store.all("merge_request")[0].fields["sha"])


def pushed(twin: Twin) -> None:
    """There is a newer commit than the one that was looked at."""
    fields = twin.store.all("merge_request")[0].fields
    fields |= {"seen": fields["sha"], "sha": "e" * 40}


def approved(twin: Twin) -> dict[str, str]:
    """The merge request after Josie had approved it."""
    josie = Decided(twin.account("josie"), "approved", "", twin.clock.now)
    twin.store.all("merge_request")[0].decisions.append(josie)
    return REQUEST


SCENARIO = Scenario(
    reading=Reading("read_merge_request", given(**REQUEST), {"author": "priya", "state": "opened"}),
    readings=(Reading("list_projects", given()),),
    decisions=(Decision("approve_merge_request", as_seen, audit="approved", settled=False, moved=pushed),),
    creations=(
        Creation(
            "unapprove_merge_request",
            approved,
            audit=("unapproved",),
            once=False,
        ),
        Creation("comment_merge_request", given(**REQUEST, body="Looks good"), person="tom", once=False),
        Creation(
            "create_issue",
            given(project="acme/payroll", title="The export is slow", description="Since today"),
            person="tom",
            once=False,
        ),
    ),
)
