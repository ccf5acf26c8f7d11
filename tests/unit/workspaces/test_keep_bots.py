"""Bots' tokens are renewed in time, by a function that may; nobody else needs to."""

from dataclasses import replace

from countersign.domain.errors import AppUnavailable, InvalidGrant
from countersign.domain.identity import Workspace
from countersign.domain.installation import CHAT, bot_of
from tests.support.memory_workspaces import ACME, LABS
from tests.unit.workspaces.test_bot_tokens import Speaking


def test_tokens_with_less_than_three_hours_left_are_renewed_and_others_are_not() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.now += 9 * 3_600 + 1
    world.install(LABS, expires_in=43_200)
    world.keep_bots()
    assert set(world.slack_server.live) == {"T0ACME"}
    renewed = world.bot_connections.get(bot_of("T0ACME"), CHAT.id)
    assert renewed is not None
    assert (renewed.version, renewed.expires_at) == (2, world.now + 43_200)


def test_a_token_that_does_not_rotate_is_left_alone() -> None:
    world = Speaking()
    world.install(ACME)
    world.now += 400 * 86_400
    world.keep_bots()
    assert world.slack_server.calls == 0


def test_a_bot_that_was_removed_is_not_renewed() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.installations.mark_gone("T0ACME", None, world.now + 1)
    world.now += 43_000
    world.keep_bots()
    assert world.slack_server.calls == 0


def test_one_that_fails_is_noted_and_does_not_stop_the_others() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.install(LABS, expires_in=43_200)
    world.now += 43_000
    world.slack_server.fails = AppUnavailable("down")
    world.keep_bots()
    assert world.journal.names.count("bot_not_renewed") == 2


def test_one_that_can_not_be_renewed_any_more_is_noted_once() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.now += 43_000
    world.slack_server.fails = InvalidGrant("invalid_refresh_token")
    for _ in range(3):
        world.keep_bots()
    assert world.journal.names == ["grant_ended", "bot_not_renewed"]


def test_a_deployment_for_one_workspace_asks_nobody() -> None:
    world = Speaking("T0ACME", given=Workspace("T0ACME"))
    world.installations.rows["T0ACME"] = replace(ACME, installed_at=0)
    for outside in ("installations", "bot_connections"):
        world.__dict__[outside] = None
    world.keep_bots()
    assert world.slack_server.calls == 0
