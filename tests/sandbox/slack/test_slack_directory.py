"""People, conversations and user groups by the Web API, in Slack's shapes and in pages."""

from collections.abc import Callable

import pytest
from slack_sdk.errors import SlackApiError
from slack_world import World


def test_auth_test_names_the_bot_and_the_workspace(world: World) -> None:
    answer = world.client().auth_test()
    assert (answer["team_id"], answer["team"], answer["user_id"], answer["bot_id"], answer["app_id"]) == (
        "T0ACME",
        "Acme",
        "UBOT",
        "B0BOT",
        "A0COUNTERSIGN",
    )
    assert "enterprise_id" not in answer.data


def test_a_person_is_found_by_id_and_by_email(world: World) -> None:
    client = world.client()
    by_id = client.users_info(user="U0JOSIE")["user"]
    assert by_id["profile"]["email"] == "josie@acme.com"
    assert by_id["deleted"] is False
    assert client.users_lookupByEmail(email="Josie@acme.com")["user"]["id"] == "U0JOSIE"


@pytest.mark.parametrize(
    ("method", "argument", "error"),
    [
        ("users.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users.lookupByEmail", {"email": "nobody@acme.com"}, "users_not_found"),
        ("conversations.info", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("conversations.history", {"channel": "C0GENERAL"}, "not_in_channel"),
        ("conversations.open", {"users": "U0TOM,U0JOSIE"}, "missing_scope"),
        ("users.list", {"cursor": "nonsense"}, "invalid_cursor"),
        ("users.list", {"limit": "lots"}, "invalid_limit"),
        ("usergroups.users.list", {"usergroup": "S0NONE"}, "no_such_subteam"),
    ],
)
def test_what_is_not_there_is_refused_by_name(world: World, method: str, argument: dict[str, str], error: str) -> None:
    with pytest.raises(SlackApiError) as refused:
        world.client().api_call(method, params=argument)
    assert refused.value.response["error"] == error


def test_without_the_email_scope_there_is_no_email(start: Callable[..., World]) -> None:
    user = start(scopes="users:read").client().users_info(user="U0JOSIE")["user"]
    assert "email" not in user["profile"]


def test_a_deactivated_person_is_marked_and_not_found_by_email(world: World) -> None:
    world.sandbox.slack.state.home_workspace.deactivated.add("U0TOM")
    client = world.client()
    assert client.users_info(user="U0TOM")["user"]["deleted"] is True
    with pytest.raises(SlackApiError, match="users_not_found"):
        client.users_lookupByEmail(email="tom@acme.com")


def test_slacks_client_walks_the_pages_of_a_list(world: World) -> None:
    pages = world.client().users_list(limit=2)
    assert [[member["id"] for member in page["members"]] for page in pages] == [
        ["U0JOSIE", "U0TOM"],
        ["U0PRIYA", "UBOT"],
    ]


def test_a_conversations_members_tell_whether_the_app_is_in(world: World) -> None:
    client = world.client()
    assert "UBOT" in client.conversations_members(channel="C0APPROVALS")["members"]
    assert "UBOT" not in client.conversations_members(channel="C0GENERAL")["members"]
    assert client.conversations_info(channel="C0GENERAL")["channel"]["is_member"] is False


def test_conversations_are_listed_by_kind(world: World) -> None:
    client = world.client()
    names = [each["name"] for each in client.conversations_list()["channels"]]
    assert names == ["approvals", "engineering", "expenses", "general"]
    direct = client.conversations_list(types="im")["channels"]
    assert [each["user"] for each in direct] == ["U0JOSIE", "U0TOM", "U0PRIYA"]


def test_opening_a_conversation_answers_the_dm(world: World) -> None:
    assert world.client().conversations_open(users="U0TOM")["channel"] == {"id": "D0TOM"}


def test_history_comes_newest_first_in_pages(world: World) -> None:
    client = world.client()
    for text in ("one", "two", "three"):
        client.chat_postMessage(channel="C0APPROVALS", text=text)
    first = client.conversations_history(channel="C0APPROVALS", limit=2)
    rest = client.conversations_history(
        channel="C0APPROVALS", limit=2, cursor=first["response_metadata"]["next_cursor"]
    )
    assert ([m["text"] for m in first["messages"]], first["has_more"]) == (["three", "two"], True)
    assert ([m["text"] for m in rest["messages"]], rest["has_more"]) == (["one"], False)
    newer = client.conversations_history(channel="C0APPROVALS", oldest=rest["messages"][0]["ts"])
    assert [m["text"] for m in newer["messages"]] == ["three", "two"]


def test_a_user_group_and_its_members(world: World) -> None:
    client = world.client()
    [group] = client.usergroups_list(include_users=True)["usergroups"]
    assert (group["handle"], group["users"]) == ("change-approvers", ["U0JOSIE"])
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == ["U0JOSIE"]
