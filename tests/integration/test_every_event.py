"""Every function's own handler with every recorded event: the answer is what Lambda's caller wants, and nothing leaks.

What comes before an event (a card, a connection, an action that waits) is the table's word in front of what the event
then does. Outside is in memory; all between handler and ports is the product.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from countersign.domain import queue_messages
from countersign.domain.action import ActionStatus
from countersign.domain.connection import Status
from tests.support import queue_events
from tests.support.every_event import FILES, EveryWorld, is_api_gateways, load_handler, recorded, secrets_in, sent
from tests.support.queue_events import ACTION, INTENT, JOSIE, batches, event
from tests.support.slack_requests import NOW
from tools.events import EVENTS, recorded_events

type HandlerOf = Callable[[str], Callable[[dict[str, Any]], Any]]


@pytest.fixture
def world() -> EveryWorld:
    return EveryWorld()


@pytest.fixture
def handler_of(world: EveryWorld, monkeypatch: pytest.MonkeyPatch) -> HandlerOf:
    """The handler of a function, by its folder, with this world around it."""
    monkeypatch.setattr("countersign.bootstrap.container", lambda **_: world)
    return load_handler


# --- the folders


@pytest.mark.parametrize(("function", "paths"), recorded_events().items())
def test_each_function_of_the_template_has_events(function: str, paths: list[Path]) -> None:
    assert paths, f"events/ has none for {function}"


def test_each_folder_of_events_is_a_functions() -> None:
    assert {path.name for path in EVENTS.iterdir()} == {path.parent.name for path in FILES.values()}


# --- behind the API

USUALLY = {"slack_interactions": 200, "oauth_callback": 404, "card_hooks": 400, "slack_install": 410}
"""Signed requests are taken, links that nobody made are unknown, and most recorded hooks are somebody's mistake.

A callback leads to a page; in a browser that was not led to it, it says less.
"""
STATUS = {
    "oauth_callback/connect_unknown_button": 400,
    "oauth_callback/connect_end_elsewhere": 409,
    **dict.fromkeys((name for name in FILES if re.fullmatch("oauth_callback/(app|slack)_callback.*", name)), 303),
    "slack_install/install": 302,
    "slack_install/oauth_redirect_without_state": 200,
    "card_hooks/decided_in_the_app": 202,
    "card_hooks/health": 200,
    "card_hooks/no_card_in_recipe": 404,
    "card_hooks/post_bearer": 202,
    "card_hooks/post_standard_webhooks": 202,
    "card_hooks/unknown_recipe": 404,
    "card_hooks/wrong_secret": 401,
}
REQUESTS = [name for name in FILES if name.partition("/")[0] in USUALLY]


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_gets_its_status_in_api_gateways_shape(name: str, handler_of: HandlerOf) -> None:
    folder = name.partition("/")[0]

    answer = handler_of(folder)(sent(name))

    assert is_api_gateways(json.loads(json.dumps(answer)))
    assert answer["statusCode"] == STATUS.get(name, USUALLY[folder])


@pytest.mark.parametrize(
    "name", [name for name in REQUESTS if name.startswith("slack_interactions") and "health" not in name]
)
def test_a_request_of_slacks_as_it_is_recorded_is_stale(name: str, handler_of: HandlerOf) -> None:
    assert handler_of("slack_interactions")(recorded(name))["statusCode"] == 401


# --- the queues


def connected(world: EveryWorld) -> None:
    world.connect(JOSIE, "josie")


def tom_connected(world: EveryWorld) -> None:
    world.connect(INTENT.person, "tom")


def cut(world: EveryWorld) -> None:
    world.connect(JOSIE, "josie", status=Status.REVOKING, revoking_since=NOW)


def waiting(world: EveryWorld) -> None:
    """Josie clicked, and is asked to sign in."""
    world.actions.create(replace(ACTION, waiting_for="servicenow"))


def waiting_for_nothing(world: EveryWorld) -> None:
    waiting(world)
    connected(world)


def unknown(world: EveryWorld) -> None:
    """Josie's call was sent, and nobody knows whether it arrived."""
    known = {"account_id": "id-josie", "account_label": "josie", "told": True}
    world.actions.create(replace(ACTION, status=ActionStatus.UNKNOWN, **known))


