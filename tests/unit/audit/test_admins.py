"""What admins see and do in their home tab; and that nobody else sees or does it, whatever a button says."""

from dataclasses import replace

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.connection import Status
from countersign.domain.cut_app import CutApp
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Button, Buttons, Heading, Mention, Message, Paragraph, PersonPicker
from countersign.domain.queue_messages import cut_app_message
from countersign.domain.tally import COUNTED
from countersign.domain.texts.admin import MOST, AppState, admin_section
from countersign.domain.texts.names import (
    ADMIN_CHOOSE_PERSON,
    ADMIN_CUT_APP,
    ADMIN_CUT_PERSON,
    ADMIN_KEEP_PERSON,
    ADMIN_PAUSE_APP,
    ADMIN_RESUME_APP,
)
from countersign.ports.admin import EVERYWHERE
from tests.support.acting_world import JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import buttons, words

PRIYA = Person("T0ACME", "U0PRIYA")
BY_AN_ADMIN = "An admin of this Slack workspace ended your connection to *ServiceNow*. *ServiceNow*: removed here"


@pytest.fixture
def world() -> ActingWorld:
    made = ActingWorld()
    made.slack.admins = frozenset({("U0PRIYA", "T0ACME")})
    made.put_card()
    made.connect(JOSIE, "josie")
    return made


def press(world: ActingWorld, person: Person, name: str, value: str) -> str:
    """A button of the home tab; the last thing said about it."""
    plain = Interaction(f"i{world.randomness()}", Kind.BUTTON, person, WORKSPACE, ReplyTo(), name, value, trace_id="t")
    failed = world.deliver({"v": 1, "kind": "interaction", "interaction": plain.as_json()}, queue="connections")
    assert failed == []
    return world.slack.said_to(person)[-1]


def _pressed(world: ActingWorld, person: Person, name: str, value: str) -> Message:
    """A button of the home tab that is answered by drawing it anew."""
    plain = Interaction(f"i{world.randomness()}", Kind.BUTTON, person, WORKSPACE, ReplyTo(), name, value)
    assert world.deliver({"v": 1, "kind": "interaction", "interaction": plain.as_json()}, queue="connections") == []
    return world.slack.homes[-1][1]


def home(world: ActingWorld, person: Person) -> Message:
    opened = Interaction(f"Ev{world.randomness()}", Kind.HOME, person, WORKSPACE, ReplyTo())
    world.deliver({"v": 1, "kind": "interaction", "interaction": opened.as_json()}, queue="connections")
    return world.slack.homes[-1][1]


def test_an_admin_sees_who_is_connected_and_what_went_wrong(world: ActingWorld) -> None:
    world.connect(TOM, "tom", status=Status.NEEDS_SIGN_IN)
    world.audit.record(
        "action_ended", JOSIE, {"app": "servicenow", "workspace": "T0ACME", "outcome": "no_answer"}, once="a"
    )
    shown = home(world, PRIYA)
    assert "*ServiceNow*: 1 connected, 1 must sign in again\n1 failure since this time yesterday" in words(shown)
    admin = [button for button in buttons(shown) if button.action.startswith("connections.admin")]
    assert {button.action for button in admin} == {ADMIN_PAUSE_APP, ADMIN_CUT_APP, ADMIN_CHOOSE_PERSON}
    assert all(button.confirmation for button in admin if isinstance(button, Button))


def test_nobody_else_sees_it(world: ActingWorld) -> None:
    assert Heading("For admins") not in home(world, JOSIE).blocks


@pytest.mark.parametrize("name", [ADMIN_PAUSE_APP, ADMIN_RESUME_APP, ADMIN_CUT_APP, ADMIN_CUT_PERSON])
def test_a_forged_click_of_somebody_else_changes_nothing_and_is_written_down(world: ActingWorld, name: str) -> None:
    target = "U0JOSIE" if name == ADMIN_CUT_PERSON else "servicenow"
    said = press(world, TOM, name, target)
    assert said == "Only an admin of this Slack workspace can do that. Nothing was changed."
    assert (world.actions_queue.sent, world.pauses.paused("T0ACME")) == ([], frozenset())
    facts = {"workspace": "T0ACME", "act": name.rpartition(".")[2], "trace_id": "t", "target": target}
    assert world.audit.events == [("admin.refused", TOM, facts)]


