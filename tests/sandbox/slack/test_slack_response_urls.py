"""Answers by response URL, sent with Slack's own webhook client."""

from typing import Any

import pytest
from slack_sdk.webhook import WebhookClient
from slack_world import World

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Card"}},
    {
        "type": "actions",
        "block_id": "b",
        "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
    },
]


def click(world: World, ts: str, user: str = "U0TOM") -> WebhookClient:
    world.act(user, "click", channel="C0APPROVALS", ts=ts, action_id="go")
    return WebhookClient(world.receiver.received[-1].payload["response_url"])


def on_card(world: World) -> WebhookClient:
    return click(world, world.client().chat_postMessage(channel="C0APPROVALS", text="Card", blocks=CARD)["ts"])


def on_prompt(world: World) -> WebhookClient:
    world.client().chat_postEphemeral(channel="C0APPROVALS", user="U0TOM", text="Connect", blocks=CARD)
    return click(world, world.messages("U0TOM", "C0APPROVALS")[-1]["ts"])


def seen(world: World, user: str, channel: str = "C0APPROVALS") -> list[tuple[str, bool]]:
    return [(message["text"], message["ephemeral"]) for message in world.messages(user, channel)]


def test_an_answer_is_private_to_the_person_and_leaves_the_card(world: World) -> None:
    assert on_card(world).send(text="Only you", replace_original=False).status_code == 200
    assert seen(world, "U0TOM") == [("Card", False), ("Only you", True)]
    assert seen(world, "U0JOSIE") == [("Card", False)]


def test_replacing_the_original_of_a_card_replaces_it_for_everyone(world: World) -> None:
    on_card(world).send(text="Overwritten", replace_original=True)
    assert seen(world, "U0JOSIE") == [("Overwritten", False)]
    assert world.messages("U0JOSIE", "C0APPROVALS")[0]["blocks"] == []


def test_a_private_prompt_can_be_replaced_and_deleted_by_a_click_in_it(world: World) -> None:
    url = on_prompt(world)
    url.send(text="Connected", replace_original=True)
    assert seen(world, "U0TOM") == [("Connected", True)]
    url.send(delete_original=True)
    assert seen(world, "U0TOM") == []
    assert url.send(text="Too late", replace_original=True).status_code == 400


def test_an_answer_in_the_channel_is_for_all_and_may_go_to_a_thread(world: World) -> None:
    url = on_card(world)
    ts = world.messages("U0TOM", "C0APPROVALS")[0]["ts"]
    url.send_dict({"text": "All", "response_type": "in_channel", "thread_ts": ts})
    answer = world.messages("U0JOSIE", "C0APPROVALS")[-1]
    assert (answer["text"], answer["ephemeral"], answer["thread_ts"]) == ("All", False, ts)


def test_a_response_url_works_where_the_app_is_no_member(world: World) -> None:
    world.act("U0TOM", "type", channel="C0GENERAL", text="/countersign help")
    url = WebhookClient(world.receiver.received[-1].fields["response_url"])
    assert url.send(text="Help").status_code == 200
    assert seen(world, "U0TOM", "C0GENERAL") == [("Help", True)]


def test_a_response_url_works_five_times(world: World) -> None:
    url = on_card(world)
    answers = [url.send(text=f"{n}", replace_original=False) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[5].body


def test_a_response_url_works_for_thirty_minutes(world: World) -> None:
    url = on_card(world)
    world.clock.ahead += 30 * 60 - 5
    assert url.send(text="In time", replace_original=False).status_code == 200
    world.clock.ahead += 6
    late = url.send(text="Late", replace_original=False)
    assert (late.status_code, "expired_url" in late.body) == (404, True)


def test_an_unknown_response_url_is_not_found(world: World) -> None:
    assert WebhookClient(f"{world.page_url}/slack/response/guess").send(text="x").status_code == 404


@pytest.mark.parametrize(
    ("answer", "error"),
    [({"replace_original": False}, "no_text"), ({"blocks": [{"type": "banner"}]}, "invalid_blocks")],
)
def test_a_broken_answer_is_refused(world: World, answer: dict[str, Any], error: str) -> None:
    refused = on_card(world).send_dict(answer)
    assert (refused.status_code, error in refused.body) == (400, True)
    assert seen(world, "U0TOM") == [("Card", False)]