def arrived(world: EveryWorld) -> None:
    """As it turns out, it did arrive."""
    unknown(world)
    connected(world)
    world.servicenow.state, world.servicenow.recorded = "approved", "josie"


def left_unnoticed(world: EveryWorld) -> None:
    """Josie was deactivated, and the event about it got lost."""
    connected(world)
    world.slack.gone.append(JOSIE)


def nothing(world: EveryWorld) -> None:
    """Nobody did anything yet."""


DOES: Mapping[str, tuple[Callable[[EveryWorld], None], set[str]]] = {
    "app_actions/batch_with_one_malformed": (nothing, {"told U0JOSIE"}),
    "app_actions/button_approve": (connected, {"acted", "card rewritten"}),
    "app_actions/button_connect_link": (nothing, {"prompt kept"}),
    "app_actions/button_foreign_person": (nothing, {"told U0STRANGER"}),
    "app_actions/button_form_load": (nothing, {"link made", "form redrawn"}),
    "app_actions/button_happened": (arrived, {"card rewritten"}),
    "app_actions/button_not_happened": (unknown, {"told U0JOSIE"}),
    "app_actions/button_retry": (waiting_for_nothing, {"acted", "card rewritten"}),
    "app_actions/channel_moved": (nothing, {"channel followed"}),
    "app_actions/connected": (tom_connected, {"told U0TOM"}),
    "app_actions/form_comment": (connected, {"acted", "card rewritten"}),
    "app_actions/form_opportunity_organisation": (nothing, {"link made", "told U0JOSIE"}),
    "app_actions/malformed": (nothing, set()),
    "app_actions/message_history": (nothing, {"told U0JOSIE"}),
    "app_actions/new_link": (nothing, {"link made", "told U0TOM"}),
    "app_actions/renew": (connected, set()),
    "app_actions/left": (nothing, {"queued purge"}),
    "app_actions/purge": (connected, {"queued purge", "queued revoke"}),
    "app_actions/audit": (nothing, {"disconnection recorded"}),
    "app_actions/cut_app": (connected, {"queued cut_app", "queued revoke"}),
    "app_actions/cut_app_ended": (connected, {"queued cut_app", "told U0PRIYA"}),
    "app_actions/sweep": (left_unnoticed, {"queued left"}),
    "app_actions/resume": (waiting_for_nothing, {"acted", "card rewritten"}),
    "app_actions/revoke": (cut, {"revoked", "told U0JOSIE"}),
    "app_actions/sign_in_burnt": (nothing, {"told U0TOM"}),
    "app_actions/unknown_kind": (nothing, set()),
    "app_actions/unknown_version": (nothing, set()),
    "app_actions/waiting": (waiting_for_nothing, {"queued resume"}),
    "connections/batch_with_one_malformed": (nothing, {"told U0JOSIE"}),
    "connections/button_connect": (nothing, {"link made", "told U0JOSIE"}),
    "connections/button_connect_shared": (nothing, {"told U0JOSIE"}),
    "connections/button_connections": (nothing, {"told U0JOSIE"}),
    "connections/button_disconnect_in_home": (
        connected,
        {"queued revoke", "home shown", "told U0JOSIE", "disconnection recorded"},
    ),
    "connections/command_connections": (nothing, {"told U0JOSIE"}),
    "connections/command_help": (nothing, {"told U0JOSIE"}),
    "connections/event_home_opened": (nothing, {"home shown"}),
    "connections/event_mention": (nothing, {"told U0TOM"}),
    "connections/event_mention_foreign_person": (nothing, {"told U0STRANGER"}),
    "connections/event_message_connections": (nothing, {"told U0JOSIE"}),
    "connections/malformed": (nothing, set()),
    "connections/button_forget_me": (nothing, {"queued left", "told U0JOSIE"}),
    "connections/button_pause_app": (nothing, {"told U0JOSIE"}),
    "connections/picker_cut_person": (nothing, {"home shown"}),
    "connections/button_cut_person": (nothing, {"told U0JOSIE"}),
    "connections/message_forget_me": (nothing, {"told U0JOSIE"}),
    "connections/message_command": (nothing, {"told U0JOSIE"}),
    "connections/no_interaction": (nothing, set()),
    "connections/unknown_version": (nothing, set()),
}
"""Event → what came before it, and what it then does."""
FAILED = {"malformed", "unknown_version", "unknown_kind", "no_interaction"}
BATCHES = [name for name in FILES if name.partition("/")[0] in {"app_actions", "connections"}]