def test_an_admin_of_another_workspace_is_nobody_here(world: ActingWorld) -> None:
    world.slack.admins = frozenset({("U0PRIYA", "T0OTHER")})
    press(world, PRIYA, ADMIN_PAUSE_APP, "servicenow")
    assert world.audit.names == ["admin.refused"]


def test_what_is_done_in_a_paused_app_is_refused_with_words_until_it_is_resumed(world: ActingWorld) -> None:
    press(world, PRIYA, ADMIN_PAUSE_APP, "servicenow")
    world.click(JOSIE)
    assert (world.action_of(JOSIE).outcome, world.servicenow.calls) == (Outcome.PAUSED, [])
    assert "was not done: ServiceNow is paused here." in words(world.slack.told[-1][1]).format(
        detail="ServiceNow", what="", app="ServiceNow"
    )
    press(world, PRIYA, ADMIN_RESUME_APP, "servicenow")
    world.click(JOSIE)
    assert world.servicenow.state == "approved"
    assert world.audit.names == ["admin.app_paused", "action_ended", "admin.app_resumed", "action_ended"]


def test_nobody_is_asked_to_sign_in_to_a_paused_app(world: ActingWorld) -> None:
    press(world, PRIYA, ADMIN_PAUSE_APP, "servicenow")
    said = press(world, TOM, "connections.connect", "servicenow")
    assert "is paused here, so nobody can sign in to it now" in said
    assert world.sign_ins.intents == {}


def test_a_doubt_about_a_paused_app_is_settled_all_the_same(world: ActingWorld) -> None:
    """What was sent was sent: asking whether it arrived acts on nothing."""
    world.servicenow.faults = ["lost"]
    world.click(JOSIE)
    press(world, PRIYA, ADMIN_PAUSE_APP, "servicenow")
    world.now += 60
    world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.DONE


def test_an_operators_pause_is_shown_as_such_and_no_admin_is_told_to_have_ended_it(world: ActingWorld) -> None:
    world.pauses.set("servicenow", EVERYWHERE, world.now, paused=True)
    shown = home(world, PRIYA)
    assert "*Paused everywhere* by those who run Countersign" in words(shown)
    labels = {button.label for button in buttons(shown) if isinstance(button, Button) and button.value == "servicenow"}
    assert labels >= {"Cut off everyone"}
    assert not labels & {"Pause", "Resume"}
    assert "stays paused: those who run Countersign paused it everywhere" in press(
        world, PRIYA, ADMIN_RESUME_APP, "servicenow"
    )
    assert world.pauses.paused("T0ACME") == {"servicenow"}


def test_an_app_that_nobody_is_connected_to_can_be_paused(world: ActingWorld) -> None:
    """As right after everybody was cut off from it: nobody shall connect again."""
    press(world, PRIYA, ADMIN_CUT_APP, "servicenow")
    world.run_queue()
    world.run_queue()
    world.audit.events.clear()  # no failures either
    shown = home(world, PRIYA)
    assert "*Nobody is connected to anything yet*" in words(shown)
    (pause,) = [
        button for button in buttons(shown) if isinstance(button, Button) and button.label == "Pause ServiceNow"
    ]
    assert (pause.action, pause.value) == (ADMIN_PAUSE_APP, "servicenow")
    assert pause.confirmation is not None
    press(world, PRIYA, pause.action, pause.value)
    assert "*Paused*" in words(home(world, PRIYA))


def test_pausing_twice_is_audited_once(world: ActingWorld) -> None:
    for _ in range(2):
        press(world, PRIYA, ADMIN_PAUSE_APP, "servicenow")
    assert world.audit.names == ["admin.app_paused"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (ADMIN_PAUSE_APP, "nonsense"),
        (ADMIN_PAUSE_APP, ""),
        (ADMIN_CUT_PERSON, ""),
        (ADMIN_CUT_PERSON, "<!channel>"),
        (ADMIN_CUT_PERSON, "workspace:T0ACME"),
        (f"{ADMIN_CUT_APP}x", "servicenow"),
    ],
)
def test_a_button_that_brings_nonsense_changes_nothing(world: ActingWorld, name: str, value: str) -> None:
    assert "did not understand" in press(world, PRIYA, name, value)
    assert (world.actions_queue.sent, world.audit.events) == ([], [])


