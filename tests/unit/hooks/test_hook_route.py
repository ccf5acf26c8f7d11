"""A business system's call from its bytes to the card."""

import json
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.card import CardStatus, Decision, card_id
from countersign.domain.card_button import CardButton
from countersign.domain.identity import Workspace
from countersign.domain.secret import Secret
from countersign.entrypoints.hooks import handle
from tests.support.acting_world import JOSIE, ActingWorld
from tests.support.memory_chat import buttons
from tests.support.memory_workspaces import ACME, LABS
from tests.support.scripted_servicenow import CHANGE

BODY = {
    "sys_id": CHANGE,
    "number": "CHG0030001",
    "short_description": "Upgrade the payroll database",
    "requested_by": "Priya",
    "key": CHANGE,
}


class HookWorld(ActingWorld):
    def hook_secrets(self, recipe: str) -> dict[str, Secret]:
        return {"": Secret("s3cret")} if recipe == "approve_change" else {}


@pytest.fixture
def world() -> HookWorld:
    return HookWorld()


def call(
    world: HookWorld,
    body: Any = BODY,
    *,
    recipe: str = "approve_change",
    secret: str = "s3cret",
    headers: dict[str, str] | None = None,
    raw: str | None = None,
) -> tuple[int, dict[str, Any]]:
    event = {
        "httpMethod": "POST",
        "path": f"/hooks/{recipe}",
        "resource": "/hooks/{recipe}",
        "pathParameters": {"recipe": recipe},
        "headers": {"Authorization": f"Bearer {secret}", **(headers or {})},
        "body": json.dumps(body) if raw is None else raw,
        "isBase64Encoded": False,
    }
    answer = handle(event, world)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_card_is_posted_and_named(world: HookWorld) -> None:
    status, answer = call(world)

    card = card_id("approve_change", "T0ACME", f"key:{CHANGE}")
    assert (status, answer) == (202, {"card": card})
    ((channel, message),) = world.slack.posted
    assert channel == "#approvals"
    assert [b.label for b in buttons(message)] == ["Approve", "Reject", "Open in ServiceNow"]
    values = [CardButton.from_value(b.value) for b in buttons(message)[:2]]
    assert [(v.recipe, v.card, v.procedure) for v in values] == [
        ("approve_change", card, choice) for choice in ("approve", "reject")
    ]


def test_the_same_key_is_the_same_card_brought_up_to_date(world: HookWorld) -> None:
    _, first = call(world)

    status, again = call(world, {**BODY, "short_description": "Upgrade two databases"})

    assert (status, again) == (200, first)
    assert len(world.slack.posted) == 1
    assert world.slack.updated[-1][1].summary.values["title"] == "Change CHG0030001: Upgrade two databases"


def test_a_delivery_that_comes_again_changes_nothing(world: HookWorld) -> None:
    headers = {"Webhook-Id": "msg_1"}
    _, first = call(world, {**BODY, "key": None}, headers=headers)

    status, again = call(world, {**BODY, "key": None, "short_description": "other"}, headers=headers)

    assert (status, again, len(world.slack.posted), world.slack.updated) == (200, first, 1, [])


def test_a_record_decided_in_the_app_itself_closes_its_card(world: HookWorld) -> None:
    _, answer = call(world)

    call(world, {**BODY, "state": "rejected", "decided_by": "Josie"})

    card = world.cards.rows[answer["card"]]
    assert (card.status, card.decision) == (CardStatus.CLOSED, Decision("", "Rejected", None, "Josie", world.now))
    assert [b.label for b in buttons(world.slack.updated[-1][1])] == ["Open in ServiceNow"]


