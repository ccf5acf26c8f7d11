"""What a person is told of their connections, and the truth about cutting one."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.catalog import ActsAs, Catalog
from countersign.domain.connection import Status
from countersign.domain.errors import AppUnavailable
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.limits import LINKS, REFUSALS
from countersign.domain.message import Heading
from countersign.domain.proof import Proof, WantedCode
from countersign.domain.routing import Destination, route
from countersign.domain.texts.connections import CODE_ALONE
from tests.support.acting_world import JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.memory_chat import buttons, words
from tests.support.shared_catalog import two_apps
from tests.support.shipped_catalog import shipped

DAY = 86_400


@pytest.fixture
def world() -> ActingWorld:
    world = ActingWorld()
    world.catalog = two_apps(world.catalog)
    return world


def ask(world: ActingWorld, text: str = "", **changes: Any) -> list[Any]:
    plain = {"id": f"Ev{world.randomness()}", "kind": Kind.TEXT, "person": JOSIE, "workspace": WORKSPACE}
    interaction = Interaction(**{**plain, "reply_to": ReplyTo("D0JOSIE"), "value": text, **changes})
    body = {"v": 1, "kind": "interaction", "interaction": interaction.as_json()}
    return world.deliver(body, queue="connections")


def click(world: ActingWorld, name: str, value: str, **changes: Any) -> None:
    ask(world, value, kind=Kind.BUTTON, name=name, **changes)


def test_connections_lists_the_askers_own_with_what_can_be_done(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.connect(TOM, "tom")

    ask(world, "connections")

    message = world.slack.told[-1][1]
    assert message.blocks[0] == Heading("Your connections")
    assert "josie@acme.com" in words(message)
    assert "tom@acme.com" not in words(message)
    assert [b.label for b in buttons(message)] == ["Reconnect", "Disconnect", "Connect Salesforce"]


def test_an_app_that_no_recipe_acts_in_is_not_offered_and_what_is_connected_stays(world: ActingWorld) -> None:
    """A person would sign in somewhere, and give tokens away, for nothing."""
    needed = {name: one for name, one in world.catalog.recipes.items() if "salesforce" in one.needs}
    world.catalog = replace(world.catalog, recipes=needed)

    ask(world, "connections")
    assert [b.label for b in buttons(world.slack.told[-1][1])] == ["Connect Salesforce"]

    world.connect(JOSIE, "josie")
    ask(world, "connections")
    assert [b.label for b in buttons(world.slack.told[-1][1])] == ["Reconnect", "Disconnect", "Connect Salesforce"]


def test_what_can_be_connected_stands_in_the_order_of_its_names(world: ActingWorld) -> None:
    renamed = replace(world.catalog.apps["servicenow"], name="A to Z")
    world.catalog = replace(world.catalog, apps={**world.catalog.apps, "servicenow": renamed})
    ask(world, "connections")
    assert [b.label for b in buttons(world.slack.told[-1][1])] == ["Connect A to Z", "Connect Salesforce"]


def test_a_paused_app_says_so_and_offers_no_sign_in(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    for app in ("servicenow", "salesforce"):
        world.pauses.set(app, WORKSPACE.id, world.now, paused=True)
    ask(world, "connections")
    message = world.slack.told[-1][1]
    assert words(message).count("Paused here: until it is resumed, nothing is done in it and nobody can sign in") == 2
    assert [b.label for b in buttons(message)] == ["Disconnect"]


def test_the_home_tab_shows_the_same(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    ask(world, kind=Kind.HOME)

    ((person, message),) = world.slack.homes
    assert person == JOSIE
    assert "josie@acme.com" in words(message)


def test_what_is_cut_in_the_home_tab_is_shown_as_cut_there(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    click(world, "connections.disconnect", "servicenow", reply_to=ReplyTo())

    ((person, message),) = world.slack.homes
    assert person == JOSIE
    assert "Disconnected; being revoked at ServiceNow" in words(message)
    assert [b.label for b in buttons(message)] == ["Connect ServiceNow again", "Connect Salesforce"]


@pytest.mark.parametrize("text", ["", "help", "  HELP "])
def test_help_names_the_commands_and_leads_to_the_personal_accounts(world: ActingWorld, text: str) -> None:
    ask(world, text)

    message = world.slack.told[-1][1]
    assert "create opportunity" in words(message)
    assert [b.label for b in buttons(message)] == ["Personal accounts"]


def test_words_that_nobody_understands_are_answered_with_help(world: ActingWorld) -> None:
    ask(world, "connection s")

    assert "doesn't know “connection s”" in words(world.slack.told[-1][1])


def test_a_typed_command_with_a_form_gets_a_button_that_opens_it(world: ActingWorld) -> None:
    ask(world, "create opportunity")

    (button,) = buttons(world.slack.told[-1][1])
    assert (button.label, button.action, button.value) == ("Fill in the form", "form.open", "create_opportunity")


def test_slacks_retry_is_answered_once(world: ActingWorld) -> None:
    interaction = Interaction("Ev1", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D0JOSIE"), value="help")
    body = {"v": 1, "kind": "interaction", "interaction": interaction.as_json()}
    world.deliver(body, queue="connections")
    world.sign_ins.seen["Ev1"] = ("the first delivery", world.now + 1_000)
    world.deliver(body, queue="connections")

    assert len(world.slack.told) == 1


def test_an_answer_that_slack_did_not_take_is_given_when_the_queue_delivers_again(world: ActingWorld) -> None:
    interaction = Interaction("Ev1", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D0JOSIE"), value="help")
    body = {"v": 1, "kind": "interaction", "interaction": interaction.as_json()}
    world.slack.down = True
    assert world.deliver(body, queue="connections") != []
    world.slack.down = False
    assert world.deliver(body, queue="connections") == []

    assert len(world.slack.told) == 1


def test_connect_gives_a_link_of_the_askers_own(world: ActingWorld) -> None:
    click(world, "connections.connect", "salesforce")

    (intent,) = world.sign_ins.intents.values()
    assert (intent.person, intent.app) == (JOSIE, "salesforce")


def test_a_flood_of_links_is_stopped(world: ActingWorld) -> None:
    for _ in range(200):
        click(world, "connections.connect", "salesforce")

    assert (len(world.sign_ins.intents), len(world.slack.told)) == (LINKS.most, LINKS.most + REFUSALS.most)
    assert words(world.slack.told[-1][1]).startswith(f"You have {LINKS.most} links to connect apps that you have not")


def test_a_code_that_is_waited_for_is_heard_before_anything_else(world: ActingWorld) -> None:
    world.sign_ins.want_code(WantedCode.of(JOSIE, "d" * 64, "2ABCDEFG", world.now))
    ask(world, "2abc-defg")
    ask(world, "2abc-defg", person=TOM)
    ask(world, "connections")
    said = [words(message) for _, message in world.slack.told]
    assert "that is the code" in said[0]
    assert "2abc-defg" in said[1], "to Tom it is words that nobody understands"
    assert "not connected anything" in said[2]


def test_a_code_is_carried_to_where_it_is_heard(world: ActingWorld) -> None:
    typed = Interaction("Ev1", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D0JOSIE"), value="2abc-defg")
    assert route(typed, world.catalog) is Destination.CONNECTIONS


def test_the_list_says_where_a_typed_code_was_all_the_proof(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie", proof=Proof.DM_CODE)
    world.connect(TOM, "tom", proof=Proof.BOTH)
    for person in (JOSIE, TOM):
        ask(world, "connections", person=person)
    assert [CODE_ALONE in words(message) for _, message in world.slack.told] == [True, False]


def test_every_app_can_be_asked_for_on_the_first_day(world: ActingWorld) -> None:
    world.catalog = shipped()
    own = [app.id for app in world.catalog.apps.values() if app.acts_as is ActsAs.PERSON]
    for app in own:
        click(world, "connections.connect", app)

    assert [intent.app for intent in world.sign_ins.intents.values()] == own
    assert len(own) == len(world.slack.told) > 10


def test_disconnect_cuts_at_once_and_tells_when_it_is_revoked(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    click(world, "connections.disconnect", "servicenow")

    cut = world.connections.get(JOSIE, "servicenow")
    assert cut is not None
    assert cut.status is Status.REVOKING
    world.run_queue()
    assert world.connections.get(JOSIE, "servicenow") is None
    assert world.authorization.revoked == ["rt-josie"]
    assert words(world.slack.told[-1][1]) == "*ServiceNow*: removed here, and revoked at ServiceNow."


def test_nobody_disconnects_anybody_else(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")

    click(world, "connections.disconnect", "servicenow", person=TOM)
    world.run_queue()

    connection = world.connections.get(JOSIE, "servicenow")
    assert connection is not None
    assert connection.status is Status.LIVE
    assert "no connection" in words(world.slack.told[-1][1])


def test_an_app_that_cannot_revoke_is_said_so(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.authorization.revocable = False

    click(world, "connections.disconnect", "servicenow")
    world.run_queue()

    assert "removed here" in words(world.slack.told[-1][1])
    assert "revoked at" not in words(world.slack.told[-1][1])


def test_an_app_that_does_not_answer_is_tried_for_a_day_and_its_person_told_twice(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.authorization.revoke_fails = AppUnavailable("down")
    click(world, "connections.disconnect", "servicenow")
    world.run_queue()
    assert "we keep trying until" in words(world.slack.told[-1][1])

    told = len(world.slack.told)
    for _ in range(30):
        world.now += 3_600
        world.keep_house()

    assert len(world.slack.told) == told + 1
    assert "please remove it there yourself" in words(world.slack.told[-1][1]).lower()
    assert world.connections.get(JOSIE, "servicenow") is None


def test_an_app_that_comes_back_is_revoked_then(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.authorization.revoke_fails = AppUnavailable("down")
    click(world, "connections.disconnect", "servicenow")
    world.run_queue()
    world.authorization.revoke_fails = None
    world.now += 61

    world.keep_house()

    assert world.authorization.revoked == ["rt-josie"]
    assert "revoked at ServiceNow" in words(world.slack.told[-1][1])


def test_a_cut_whose_message_got_lost_is_found_by_housekeeping(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    click(world, "connections.disconnect", "servicenow")
    world.actions_queue.sent.clear()
    world.now += 61

    world.keep_house()

    assert world.authorization.revoked == ["rt-josie"]


def test_a_stranger_learns_nothing(world: ActingWorld) -> None:
    ask(world, "connections", foreign=True)

    assert "another organisation" in words(world.slack.told[-1][1])


def test_whom_chat_does_not_reach_is_not_tried_for_ever(world: ActingWorld) -> None:
    """Delivering the message again would not help: it would end where an alarm waits."""
    world.slack.refuses = "channel_not_found"

    assert ask(world, "help") == []


def test_a_connection_to_an_app_that_was_switched_off_is_listed_and_can_be_cut(world: ActingWorld) -> None:
    world.connect(JOSIE, "josie")
    world.catalog = Catalog({}, {})

    ask(world, "connections")
    assert [button.label for button in buttons(world.slack.told[-1][1])] == ["Disconnect"]
    click(world, "connections.disconnect", "servicenow")
    world.run_queue()

    assert world.connections.get(JOSIE, "servicenow") is None
    assert "so it can't be revoked there" in words(world.slack.told[-1][1])
    assert world.authorization.revoked == []