# --- cutting off an app


def test_an_app_is_cut_off_for_everybody_of_the_workspace_and_the_admin_told_how_many(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    elsewhere = Person("T0OTHER", "U0X")
    world.connect(elsewhere, "x", workspace="T0OTHER")
    assert "is being cut. You will be told" in press(world, PRIYA, ADMIN_CUT_APP, "servicenow")
    assert world.actions_queue.resting, "or its end could be told before its beginning"
    world.run_queue()
    world.run_queue()
    assert world.connections.get(JOSIE, "servicenow") is None
    assert world.connections.get(TOM, "servicenow") is None
    assert world.connections.get(elsewhere, "servicenow") is not None
    (facts,) = world.audit.of("admin.app_cut_off")
    assert (facts["connections"], facts["by"], facts["app"]) == ("2", "T0ACME/U0PRIYA", "servicenow")
    assert "2 connections were cut" in world.slack.said_to(PRIYA)[-1]
    assert len(world.audit.of("revocation")) == 2
    assert BY_AN_ADMIN in world.slack.said_to(JOSIE)[-1]


def test_what_an_operator_cut_its_person_is_told_so(world: ActingWorld) -> None:
    cutting = CutApp("servicenow", None, "arn:aws:iam::1:user/operator", world.now)
    world.deliver(dict(cut_app_message(cutting)))
    world.run_queue()
    assert "Whoever runs Countersign here ended your connection to *ServiceNow*." in world.slack.said_to(JOSIE)[-1]


def test_who_disconnects_or_is_forgotten_is_not_told_that_somebody_else_did_it(world: ActingWorld) -> None:
    press(world, JOSIE, "connections.disconnect", "servicenow")
    press(world, PRIYA, ADMIN_CUT_APP, "servicenow")
    world.run_queue()
    assert "removed here" in world.slack.said_to(JOSIE)[-1]
    world.now += 60
    world.connect(JOSIE, "josie")
    press(world, JOSIE, "connections.forget", "")
    world.run_queue()
    assert len(world.audit.of("revocation")) == 2
    assert not [said for said in world.slack.said_to(JOSIE) if "ended your connection" in said]


def test_it_goes_on_in_another_invocation_where_one_is_too_short(
    world: ActingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("countersign.usecases.cut_app_off.PAGE", 1)
    people = [Person("T0ACME", f"U{number}") for number in range(5)]
    for number, person in enumerate(people):
        world.connect(person, f"p{number}")
    press(world, PRIYA, ADMIN_CUT_APP, "servicenow")
    census = world.census
    pages = 0
    page = census.page

    def slow(*asked: object) -> object:
        nonlocal pages
        pages += 1
        world.lifetime = 5 if pages % 2 else 20  # every second page finds no time left
        return page(*asked)  # type: ignore[arg-type]

    monkeypatch.setattr(census, "page", slow)
    continued = 0
    while waiting := [message for message in world.actions_queue.sent if message["kind"] == "cut_app"]:
        world.actions_queue.sent.remove(waiting[0])
        world.lifetime = 20
        assert world.deliver(dict(waiting[0])) == []
        continued += waiting[0]["cut"]["after"] is not None
    assert continued > 1
    assert {row.status for row in world.connections.rows.values()} == {Status.REVOKING}
    assert [facts["connections"] for facts in world.audit.of("admin.app_cut_off")] == ["6"]


def test_who_connects_afterwards_stays_connected(world: ActingWorld) -> None:
    press(world, PRIYA, ADMIN_CUT_APP, "servicenow")
    world.now += 5
    world.connect(TOM, "tom")
    world.run_queue()
    world.run_queue()
    kept = world.connections.get(TOM, "servicenow")
    assert kept is not None
    assert kept.status is Status.LIVE


# --- cutting off a person


def test_an_admin_is_asked_about_whom_they_chose_by_name(world: ActingWorld) -> None:
    chosen = _pressed(world, PRIYA, ADMIN_CHOOSE_PERSON, "U0JOSIE")
    (about, row) = chosen.blocks[-2:]
    assert isinstance(about, Paragraph)
    assert isinstance(row, Buttons)
    assert about.text.values == {"person": Mention("U0JOSIE")}
    cut, keep = row.buttons
    assert (cut.action, cut.value, keep.action) == (ADMIN_CUT_PERSON, "U0JOSIE", ADMIN_KEEP_PERSON)
    assert world.actions_queue.sent == []
    kept = _pressed(world, PRIYA, ADMIN_KEEP_PERSON, "")
    assert isinstance(kept.blocks[-1], Paragraph)
    assert isinstance(kept.blocks[-1].button, PersonPicker)


@pytest.mark.parametrize(("person", "value"), [(TOM, "U0JOSIE"), (PRIYA, "<!channel>"), (PRIYA, "")])
def test_nobody_else_is_asked_and_about_nobody_who_can_not_be(world: ActingWorld, person: Person, value: str) -> None:
    shown = _pressed(world, person, ADMIN_CHOOSE_PERSON, value)
    assert not [button for button in buttons(shown) if button.action == ADMIN_CUT_PERSON]
    assert world.actions_queue.sent == []


def test_a_person_is_cut_off_everywhere_in_the_workspace(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    press(world, PRIYA, ADMIN_CUT_PERSON, "U0JOSIE")
    world.run_queue()
    world.run_queue()
    assert world.connections.get(JOSIE, "servicenow") is None
    assert world.connections.get(TOM, "servicenow") is not None
    (facts,) = world.audit.of("left.cut_off")
    assert facts["by"] == "U0PRIYA"
    assert BY_AN_ADMIN in world.slack.said_to(JOSIE)[-1]
    assert "is cut off, and can connect again. Cleared up:" in world.slack.said_to(PRIYA)[-1]


def test_an_admin_is_told_where_there_was_nothing_to_cut(world: ActingWorld) -> None:
    press(world, PRIYA, ADMIN_CUT_PERSON, "U0TOM")
    world.run_queue()
    world.run_queue()
    assert "nothing, because nothing was there" in world.slack.said_to(PRIYA)[-1]


def test_their_open_links_stop_working(world: ActingWorld) -> None:
    world.click(TOM)
    (intent,) = world.sign_ins.intents.values()
    world.now += 1
    press(world, PRIYA, ADMIN_CUT_PERSON, "U0TOM")
    world.run_queue()
    assert world.sign_ins.intents[intent.id_hash].status == "burnt"
    assert world.action_of(TOM).outcome is Outcome.OFF_BOARDED


# --- what is drawn


def test_many_apps_leave_room_for_the_rest_of_the_home_tab() -> None:
    states = [AppState(f"a{number}", f"App {number}", connected=1) for number in range(60)]
    blocks = admin_section(states)
    assert len(blocks) <= 3 + 2 * MOST + 2
    assert isinstance(blocks[-1], Paragraph)
    assert isinstance(blocks[-1].button, PersonPicker)


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "*Box*: 1 connected"), (5_000, "5,000 connected"), (COUNTED + 1, "more than 5,000 connected")],
)
def test_numbers_are_counted_as_far_as_anybody_waits_for_them(number: int, said: str) -> None:
    shown = words(Message(Paragraph, admin_section([AppState("a", "Box", connected=number)])))  # type: ignore[arg-type]
    assert said in shown


def test_accounts_of_several_people_are_shown_beside_their_app() -> None:
    one, two = AppState("a", "Box", connected=3, of_several=1), AppState("b", "Jira", connected=9, of_several=2)
    shown = words(Message(Paragraph, admin_section([one, two])))  # type: ignore[arg-type]
    assert "*Box*: 3 connected\n1 account is connected by several people" in shown
    assert "*Jira*: 9 connected\n2 accounts are connected by several people" in shown


def test_apps_with_failures_come_first_and_a_paused_one_can_be_resumed() -> None:
    fine, broken = AppState("a", "Box", connected=3), AppState("b", "Jira", failures=2)
    paused = replace(fine, id="c", name="Zendesk", paused=True)
    shown = words(Message(Paragraph, admin_section([fine, broken, paused])))  # type: ignore[arg-type]
    assert shown.index("Jira") < shown.index("Box") < shown.index("Zendesk")
