"""What the app receives: signed, in Slack's shapes, within three seconds, and retried only where Slack retries."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_receiver import Answer, Received
from slack_sdk.signature import SignatureVerifier
from slack_world import SIGNING_SECRET, World

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "CHG0030001"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": "v1",
            },
            {
                "type": "button",
                "action_id": "open",
                "text": {"type": "plain_text", "text": "Open in ServiceNow"},
                "url": "http://servicenow.localhost/change",
            },
        ],
    },
]


def post_card(world: World) -> str:
    return str(world.client().chat_postMessage(channel="C0APPROVALS", text="A change", blocks=CARD)["ts"])


def click(world: World, user: str = "U0TOM", action_id: str = "approve") -> Received:
    world.act(user, "click", channel="C0APPROVALS", ts=post_card(world), block_id="decide", action_id=action_id)
    return world.receiver.wait_for(1)[-1]


def test_slacks_own_verifier_accepts_every_kind_of_delivery(world: World) -> None:
    click(world)
    world.act("U0TOM", "type", channel="D0TOM", text="hello")
    world.act("U0TOM", "type", channel="C0GENERAL", text="/countersign help")
    verifier = SignatureVerifier(SIGNING_SECRET)
    received = world.receiver.wait_for(3)
    assert {each.path for each in received} == {
        "/local/slack/interactions",
        "/local/slack/events",
        "/local/slack/commands",
    }
    assert [verifier.is_valid_request(each.body, each.headers) for each in received] == [True] * 3
    assert not verifier.is_valid_request(received[0].body + b" ", received[0].headers)


def test_a_click_arrives_as_block_actions_with_the_card_and_a_response_url(world: World) -> None:
    received = click(world)
    payload = received.payload
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"
    assert payload["type"] == "block_actions"
    assert payload["user"] == {"id": "U0TOM", "username": "tom", "name": "tom", "team_id": "T0ACME"}
    assert payload["team"] == {"id": "T0ACME", "domain": "acme"}
    assert payload["enterprise"] is None
    assert payload["channel"] == {"id": "C0APPROVALS", "name": "approvals"}
    assert payload["container"] == {
        "type": "message",
        "message_ts": payload["message"]["ts"],
        "channel_id": "C0APPROVALS",
        "is_ephemeral": False,
    }
    [action] = payload["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "approve",
        "block_id": "decide",
        "text": {"type": "plain_text", "text": "Approve", "emoji": True},
        "value": "v1",
    }
    assert payload["response_url"].startswith(f"{world.page_url}/slack/response/")
    assert payload["state"] == {"values": {}}


def test_a_url_button_in_an_ephemeral_message_delivers_a_click_without_the_message(world: World) -> None:
    world.client().chat_postEphemeral(channel="C0APPROVALS", user="U0TOM", text="Connect", blocks=CARD)
    [prompt] = world.messages("U0TOM", "C0APPROVALS")
    world.act("U0TOM", "click", channel="C0APPROVALS", ts=prompt["ts"], block_id="decide", action_id="open")
    payload = world.receiver.wait_for(1)[0].payload
    assert payload["container"]["is_ephemeral"] is True
    assert payload["actions"][0]["url"] == "http://servicenow.localhost/change"
    assert "message" not in payload
    assert payload["response_url"]


def test_in_an_organisation_the_users_team_is_the_organisation(start: Callable[..., World]) -> None:
    payload = click(start(enterprise_id="E0ACME")).payload
    assert payload["user"]["team_id"] == "E0ACME"
    assert payload["enterprise"] == {"id": "E0ACME", "name": "Acme Group"}
    assert payload["team"]["enterprise_id"] == "E0ACME"


def test_a_command_arrives_as_flat_fields_with_escaped_names(world: World) -> None:
    world.act("U0TOM", "type", channel="C0GENERAL", text="/countersign ask @josie in #general about R&D")
    fields = world.receiver.wait_for(1)[0].fields
    assert fields.pop("trigger_id")
    assert fields.pop("response_url")
    assert fields.pop("token")
    assert fields == {
        "team_id": "T0ACME",
        "team_domain": "acme",
        "channel_id": "C0GENERAL",
        "channel_name": "general",
        "user_id": "U0TOM",
        "user_name": "tom",
        "command": "/countersign",
        "text": "ask <@U0JOSIE|josie> in <#C0GENERAL|general> about R&amp;D",
        "api_app_id": "A0COUNTERSIGN",
        "is_enterprise_install": "false",
    }


def test_a_direct_message_arrives_as_an_event_of_the_installation(world: World) -> None:
    world.act("U0TOM", "type", channel="D0TOM", text="connections")
    envelope = world.receiver.wait_for(1)[0].payload
    assert envelope["type"] == "event_callback"
    assert envelope["event_id"].startswith("Ev")
    assert envelope["team_id"] == envelope["context_team_id"] == "T0ACME"
    assert envelope["authorizations"] == [
        {
            "enterprise_id": None,
            "team_id": "T0ACME",
            "user_id": "UBOT",
            "is_bot": True,
            "is_enterprise_install": False,
        }
    ]
    event = envelope["event"]
    assert (event["type"], event["channel_type"], event["user"], event["text"], event["channel"]) == (
        "message",
        "im",
        "U0TOM",
        "connections",
        "D0TOM",
    )


@pytest.mark.parametrize("text", ["<@UBOT> help", "@Countersign help"])
def test_a_mention_arrives_where_the_app_is_a_member(world: World, text: str) -> None:
    world.act("U0TOM", "type", channel="C0GENERAL", text=text)
    world.act("U0TOM", "type", channel="C0APPROVALS", text="nothing for the app")
    world.act("U0TOM", "type", channel="C0APPROVALS", text=text)
    world.act("U0TOM", "click", channel="C0APPROVALS", ts=post_card(world), action_id="approve")
    interaction_last = world.receiver.wait_for(2)
    events = [each.payload["event"] for each in interaction_last if each.path.endswith("/events")]
    assert [(event["type"], event["channel"], event["text"]) for event in events] == [
        ("app_mention", "C0APPROVALS", "<@UBOT> help")
    ]


def test_the_apps_own_direct_message_comes_back_to_it_with_a_bot_id(world: World) -> None:
    world.client().chat_postMessage(channel="U0TOM", text="Done")
    event = world.receiver.wait_for(1)[0].payload["event"]
    assert (event["user"], event["bot_id"], event["channel"]) == ("UBOT", "B0BOT", "D0TOM")


def test_an_event_is_retried_three_times_with_number_and_reason(world: World) -> None:
    world.receiver.answers.extend([Answer(status=503)] * 4)
    world.act("U0TOM", "type", channel="D0TOM", text="hello")
    received = world.receiver.wait_for(4)
    assert len({each.payload["event_id"] for each in received}) == 1
    assert [(each.headers.get("x-slack-retry-num"), each.headers.get("x-slack-retry-reason")) for each in received] == [
        (None, None),
        ("1", "http_error"),
        ("2", "http_error"),
        ("3", "http_error"),
    ]
    world.sandbox.close()
    assert len(world.receiver.received) == 4


def test_no_retry_is_honoured(world: World) -> None:
    world.receiver.answers.append(Answer(status=500, headers={"X-Slack-No-Retry": "1"}))
    world.act("U0TOM", "type", channel="D0TOM", text="hello")
    world.receiver.wait_for(1)
    world.sandbox.close()
    assert len(world.receiver.received) == 1


def test_a_late_event_is_retried_for_its_timeout(start: Callable[..., World]) -> None:
    world = start(acknowledge_seconds=0.2)
    world.receiver.answers.append(Answer(delay=0.6))
    world.act("U0TOM", "type", channel="D0TOM", text="hello")
    assert world.receiver.wait_for(2)[1].headers["x-slack-retry-reason"] == "http_timeout"


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        (Answer(status=503), "This app responded with status code 503."),
        (Answer(delay=0.6), "This app did not respond in time (operation_timeout)."),
    ],
)
def test_a_click_that_fails_shows_a_warning_sign_and_is_not_retried(
    start: Callable[..., World], answer: Answer, sign: str
) -> None:
    world = start(acknowledge_seconds=0.2)
    world.receiver.answers.append(answer)
    click(world)
    world.sandbox.close()
    assert [notice["text"] for notice in world.screen("U0TOM")["notices"]] == [sign]
    assert world.screen("U0JOSIE")["notices"] == []
    assert len(world.receiver.received) == 1


@pytest.mark.parametrize(
    ("answer", "error"), [(Answer(status=500), "dispatch_failed"), (Answer(delay=0.6), "operation_timeout")]
)
def test_a_command_that_fails_names_slacks_error(start: Callable[..., World], answer: Answer, error: str) -> None:
    world = start(acknowledge_seconds=0.2)
    world.receiver.answers.append(answer)
    world.act("U0TOM", "type", channel="C0GENERAL", text="/countersign help")
    [notice] = world.screen("U0TOM")["notices"]
    assert notice["text"] == f'/countersign failed with the error "{error}"'


@pytest.mark.parametrize(
    ("body", "shown_to"),
    [('{"text": "Here"}', ["U0TOM"]), ('{"text": "Here", "response_type": "in_channel"}', ["U0TOM", "U0JOSIE"])],
)
def test_a_commands_answer_is_private_unless_it_says_otherwise(world: World, body: str, shown_to: list[str]) -> None:
    world.receiver.answers.append(Answer(body=body))
    world.act("U0TOM", "type", channel="C0GENERAL", text="/countersign help")
    seen = [user for user in ("U0TOM", "U0JOSIE") if world.messages(user, "C0GENERAL")]
    assert seen == shown_to


def test_deliveries_are_recorded_for_the_person_who_caused_them(world: World) -> None:
    world.receiver.answers.append(Answer(status=401))
    click(world)
    [delivery] = world.screen("U0TOM")["deliveries"]
    assert delivery.pop("at")
    assert delivery.pop("ms") >= 0
    assert delivery == {"route": "/slack/interactions", "kind": "block_actions", "status": 401, "retry": 0}
    assert world.screen("U0JOSIE")["deliveries"] == []


def test_a_shortcut_has_no_channel_and_a_message_shortcut_brings_the_message(world: World) -> None:
    ts = post_card(world)
    world.act("U0TOM", "shortcut", callback_id="recipe.create_opportunity")
    world.act("U0TOM", "shortcut", callback_id="recipe.look_up", channel="C0APPROVALS", ts=ts)
    plain, on_message = (each.payload for each in world.receiver.wait_for(2))
    assert (plain["type"], plain["callback_id"]) == ("shortcut", "recipe.create_opportunity")
    assert not {"channel", "response_url", "message"} & set(plain)
    assert (on_message["type"], on_message["message"]["ts"], on_message["message_ts"]) == ("message_action", ts, ts)
    assert "team_id" not in on_message["user"]


def test_the_events_url_is_verified_by_a_challenge(world: World) -> None:
    events = world.sandbox.slack.state.events
    world.receiver.answers.extend([Answer(body='{"challenge": "abc"}'), Answer(body="abc"), Answer(body="no")])
    assert [events.verify_url("abc") for _ in range(3)] == [True, True, False]
    expected: dict[str, Any] = {"challenge": "abc", "type": "url_verification"}
    assert world.receiver.received[0].payload.items() >= expected.items()


def test_any_event_can_be_sent_for_tests(world: World) -> None:
    event = {"type": "app_uninstalled"}
    answer = world.sandbox.slack.wsgi.test_client().post("/api/events", json={"event": event}).get_json()
    envelope = world.receiver.wait_for(1)[0].payload
    assert (envelope["event"], envelope["event_id"]) == (event, answer["event_id"])
