"""Who did what, read from each recorded request."""

from typing import Any

import pytest

from countersign.adapters.slack.inbound import (
    ChannelMoved,
    Ignored,
    Inbound,
    LifecycleEvent,
    OptionsRequest,
    Received,
    SslCheck,
    UrlVerification,
)
from countersign.adapters.slack.parse import parse_command, parse_interaction
from countersign.adapters.slack.parse_event import parse_event
from countersign.domain.departure import Departure, Left
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import FormRef, Interaction, Kind, ReplyTo
from tests.support.slack_requests import SLACK_EVENTS, body_of, load

READERS = {"command": parse_command, "event": parse_event}
CARD = "5f1d7a84c1b04f6b9a1e0d3c2b1a0f9e"
ACME = Workspace("T0ACME")
GRID = Workspace("T0ACME", "E0ACME")
JOSIE, TOM = Person("T0ACME", "U0JOSIE"), Person("T0ACME", "U0TOM")
REPLY = "https://hooks.slack.com/actions/T0ACME/2222/bbbb"
CARD_MESSAGE = ("C0APPROVALS", "1785578000.000100")


def parsed(name: str) -> Inbound:
    return READERS.get(name.partition("_")[0], parse_interaction)(body_of(load(name)), "trace-1")


def interaction(**fields: Any) -> Interaction:
    base = {"kind": Kind.BUTTON, "person": JOSIE, "workspace": ACME, "foreign": False, "trace_id": "trace-1"}
    return Interaction(**{**base, **fields})


def click(person: Person, name: str, value: str, **more: Any) -> Interaction:
    fields = {
        "id": "block_actions:1111.2222.click",
        "person": person,
        "name": name,
        "value": value,
        "reply_to": ReplyTo("C0APPROVALS", None, REPLY),
        "message": CARD_MESSAGE,
    }
    return interaction(**{**fields, **more})


def form(answers: dict[str, str], state: str, **more: Any) -> Interaction:
    fields = {
        "id": "view_submission:V0FORM:1785578004.xyz",
        "kind": Kind.FORM,
        "name": "form",
        "reply_to": ReplyTo(),
        "answers": answers,
        "state": state,
        "foreign": None,
    }
    return interaction(**{**fields, **more})


def typed(person: Person, event_id: str, value: str, **more: Any) -> Interaction:
    reply_to = ReplyTo("C0APPROVALS")
    return interaction(
        **{"id": event_id, "kind": Kind.TEXT, "person": person, "value": value, "reply_to": reply_to, **more}
    )


def command(value: str, **more: Any) -> Interaction:
    reply_to = ReplyTo("C0APPROVALS", None, "https://hooks.slack.com/commands/T0ACME/1111/aaaa")
    return interaction(
        **{"id": "command:1111.2222.command", "kind": Kind.COMMAND, "value": value, "reply_to": reply_to, **more}
    )


