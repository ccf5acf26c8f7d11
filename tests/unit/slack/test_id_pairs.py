"""No two people are one: whatever ids Slack's signed requests bring, and however they could run into each other."""

from typing import Any, NamedTuple

from hypothesis import assume, event, example, given
from hypothesis import strategies as st

from countersign.adapters.dynamodb.connection_row import sort_key
from countersign.adapters.slack.origin import of_interaction
from countersign.domain.connection import seal_owner
from countersign.domain.errors import Malformed
from countersign.domain.identity import Person, Workspace, shared_owner


class Ids(NamedTuple):
    """What a request says of who sent it from where."""

    team: str
    organisation: str | None
    user: str


IDS = st.from_regex(r"[TEUW][0-9A-Z]{0,2}", fullmatch=True)
SENT = st.builds(Ids, IDS, st.none() | IDS, IDS)


def person_of(sent: Ids) -> Person | None:
    """Whom the door takes it for; None where it is turned away."""
    origin: dict[str, Any] = {"user": {"id": sent.user}, "team": {"id": sent.team}}
    if sent.organisation is not None:
        origin["enterprise"] = {"id": sent.organisation}
    try:
        return of_interaction(origin).person
    except Malformed:
        return None


def home(sent: Ids) -> tuple[str, str]:
    """What a person is by Slack's word: a user id in an organisation, or else in a workspace."""
    return sent.organisation or sent.team, sent.user


@given(SENT, SENT)
@example(Ids("T1", None, "U1"), Ids("T2", None, "U1"))
@example(Ids("T1", "E1", "U1"), Ids("T2", "E1", "U1"))
@example(Ids("T1", "E1", "U1"), Ids("T1", "E2", "U1"))
@example(Ids("T1", None, "U1"), Ids("T1", "E1", "U1"))
@example(Ids("E1", None, "U1"), Ids("T1", "E1", "U1"))
def test_two_requests_are_one_persons_only_if_tenant_and_user_are_the_same(one: Ids, other: Ids) -> None:
    """By the key of their rows, and by what their tokens are sealed to."""
    first, second = person_of(one), person_of(other)
    assert first is not None
    assert second is not None
    same = home(one) == home(other)
    event("the same person" if same else "two people")
    assert (first == second) is same
    assert (first.key == second.key) is same
    assert ((first.key, sort_key("box")) == (second.key, sort_key("box"))) is same
    seals = [seal_owner(person, "T1", "box", "a1", 1) for person in (first, second)]
    assert (seals[0].encryption_context() == seals[1].encryption_context()) is same
    assert (seals[0].additional_data() == seals[1].additional_data()) is same


@given(SENT, IDS, st.none() | IDS)
def test_no_request_comes_from_a_workspaces_own_connection(sent: Ids, team: str, organisation: str | None) -> None:
    """The key under which shared connections stand is nobody's."""
    person = person_of(sent)
    assert person is not None
    assert not person.is_workspace
    assert person.key != shared_owner(Workspace(team, organisation)).key
    assert Person.from_key(person.key) == person


@given(SENT, st.sampled_from(Ids._fields), st.text("TU1/#:%\0 é", min_size=1, max_size=4))
@example(Ids("T1", None, "U1"), "team", "T1/U1")
@example(Ids("T1", None, "U1"), "user", "workspace:T1")
def test_what_could_join_two_ids_into_another_persons_is_turned_away(sent: Ids, which: str, text: str) -> None:
    assume(not (text.isascii() and text.isalnum()))
    assert person_of(sent._replace(**{which: text})) is None