def done(world: EveryWorld) -> set[str]:
    """What anybody could notice."""
    happened = {
        "acted": world.servicenow.acts == 1,
        "form redrawn": len(world.slack.redrawn) == 1,
        "card rewritten": bool(world.slack.updated),
        "channel followed": world.cards.moved_channel("G0APPROVALS") == "C0SHARED",
        "home shown": bool(world.slack.homes),
        "link made": len(world.sign_ins.intents) == 2,
        "disconnection recorded": "disconnected" in world.audit.names,
        "prompt kept": any(intent.prompt for intent in world.sign_ins.intents.values()),
        "revoked": bool(world.authorization.revoked),
    }
    told = {f"told {person.user_id}" for person, _ in world.slack.told}
    return (
        {what for what, is_so in happened.items() if is_so} | told | {f"queued {k}" for k in world.actions_queue.kinds}
    )


@pytest.mark.parametrize("name", BATCHES)
def test_a_message_does_its_work_and_only_what_failed_goes_back(
    name: str, world: EveryWorld, handler_of: HandlerOf
) -> None:
    folder, _, stem = name.partition("/")
    before, effects = DOES[name]
    before(world)
    batch = sent(name)

    answer = handler_of(folder)(batch)

    ids = [record["messageId"] for record in batch["Records"]]
    failed = ids if stem in FAILED else ids[1:2]  # the second of three is the malformed one
    assert answer == {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
    assert done(world) == effects


def test_the_recorded_messages_are_what_the_product_sends() -> None:
    made = {f"{folder}/{name}": event(folder, name, batch) for (folder, name), batch in batches().items()}
    assert {name: recorded(name) for name in BATCHES} == made


def test_every_message_that_the_product_sends_is_recorded() -> None:
    builders = {name for name in vars(queue_messages) if name.endswith("_message") and not name.startswith("_")}
    assert builders <= set(vars(queue_events))


# --- the schedule


def test_the_schedule_ends_what_waited_too_long_and_answers_nothing(world: EveryWorld, handler_of: HandlerOf) -> None:
    waiting(world)
    world.now += 1_801

    for name in (name for name in FILES if name.startswith("housekeeping/")):
        assert handler_of("housekeeping")(sent(name)) is None

    assert done(world) == {"told U0JOSIE"}


# --- the logs

HOLDS_SECRETS = [name for name in FILES if any(secrets_in(sent(name)))]


def test_all_but_a_few_events_hold_secrets() -> None:
    assert FILES.keys() - HOLDS_SECRETS == {
        "card_hooks/health",
        "housekeeping/every_minute",
        "slack_install/install",
        "slack_interactions/health",
    }


@pytest.mark.parametrize("name", HOLDS_SECRETS)
def test_no_secret_of_an_event_is_written_anywhere(
    name: str,
    world: EveryWorld,
    handler_of: HandlerOf,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Looks at the records themselves, before the filter that masks what it recognises."""
    caplog.set_level(logging.DEBUG)
    DOES.get(name, (nothing,))[0](world)
    came = sent(name)
    handle = handler_of(name.partition("/")[0])

    handle(came)

    noted = [*(repr(vars(record)) for record in caplog.records), repr(world.journal.events), caplog.text]
    noted += capfd.readouterr()
    assert [secret for secret in secrets_in(came) if any(secret in line for line in noted)] == []
