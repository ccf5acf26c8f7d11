"""What an event takes away, by where it was delivered: a workspace's installation, or an organisation's."""

import json
from typing import Any

import pytest

from countersign.adapters.slack.inbound import LifecycleEvent
from countersign.adapters.slack.parse_event import parse_event
from countersign.domain.departure import Departure, Left
from countersign.domain.errors import Malformed
from tests.support.slack_requests import body_of, load

SALES, LEGAL, ORGANISATION = "T0SALES", "T0LEGAL", "E0ACME"
AT = 1785578531


def departures(envelope: dict[str, Any]) -> tuple[Departure, ...]:
    found = parse_event(json.dumps(envelope).encode(), "trace-1")
    assert isinstance(found, LifecycleEvent)
    return found.departures


def recorded(name: str) -> dict[str, Any]:
    envelope: dict[str, Any] = json.loads(body_of(load(name)))
    return envelope


def left(home: str | None, teams: object, *, installed_in: str | None) -> tuple[Departure, ...]:
    """Tom's account is switched off, as the event tells an installation (None: the organisation's)."""
    envelope = recorded("event_user_left_workspace")
    envelope["authorizations"][0] |= {"team_id": installed_in, "is_enterprise_install": installed_in is None}
    user = envelope["event"]["user"]
    user["team_id"], user["enterprise_user"]["teams"] = home, teams
    return departures(envelope)


def tom(workspace: str | None) -> tuple[Departure, ...]:
    return (Departure(Left.DEACTIVATED, ORGANISATION, workspace, ORGANISATION, "U0TOM", AT, "trace-1"),)


@pytest.mark.parametrize("installed_in", [None, SALES], ids=["organisation's", "workspace's"])
@pytest.mark.parametrize(
    ("teams", "goes"),
    [([LEGAL], SALES), ([SALES, LEGAL], SALES), ([SALES], None), ([], None), (None, None)],
    ids=["is elsewhere", "is elsewhere and still named here", "was here alone", "is nowhere", "is not said"],
)
def test_only_what_came_through_the_workspace_that_they_left_goes(
    installed_in: str | None, teams: object, goes: str | None
) -> None:
    assert left(SALES, teams, installed_in=installed_in) == tom(goes)


@pytest.mark.parametrize("home", [None, ORGANISATION])
def test_where_nothing_says_which_workspace_they_left_the_nights_sweep_decides(home: str | None) -> None:
    assert left(home, [LEGAL], installed_in=None) == ()
    assert left(home, [], installed_in=None) == tom(None)


def test_the_installations_own_workspace_counts_before_the_persons_home() -> None:
    assert left(LEGAL, [LEGAL], installed_in=SALES) == tom(SALES)


def test_a_withdrawal_is_read_without_authorizations_too() -> None:
    """As Slack's older reference shows it."""
    envelope = recorded("event_workspace_withdrawn")
    of_organisation = departures(envelope)
    del envelope["authorizations"]
    assert departures(envelope) == of_organisation
    assert [each.workspace for each in of_organisation] == [SALES, LEGAL]


@pytest.mark.parametrize("ids", [None, "T0SALES", [f"T{number}" for number in range(1_001)], ["no id"]])
def test_a_withdrawal_of_unreadable_workspaces_is_malformed(ids: object) -> None:
    envelope = recorded("event_workspace_withdrawn")
    envelope["event"]["team_ids"] = ids
    with pytest.raises(Malformed):
        departures(envelope)


def test_a_migration_is_of_the_envelopes_workspace_into_the_events_organisation() -> None:
    envelope = recorded("event_workspace_migrated")
    (departure,) = departures(envelope)
    assert (departure.left, departure.tenant, departure.organisation) == (Left.MIGRATED, "T0ACME", ORGANISATION)
    del envelope["team_id"]
    with pytest.raises(Malformed):
        departures(envelope)


@pytest.mark.parametrize(
    ("tokens", "count"),
    [({"oauth": ["U0TOM"]}, 0), ({"bot": ["UBOT"]}, 1), ({"oauth": ["U0TOM"], "bot": ["UBOT"]}, 1), ({"bot": []}, 0)],
)
def test_only_a_bots_token_that_ends_is_an_uninstallation(tokens: dict[str, list[str]], count: int) -> None:
    envelope = recorded("event_tokens_revoked")
    envelope["event"]["tokens"] = tokens
    assert [each.left for each in departures(envelope)] == [Left.UNINSTALLED] * count
