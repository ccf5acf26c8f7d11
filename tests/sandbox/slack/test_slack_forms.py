"""Forms and the App Home: triggers, stacks, hashes, typed values, and the four answers to a form that is sent."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_receiver import Answer, Received
from slack_sdk.errors import SlackApiError
from slack_world import World


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def asked(block_id: str, *, optional: bool = False, **element: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "v", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, "optional": optional}


def modal(*blocks: dict[str, Any], title: str = "Form", **fields: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks), **fields}


FORM = modal(asked("comment"), callback_id="reject", private_metadata="secret?")
MORE = modal(asked("comment"), asked("reason", optional=True), title="More")


def trigger(world: World) -> str:
    """A fresh trigger id, as a global shortcut brings it."""
    before = len(world.receiver.received)
    world.act("U0TOM", "shortcut", callback_id="s")
    return str(world.receiver.wait_for(before + 1)[-1].payload["trigger_id"])


def opened(world: World, view: dict[str, Any] = FORM) -> dict[str, Any]:
    return world.client().views_open(trigger_id=trigger(world), view=view)["view"]


def sent(world: World, values: dict[str, Any] | None = None) -> tuple[dict[str, Any], Received]:
    view_id = world.screen("U0TOM")["form"]["id"]
    answer = world.act("U0TOM", "submit", view_id=view_id, values=values or {"comment": {"v": {"value": "No"}}})
    return answer, world.receiver.received[-1]


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    return str(refused.value.response["error"])


def top(world: World) -> str | None:
    form = world.screen("U0TOM")["form"]
    return form and form["title"]["text"]


def test_a_form_is_shown_to_whoever_caused_the_trigger(world: World) -> None:
    view = opened(world)
    assert world.screen("U0TOM")["form"] == view
    assert world.screen("U0JOSIE")["form"] is None
    assert (view["root_view_id"], view["previous_view_id"]) == (view["id"], None)
    assert view["state"] == {"values": {"comment": {"v": {"type": "plain_text_input", "value": None}}}}


def test_a_trigger_works_once_and_for_three_seconds(world: World) -> None:
    client, used, old = world.client(), trigger(world), trigger(world)
    client.views_open(trigger_id=used, view=FORM)
    assert refusal(lambda: client.views_open(trigger_id=used, view=FORM)) == "exchanged_trigger_id"
    world.clock.ahead += 3.1
    assert refusal(lambda: client.views_open(trigger_id=old, view=FORM)) == "expired_trigger_id"
    assert refusal(lambda: client.views_open(trigger_id="1.2.3", view=FORM)) == "invalid_trigger_id"


def test_the_app_can_open_a_form_while_slack_waits_for_it(world: World) -> None:
    def open_at_once(received: Received) -> None:
        world.client().views_open(trigger_id=received.fields["trigger_id"], view=FORM)

    world.receiver.answers.append(Answer(meanwhile=open_at_once))
    assert world.act("U0TOM", "type", channel="C0GENERAL", text="/countersign reject")["ok"] is True
    assert top(world) == "Form"


def test_a_broken_view_is_refused_with_its_messages(world: World) -> None:
    with pytest.raises(SlackApiError) as refused:
        opened(world, modal(asked("a"), asked("a")))
    answer = refused.value.response
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] `block_id` must be unique: a [json-pointer:/view/blocks/1/block_id]"
    ]
    assert top(world) is None


def test_a_view_over_250_kilobytes_is_too_large(world: World) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    assert refusal(lambda: opened(world, modal(*[section] * 90))) == "view_too_large"


def test_an_outdated_hash_is_a_conflict(world: World) -> None:
    view, client = opened(world), world.client()
    client.views_update(view_id=view["id"], hash=view["hash"], view=MORE)
    assert refusal(lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)) == "hash_conflict"
    assert top(world) == "More"


def test_a_view_is_updated_by_one_of_its_ids(world: World) -> None:
    client = world.client()
    view = opened(world, FORM | {"external_id": "mine"})
    client.views_update(external_id="mine", view=MORE | {"external_id": "mine"})
    assert top(world) == "More"
    assert refusal(lambda: client.views_update(view_id="V0", view=FORM)) == "not_found"
    both = {"view_id": view["id"], "external_id": "mine", "view": FORM}
    assert refusal(lambda: client.api_call("views.update", json=both)) == "invalid_arguments"
    assert refusal(lambda: opened(world, FORM | {"external_id": "mine"})) == "duplicate_external_id"


def test_typed_values_survive_an_update_where_the_ids_stay(world: World) -> None:
    button = {"type": "button", "action_id": "load", "text": plain("Load")}
    view = opened(world, modal(asked("comment"), asked("gone"), {"type": "actions", "elements": [button]}))
    typed = {"comment": {"v": {"value": "half a sent"}}, "gone": {"v": {"value": "x"}}}
    world.act("U0TOM", "click", view_id=view["id"], action_id="load", values=typed)
    payload = world.receiver.received[-1].payload
    assert payload["view"]["state"]["values"]["comment"]["v"]["value"] == "half a sent"
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert "response_url" not in payload
    world.client().views_update(view_id=view["id"], view=MORE)
    assert world.screen("U0TOM")["form"]["state"]["values"] == {
        "comment": {"v": {"type": "plain_text_input", "value": "half a sent"}},
        "reason": {"v": {"type": "plain_text_input", "value": None}},
    }


def test_at_most_three_views_are_stacked(world: World) -> None:
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "b", "text": plain("More")}]}
    client = world.client()

    def push() -> dict[str, Any]:
        view_id = world.screen("U0TOM")["form"]["id"]
        world.act("U0TOM", "click", view_id=view_id, action_id="b")
        trigger_id = world.receiver.received[-1].payload["trigger_id"]
        return client.views_push(trigger_id=trigger_id, view=modal(button))["view"]

    root = opened(world, modal(button))
    second, third = push(), push()
    assert (third["root_view_id"], third["previous_view_id"]) == (root["id"], second["id"])
    assert refusal(push) == "push_limit_reached"
    world.act("U0TOM", "close", view_id=third["id"])
    assert world.screen("U0TOM")["form"]["id"] == second["id"]


def test_only_a_trigger_from_inside_a_form_can_push(world: World) -> None:
    opened(world)
    assert refusal(lambda: world.client().views_push(trigger_id=trigger(world), view=MORE)) == "invalid_trigger_id"


def test_a_form_that_is_sent_arrives_with_its_values_and_closes(world: World) -> None:
    opened(world)
    answer, received = sent(world)
    payload = received.payload
    assert answer == {"ok": True}
    assert payload["type"] == "view_submission"
    assert payload["view"]["state"]["values"] == {"comment": {"v": {"type": "plain_text_input", "value": "No"}}}
    assert payload["view"]["private_metadata"] == "secret?"
    assert payload["view"]["app_installed_team_id"] == "T0ACME"
    assert payload["user"] == {"id": "U0TOM", "username": "tom", "name": "tom"}
    assert top(world) is None


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({}, None),
        ({"response_action": "clear"}, None),
        ({"response_action": "update", "view": MORE}, "More"),
        ({"response_action": "push", "view": MORE}, "More"),
    ],
)
def test_the_answer_to_a_form_is_carried_out(world: World, answer: dict[str, Any], shown: str | None) -> None:
    opened(world)
    world.receiver.answers.append(Answer(body=json.dumps(answer)))
    assert sent(world)[0] == {"ok": True}
    assert top(world) == shown


def test_errors_stay_in_the_form(world: World) -> None:
    opened(world)
    errors = {"comment": "Say more."}
    world.receiver.answers.append(Answer(body=json.dumps({"response_action": "errors", "errors": errors})))
    assert sent(world)[0] == {"ok": False, "errors": errors}
    assert top(world) == "Form"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(body="<html>"),
        Answer(body='{"response_action": "dance"}'),
        Answer(body='{"response_action": "errors", "errors": {"no_such_block": "x"}}'),
        Answer(body='{"response_action": "update", "view": {"type": "modal"}}'),
    ],
)
def test_an_answer_that_slack_cannot_use_is_trouble_in_the_form(world: World, answer: Answer) -> None:
    opened(world)
    world.receiver.answers.append(answer)
    assert sent(world)[0] == {"ok": False, "errors": {}}
    assert top(world) == "Form"
    assert [n["text"] for n in world.screen("U0TOM")["notices"]] == ["We had some trouble connecting. Try again?"]


@pytest.mark.parametrize(
    ("element", "value", "complaint"),
    [
        ({}, "", "Please complete this required field."),
        ({"min_length": 3}, "ab", "Please enter at least 3 characters."),
        ({"max_length": 3}, "abcd", "Please enter at most 3 characters."),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
        (
            {"type": "number_input", "is_decimal_allowed": True, "min_value": "2"},
            "1.5",
            "Please enter a number of at least 2.",
        ),
        (
            {"type": "number_input", "is_decimal_allowed": True, "max_value": "2"},
            "3",
            "Please enter a number of at most 2.",
        ),
        ({"type": "number_input", "is_decimal_allowed": True}, "lots", "Please enter a number."),
        ({"type": "email_text_input"}, "tom", "Please enter a valid email address."),
        ({"type": "url_text_input"}, "acme", "Please enter a valid URL."),
    ],
)
def test_slack_itself_checks_inputs_before_it_sends(
    world: World, element: dict[str, Any], value: str, complaint: str
) -> None:
    opened(world, modal(asked("comment", **element)))
    before = len(world.receiver.received)
    answer, _ = sent(world, {"comment": {"v": {"value": value}}})
    assert answer == {"ok": False, "errors": {"comment": complaint}}
    assert len(world.receiver.received) == before


def test_an_optional_input_may_stay_empty(world: World) -> None:
    opened(world, modal(asked("reason", optional=True)))
    assert sent(world, {"reason": {"v": {"value": ""}}})[0] == {"ok": True}


@pytest.mark.parametrize("told", [True, False])
def test_closing_a_form_is_told_only_to_an_app_that_asked(world: World, told: bool) -> None:
    view = opened(world, FORM | {"notify_on_close": told})
    before = len(world.receiver.received)
    world.act("U0TOM", "close", view_id=view["id"])
    kinds = [(each.payload["type"], each.payload["is_cleared"]) for each in world.receiver.received[before:]]
    assert kinds == ([("view_closed", False)] if told else [])
    assert top(world) is None


def test_nobody_can_send_or_click_in_somebody_elses_form(world: World) -> None:
    view = opened(world)
    before = len(world.receiver.received)
    for deed in ("submit", "close", "click"):
        assert world.act("U0JOSIE", deed, view_id=view["id"], action_id="v")["error"] == "not_found"
    assert len(world.receiver.received) == before


def test_the_home_tab_is_published_per_person_and_told_when_opened(world: World) -> None:
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("Connections")}]}
    view = world.client().views_publish(user_id="U0TOM", view=home)["view"]
    assert world.screen("U0TOM")["home"]["blocks"][0]["text"]["text"] == "Connections"
    assert world.screen("U0JOSIE")["home"] is None
    world.act("U0TOM", "home")
    event = world.receiver.wait_for(1)[0].payload["event"]
    assert (event["type"], event["tab"], event["user"], event["channel"]) == (
        "app_home_opened",
        "home",
        "U0TOM",
        "D0TOM",
    )
    assert event["view"]["id"] == view["id"]
    again = world.client().views_publish(user_id="U0TOM", view=home, hash=view["hash"])["view"]
    assert again["id"] == view["id"]
    assert (
        refusal(lambda: world.client().views_publish(user_id="U0TOM", view=home, hash=view["hash"])) == "hash_conflict"
    )
    assert refusal(lambda: world.client().views_publish(user_id="U0NOBODY", view=home)) == "invalid_arguments"
    assert refusal(lambda: world.client().views_publish(user_id="U0TOM", view=FORM)) == "invalid_arguments"