SHOWN = "8674ff960bedbe20"
APPROVE, REJECT = f"approve_change|{CARD}|approve|{SHOWN}", f"approve_change|{CARD}|reject|{SHOWN}"
REJECTED = (
    f'{{"recipe":"approve_change","procedure":"reject","card":"{CARD}","shown":"{SHOWN}","channel":"C0APPROVALS",'
    f'"reply_url":"{REPLY}"}}'
)
WHAT = {
    "button_approve": click(JOSIE, "card.choose", APPROVE),
    "button_reject": click(TOM, "card.choose", REJECT),
    "button_in_thread": click(TOM, "card.choose", APPROVE, reply_to=ReplyTo("C0APPROVALS", "1785577000.000100", REPLY)),
    "button_organisation_install": click(
        Person("E0ACME", "U0JOSIE"), "card.choose", APPROVE, workspace=Workspace("T0SALES", "E0ACME"), foreign=None
    ),
    "button_foreign_person": click(Person("T0ACME", "U0STRANGER"), "card.choose", REJECT, foreign=True),
    "button_sibling_workspace": click(
        Person("E0ACME", "U0JOSIE"), "card.choose", APPROVE, workspace=GRID, foreign=None
    ),
    "button_disconnect_in_home": click(JOSIE, "connections.disconnect", "servicenow", reply_to=ReplyTo(), message=None),
    "button_connect_link": click(
        TOM,
        "connect.open",
        "9b74c9897bac770ffc029102a200c5de",
        message=("C0APPROVALS", "1785578002.000200"),
        private=True,
    ),
    "button_open_in_app": click(TOM, "card.open", ""),
    "button_fill_in_form": click(
        JOSIE,
        "form.open",
        "create_opportunity",
        reply_to=ReplyTo("D0JOSIE", None, REPLY),
        message=("D0JOSIE", "1785578003.000300"),
    ),
    "form_comment": form({"comment": "Too risky on a Friday"}, REJECTED),
    "form_comment_empty": form({}, REJECTED),
    "form_opportunity_organisation": form(
        {
            "name": "Acmé, 200 seats",
            "amount": "12500.50",
            "close_date": "2026-12-31",
            "stage": "Prospecting",
            "owner": "U0TOM",
        },
        '{"recipe":"create_opportunity","procedure":"run"}',
        person=Person("E0ACME", "U0JOSIE"),
        workspace=Workspace("T0SALES", "E0ACME"),
    ),
    "shortcut_global": interaction(
        id="shortcut:1111.2222.shortcut", kind=Kind.SHORTCUT, name="recipe.create_opportunity", reply_to=ReplyTo()
    ),
    "shortcut_message": interaction(
        id="shortcut:1111.2222.message",
        kind=Kind.SHORTCUT,
        name="recipe.create_opportunity",
        reply_to=ReplyTo("C0APPROVALS", None, "https://hooks.slack.com/app/T0ACME/3333/cccc"),
        message=CARD_MESSAGE,
    ),
    "shortcut_report_bug": interaction(
        id="shortcut:1111.2222.report",
        kind=Kind.SHORTCUT,
        name="message.report_bug",
        reply_to=ReplyTo("C0APPROVALS", None, "https://hooks.slack.com/app/T0ACME/3333/cccc"),
        message=CARD_MESSAGE,
    ),
    "button_form_load": interaction(
        id="block_actions:1111.2222.load",
        kind=Kind.BUTTON,
        name="form.load",
        reply_to=ReplyTo(),
        state='{"recipe":"report_bug","procedure":"run","channel":"C0APPROVALS"}',
        form=FormRef("V0FORM", "1785578530.a1b2c3"),
    ),
    "command_form": command("create opportunity"),
    "command_connections": command("connections"),
    "command_help": command("", person=Person("E0ACME", "U0JOSIE"), workspace=GRID),
    "event_message_connections": typed(JOSIE, "Ev0DM", "connections", reply_to=ReplyTo("D0JOSIE")),
    "event_mention": typed(TOM, "Ev0MENTION", "create opportunity"),
    "event_mention_in_thread": typed(TOM, "Ev0THREAD", "help", reply_to=ReplyTo("C0APPROVALS", "1785578000.000100")),
    "event_mention_foreign_person": typed(
        Person("T0ACME", "U0STRANGER"), "Ev0FOREIGN", "create opportunity", foreign=True
    ),
    "event_mention_organisation": typed(
        Person("E0ACME", "W0TOM"),
        "Ev0ORG",
        "create opportunity",
        workspace=Workspace("T0SALES", "E0ACME"),
        foreign=None,
    ),
    "event_home_opened": interaction(id="Ev0HOME", kind=Kind.HOME, reply_to=ReplyTo("D0JOSIE"), foreign=None),
}
LEFT: Any = {"organisation": None, "person": None, "at": 1785578531, "trace_id": "trace-1"}
NOT_BY_A_PERSON: dict[str, Inbound] = {
    "command_ssl_check": SslCheck(),
    "options": OptionsRequest(),
    "form_closed": Ignored("view_closed"),
    "event_url_verification": UrlVerification("3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"),
    "event_message_by_bot": Ignored("by a bot, or no plain message"),
    "event_message_edited": Ignored("by a bot, or no plain message"),
    "event_messages_tab_opened": Ignored("another tab"),
    "event_rate_limited": Ignored("type app_rate_limited"),
    "event_tokens_revoked": LifecycleEvent("tokens_revoked", "Ev0REVOKED", frozenset({"T0ACME"})),
    "event_uninstalled": LifecycleEvent(
        "app_uninstalled", "Ev0GONE", frozenset({"T0ACME"}), (Departure(Left.UNINSTALLED, "T0ACME", "T0ACME", **LEFT),)
    ),
    "event_user_deactivated": LifecycleEvent(
        "user_change",
        "Ev0LEFT",
        frozenset({"T0ACME"}),
        (Departure(Left.DEACTIVATED, "T0ACME", None, **{**LEFT, "person": "U0TOM"}),),
    ),
    "event_user_left_workspace": LifecycleEvent(
        "user_change",
        "Ev0LEFTSALES",
        frozenset({"E0ACME"}),
        (Departure(Left.DEACTIVATED, "E0ACME", "T0SALES", "E0ACME", "U0TOM", 1785578531, "trace-1"),),
    ),
    "event_user_status": Ignored("user_change"),
    "event_workspace_added": LifecycleEvent("team_access_granted", "Ev0ADDED", frozenset({"E0ACME"})),
    "event_workspace_withdrawn": LifecycleEvent(
        "team_access_revoked",
        "Ev0WITHDRAWN",
        frozenset({"E0ACME"}),
        tuple(
            Departure(Left.WITHDRAWN, "E0ACME", workspace, "E0ACME", None, 1785578531, "trace-1")
            for workspace in ("T0SALES", "T0LEGAL")
        ),
    ),
    "event_workspace_migrating": LifecycleEvent("grid_migration_started", "Ev0MIGRATING", frozenset({"T0ACME"})),
    "event_workspace_migrated": LifecycleEvent(
        "grid_migration_finished",
        "Ev0MIGRATED",
        frozenset({"T0ACME"}),
        (Departure(Left.MIGRATED, "T0ACME", None, "E0ACME", None, 1785578531, "trace-1"),),
    ),
    "event_channel_id_changed": ChannelMoved("G0APPROVALS", "C0SHARED", "trace-1", frozenset({"T0ACME"})),
}


