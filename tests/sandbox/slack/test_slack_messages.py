"""Messages by the Web API, judged by Slack's own client library and by what each person sees."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from slack_sdk.errors import SlackApiError
from slack_world import BOT_TOKEN, World

SECTION = [{"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "*Hi*", "verbatim": False}}]


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(SlackApiError) as refused:
        call()
    return str(refused.value.response["error"])


def texts(world: World, user: str, channel: str) -> list[str]:
    return [message["text"] for message in world.messages(user, channel)]


def test_a_message_in_a_channel_is_seen_by_all_its_members(world: World) -> None:
    posted = world.client().chat_postMessage(channel="C0APPROVALS", text="Hi", blocks=SECTION)
    for user in ("U0TOM", "U0JOSIE"):
        [message] = world.messages(user, "C0APPROVALS")
        assert message == {
            "ts": posted["ts"],
            "user": "UBOT",
            "username": "Countersign",
            "text": "Hi",
            "blocks": SECTION,
            "ephemeral": False,
            "edited": False,
            "thread_ts": None,
            "chosen": {},
        }


def test_posting_to_a_person_answers_the_channel_of_their_dm(world: World) -> None:
    posted = world.client().chat_postMessage(channel="U0TOM", text="Hi")
    assert posted["channel"] == "D0TOM"
    assert texts(world, "U0TOM", "D0TOM") == ["Hi"]
    world.client().chat_update(channel="D0TOM", ts=posted["ts"], text="Changed")
    assert texts(world, "U0TOM", "D0TOM") == ["Changed"]
    assert (
        refusal(lambda: world.client().chat_update(channel="U0TOM", ts=posted["ts"], text="x")) == "channel_not_found"
    )


def test_form_bodies_with_a_token_field_work_like_json(world: World) -> None:
    fields = {"token": BOT_TOKEN, "channel": "C0APPROVALS", "text": "Hi", "blocks": json.dumps(SECTION)}
    assert requests.post(f"{world.api_url}chat.postMessage", data=fields, timeout=5).json()["ok"] is True
    assert world.messages("U0TOM", "C0APPROVALS")[0]["blocks"] == SECTION


@pytest.mark.parametrize(
    ("token", "error"), [({}, "not_authed"), ({"Authorization": "Bearer xoxb-other"}, "invalid_auth")]
)
def test_a_call_without_a_good_token_is_refused(world: World, token: dict[str, str], error: str) -> None:
    answer = requests.post(f"{world.api_url}auth.test", headers=token, timeout=5)
    assert (answer.status_code, answer.json()) == (200, {"ok": False, "error": error})


def test_a_token_inside_a_json_body_counts_for_nothing(world: World) -> None:
    answer = requests.post(f"{world.api_url}auth.test", json={"token": BOT_TOKEN}, timeout=5)
    assert answer.json()["error"] == "not_authed"


def test_an_unknown_method_is_refused(world: World) -> None:
    assert refusal(lambda: world.client().api_call("chat.shout")) == "unknown_method"


def test_the_app_posts_only_where_it_may(world: World, start: Callable[..., World]) -> None:
    client = world.client()
    assert refusal(lambda: client.chat_postMessage(channel="C0GENERAL", text="x")) == "not_in_channel"
    assert refusal(lambda: client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert refusal(lambda: client.api_call("chat.postMessage", json={"channel": "C0APPROVALS"})) == "no_text"
    public = start(scopes="chat:write,chat:write.public")
    assert public.client().chat_postMessage(channel="#general", text="x")["channel"] == "C0GENERAL"


def test_a_missing_scope_is_named(start: Callable[..., World]) -> None:
    client = start(scopes="chat:write").client()
    with pytest.raises(SlackApiError) as refused:
        client.users_info(user="U0TOM")
    answer = refused.value.response
    assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "users:read", "chat:write")


def test_only_the_apps_own_messages_can_be_changed_or_deleted(world: World) -> None:
    ts = world.act("U0TOM", "type", channel="C0APPROVALS", text="mine")["ts"]
    client = world.client()
    assert refusal(lambda: client.chat_update(channel="C0APPROVALS", ts=ts, text="x")) == "cant_update_message"
    assert refusal(lambda: client.chat_delete(channel="C0APPROVALS", ts=ts)) == "cant_delete_message"
    assert refusal(lambda: client.chat_update(channel="C0APPROVALS", ts="1.0", text="x")) == "message_not_found"
    assert texts(world, "U0TOM", "C0APPROVALS") == ["mine"]


def test_an_update_is_seen_by_everyone_and_drops_blocks_that_it_does_not_repeat(world: World) -> None:
    client = world.client()
    ts = client.chat_postMessage(channel="C0APPROVALS", text="Hi", blocks=SECTION)["ts"]
    client.chat_update(channel="C0APPROVALS", ts=ts, text="Approved by Josie")
    [message] = world.messages("U0JOSIE", "C0APPROVALS")
    assert (message["text"], message["blocks"], message["edited"]) == ("Approved by Josie", [], True)


def test_an_update_takes_at_most_4000_characters(world: World) -> None:
    client = world.client()
    ts = client.chat_postMessage(channel="C0APPROVALS", text="x" * 4001)["ts"]
    assert refusal(lambda: client.chat_update(channel="C0APPROVALS", ts=ts, text="x" * 4001)) == "msg_too_long"
    assert client.chat_update(channel="C0APPROVALS", ts=ts, text="x" * 4000)["ok"] is True


def test_a_deleted_message_is_gone(world: World) -> None:
    client = world.client()
    ts = client.chat_postMessage(channel="C0APPROVALS", text="Hi")["ts"]
    client.chat_delete(channel="C0APPROVALS", ts=ts)
    assert world.messages("U0TOM", "C0APPROVALS") == []


def test_an_ephemeral_message_is_for_one_person_and_has_no_usable_ts(world: World) -> None:
    client = world.client()
    answer = client.chat_postEphemeral(channel="C0APPROVALS", user="U0TOM", text="Psst")
    assert texts(world, "U0TOM", "C0APPROVALS") == ["Psst"]
    assert world.messages("U0TOM", "C0APPROVALS")[0]["ephemeral"] is True
    assert world.messages("U0JOSIE", "C0APPROVALS") == []
    ts = answer["message_ts"]
    assert refusal(lambda: client.chat_update(channel="C0APPROVALS", ts=ts, text="x")) == "message_not_found"
    assert client.conversations_history(channel="C0APPROVALS")["messages"] == []


def test_an_ephemeral_message_needs_both_to_be_members(world: World) -> None:
    client = world.client()
    assert refusal(lambda: client.chat_postEphemeral(channel="C0GENERAL", user="U0TOM", text="x")) == "not_in_channel"
    assert (
        refusal(lambda: client.chat_postEphemeral(channel="C0APPROVALS", user="U9GONE", text="x"))
        == "user_not_in_channel"
    )
    assert (
        refusal(lambda: client.chat_postEphemeral(channel="D0TOM", user="U0JOSIE", text="x")) == "user_not_in_channel"
    )


def test_a_permalink_leads_to_the_message(world: World) -> None:
    client = world.client()
    ts = client.chat_postMessage(channel="C0APPROVALS", text="Hi")["ts"]
    link = client.chat_getPermalink(channel="C0APPROVALS", message_ts=ts)["permalink"]
    assert link == f"{world.slack_url}/archives/C0APPROVALS/p{ts.replace('.', '')}"


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ({"status": 500}, 500, "internal_error"),
        ({"status": 429, "retry_after": 7}, 429, "ratelimited"),
        ({"status": 200, "error": "fatal_error"}, 200, "fatal_error"),
    ],
)
def test_a_planted_fault_spoils_one_call_and_nothing_is_posted(
    world: World, fault: dict[str, object], status: int, error: str
) -> None:
    requests.post(f"{world.page_url}/api/faults", json={"method": "chat.postMessage", **fault}, timeout=5)
    with pytest.raises(SlackApiError) as refused:
        world.client().chat_postMessage(channel="C0APPROVALS", text="one")
    assert (refused.value.response.status_code, refused.value.response["error"]) == (status, error)
    if status == 429:
        assert refused.value.response.headers["Retry-After"] == "7"
    world.client().chat_postMessage(channel="C0APPROVALS", text="two")
    assert texts(world, "U0TOM", "C0APPROVALS") == ["two"]


def test_faults_can_be_taken_back_and_are_checked(world: World) -> None:
    url = f"{world.page_url}/api/faults"
    assert requests.post(url, json={"method": "*", "status": 500}, timeout=5).json() == {"ok": True}
    assert requests.post(url, json={"method": "*", "colour": "red"}, timeout=5).status_code == 400
    assert requests.delete(url, timeout=5).json() == {"ok": True}
    assert world.client().auth_test()["ok"] is True


def test_simultaneous_calls_neither_lose_a_message_nor_share_a_timestamp(world: World) -> None:
    def post(number: int) -> str:
        return str(world.client().chat_postMessage(channel="C0APPROVALS", text=f"{number}")["ts"])

    with ThreadPoolExecutor(8) as pool:
        stamps = set(pool.map(post, range(40)))
    assert len(stamps) == 40
    assert sorted(texts(world, "U0TOM", "C0APPROVALS"), key=int) == [f"{number}" for number in range(40)]


def test_a_fault_may_come_after_the_work_or_only_slow_it(world: World) -> None:
    for fault in ({"status": 502, "body": "<html>Bad gateway</html>", "after": True}, {"status": 200, "delay": 0.2}):
        requests.post(f"{world.page_url}/api/faults", json={"method": "*", **fault}, timeout=5)
    url, fields = f"{world.api_url}chat.postMessage", {"token": BOT_TOKEN, "channel": "C0APPROVALS", "text": "once"}
    lost = requests.post(url, data=fields, timeout=5)
    slow = requests.post(url, data=fields | {"text": "twice"}, timeout=5)
    assert (lost.status_code, lost.text) == (502, "<html>Bad gateway</html>")
    assert slow.json()["ok"] is True
    assert slow.elapsed.total_seconds() >= 0.2
    assert texts(world, "U0TOM", "C0APPROVALS") == ["once", "twice"]