def test_a_decision_made_here_keeps_naming_its_person(world: HookWorld) -> None:
    world.connect(JOSIE, "josie")
    _, answer = call(world)
    copy = world.cards.rows[answer["card"]].copies[0]
    approve = buttons(world.slack.posted[0][1])[0]
    world.click(JOSIE, value=approve.value, message=(copy.channel, copy.ts))

    call(world, {**BODY, "state": "approved", "decided_by": "Josie"})

    decision = world.cards.rows[answer["card"]].decision
    assert decision is not None
    assert decision.user_id == "U0JOSIE"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"number": None}, "number"),
        ({"number": ["x"]}, "number"),
        ({"sys_id": "not hexadecimal"}, "sys_id"),
        ({"key": 7}, "key"),
        ({"key": "k" * 256}, "key"),
        ({"workspace": "T0OTHER"}, "workspace"),
    ],
)
def test_a_wrong_field_is_named(world: HookWorld, changes: dict[str, Any], named: str) -> None:
    status, answer = call(world, {**BODY, **changes})

    assert status == 400
    assert named in answer["message"]
    assert world.slack.posted == []


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "no json",
        "[]",
        "null",
        "1",
        '{"a":' * 5_000,
        '{"key": "\\ud800"}',
        '{"\\udfff": 1}',
        '{"number": NaN}',
        '{"number": -Infinity}',
        '{"number": 1e400}',
        '{"key": "a", "key": "b"}',
    ],
)
def test_a_body_that_is_no_json_object_is_said_so(world: HookWorld, raw: str) -> None:
    status, answer = call(world, raw=raw)

    assert status == 400
    assert "JSON" in answer["message"]


def test_only_slack_is_told_not_to_come_again(world: HookWorld) -> None:
    event = {"httpMethod": "POST", "path": "/hooks/x", "resource": "/hooks/{recipe}", "headers": {}, "body": "{}"}

    assert "X-Slack-No-Retry" not in handle(event, world)["headers"]


def test_a_wrong_secret_opens_nothing_and_reads_nothing(world: HookWorld) -> None:
    status, _ = call(world, raw="no json", secret="wrong")

    assert status == 401


@pytest.mark.parametrize("recipe", ["nothing", "create_opportunity", ""])
def test_only_recipes_with_a_card_have_a_hook(world: HookWorld, recipe: str) -> None:
    assert call(world, recipe=recipe)[0] == 404


def test_a_hook_whose_secret_nobody_filled_in_is_closed(world: HookWorld) -> None:
    assert call(world, recipe="approve_deal", secret="")[0] == 401


def test_when_slack_does_not_answer_the_sender_tries_again_and_gets_its_card(world: HookWorld) -> None:
    world.slack.down = True
    assert call(world)[0] == 503
    world.slack.down = False

    status, _ = call(world)

    assert status in (200, 202)
    assert len(world.slack.posted) == 1


def test_a_body_that_is_too_large_is_refused(world: HookWorld) -> None:
    assert call(world, {**BODY, "number": "x" * 70_000})[0] == 413


class SeveralSecrets(HookWorld):
    """Two workspaces of two companies, each with a secret of its own."""

    serves_several = True

    def __init__(self) -> None:
        super().__init__()
        self.installations.put(ACME)
        self.installations.put(LABS)

    def hook_secrets(self, recipe: str) -> dict[str, Secret]:  # noqa: ARG002 - every hook has them here
        return {"T0ACME": Secret("s3cret"), "T1LABS": Secret("labs-s3cret")}


def test_a_secret_of_one_workspace_posts_nothing_in_another() -> None:
    world = SeveralSecrets()
    assert call(world, {**BODY, "workspace": "T1LABS"})[0] == 401
    assert (world.cards.rows, world.slack.posted) == ({}, [])
    assert call(world, {**BODY, "workspace": "T0ACME"})[0] == 202
    assert call(world, {**BODY, "workspace": "T1LABS"}, secret="labs-s3cret")[0] == 202
    assert sorted(card.workspace.id for card in world.cards.rows.values()) == ["T0ACME", "T1LABS"]


def test_the_same_delivery_id_in_another_workspace_is_another_delivery() -> None:
    world = SeveralSecrets()
    numbered = {"webhook-id": "1"}
    first = call(world, {**BODY, "workspace": "T0ACME"}, headers=numbered)
    other = call(world, {**BODY, "workspace": "T1LABS"}, headers=numbered, secret="labs-s3cret")
    assert (first[0], other[0]) == (202, 202)
    assert first[1]["card"] != other[1]["card"]
    assert call(world, {**BODY, "workspace": "T0ACME"}, headers=numbered) == (200, first[1])


def test_a_sibling_workspaces_card_is_not_brought_up_to_date_from_elsewhere() -> None:
    world = SeveralSecrets()
    call(world, {**BODY, "workspace": "T0ACME"})
    (card,) = world.cards.rows.values()
    world.cards.rows[card.id] = replace(card, workspace=Workspace("T5SALES", "T0ACME"))
    status, answer = call(world, {**BODY, "workspace": "T0ACME", "short_description": "Another"})
    assert (status, answer["message"]) == (400, "key: it belongs to a card of another workspace already")
    assert world.cards.rows[card.id].inputs == card.inputs