def test_every_recorded_request_has_its_expectation() -> None:
    assert sorted([*WHAT, *NOT_BY_A_PERSON]) == SLACK_EVENTS


@pytest.mark.parametrize("name", WHAT)
def test_what_a_person_did_is_read(name: str) -> None:
    found = parsed(name)
    assert isinstance(found, Received)
    assert found.interaction == WHAT[name]


@pytest.mark.parametrize("name", NOT_BY_A_PERSON)
def test_everything_else_is_told_apart(name: str) -> None:
    assert parsed(name) == NOT_BY_A_PERSON[name]


@pytest.mark.parametrize("name", WHAT)
def test_the_trigger_stays_out_of_what_is_queued_except_as_the_delivery_id(name: str) -> None:
    found = parsed(name)
    assert isinstance(found, Received)
    brings_one = found.interaction.kind not in (Kind.TEXT, Kind.HOME)
    assert (found.trigger_id is not None) == brings_one


@pytest.mark.parametrize("name", WHAT)
def test_what_is_queued_reads_back_the_same(name: str) -> None:
    assert Interaction.from_json(WHAT[name].as_json()) == WHAT[name]


def test_an_organisations_installation_is_known_by_the_organisation_alone() -> None:
    found = parsed("button_organisation_install")
    assert isinstance(found, Received)
    assert found.installed_in == {"E0ACME"}
