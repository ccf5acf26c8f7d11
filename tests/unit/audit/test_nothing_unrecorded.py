"""Whatever the audit trail's table does when an event is recorded: in the end the event stands there, and once."""

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import countersign.usecases
from countersign.domain import audit as audit_words
from countersign.domain.action import ActionStatus
from countersign.domain.card_button import CardButton
from countersign.domain.cut_app import CutApp
from countersign.domain.departure import Departure, Left
from countersign.domain.errors import StoreUnavailable
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.pages import Onward
from countersign.domain.policy import EmailRule, PolicyRule
from countersign.domain.proof import Proof
from countersign.domain.queue_messages import connected_message, cut_app_message, left_message, revoke_message
from countersign.domain.texts.names import ADMIN_PAUSE_APP, ADMIN_RESUME_APP, CONNECTIONS_DISCONNECT
from countersign.usecases.hear_code import HearCode
from countersign.usecases.store_connection import StoreConnection
from tests.support.acting_world import CARD, JOSIE, TOM, WORKSPACE, ActingWorld
from tests.support.crashes import Fuse, Fused, Killed
from tests.support.install_world import AdminBrowser, Installing
from tests.support.memory_workspaces import ACME as INSTALLED
from tests.support.memory_workspaces import granted
from tests.support.outage import FailingQueue, SureAuditLog, on_failing_audit
from tests.support.shared_catalog import with_shared
from tests.support.shipped_catalog import shipped
from tests.support.sign_in_apps import catalog_with, with_key
from tests.support.sign_in_world import (
    ACME,
    ScriptedHttp,
    ScriptedOpenId,
    SignInWorld,
    claims_of,
    salesforce_user,
    servicenow_user,
)

PRIYA = Person("T0ACME", "U0PRIYA")


@dataclass
class Scene:
    """What brings an event about, each time that it is called; ``repeats``: the second call is a true repeat."""

    audit: SureAuditLog
    act: Callable[[], object]
    repeats: bool = True


# --- what a queue brings, and brings again


def delivered(world: ActingWorld, body: Mapping[str, Any], queue: str = "actions") -> Scene:
    return Scene(_audit_of(world), lambda: world.deliver(dict(body), queue=queue))


def pressed(world: ActingWorld, person: Person, name: str, value: str = "servicenow") -> Scene:
    button = Interaction(
        "trigger", Kind.BUTTON, person, WORKSPACE, ReplyTo("D1"), name, value, trace_id="t", at=world.now, foreign=False
    )
    return delivered(world, {"v": 1, "kind": "interaction", "interaction": button.as_json()}, "connections")


def clicked(world: ActingWorld, person: Person = JOSIE, **changes: Any) -> Scene:
    return Scene(_audit_of(world), lambda: world.click(person, id="trigger", **changes))


def acting() -> ActingWorld:
    world = ActingWorld()
    on_failing_audit(world)
    world.slack.admins = frozenset({(PRIYA.user_id, "T0ACME")})
    world.put_card()
    world.connect(JOSIE, "josie", sign_in="a sign-in")
    return world


def _audit_of(world: ActingWorld) -> SureAuditLog:
    found = world.audit
    assert isinstance(found, SureAuditLog)
    return found


def action_ended() -> Scene:
    return _then_housekeeping(acting())


def attribution_differs() -> Scene:
    world = acting()
    world.servicenow.recorded = "service-account"
    return _then_housekeeping(world)


def _then_housekeeping(world: ActingWorld) -> Scene:
    """A worker that fails here leaves its lease; housekeeping takes the action up when that is over."""
    acts: Iterator[Callable[[], object]] = iter([lambda: world.click(JOSIE), lambda: _keep_house(world)])

    def act() -> None:
        next(acts)()

    return Scene(_audit_of(world), act)


def _keep_house(world: ActingWorld) -> None:
    world.now += 600
    world.be_another_worker()
    world.keep_house()
    world.run_queue()


def card_mismatch() -> Scene:
    return clicked(acting(), value=CardButton("approve_change", "x" * 32, "approve", "").as_value())


def stranger_refused() -> Scene:
    return clicked(acting(), foreign=True)


def shared_refused() -> Scene:
    world = acting()
    world.catalog = with_shared(world.catalog, "approve_change")
    world.slack.flags = {JOSIE.user_id: {"guest": "yes"}}
    return clicked(world)


def use_refused_by_policy() -> Scene:
    world = acting()
    world.catalog = replace(world.catalog, policies=(PolicyRule(organisation="acme"),))
    return clicked(world)


def unknown_settled_by_word() -> Scene:
    world = acting()
    world.servicenow.faults = ["never_arrived", "check_down"]
    world.click(JOSIE)
    world.now += 300
    world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
    return clicked(world, name="action.happened", value=f"{CARD}#approve#0")


def disconnected() -> Scene:
    return pressed(acting(), JOSIE, CONNECTIONS_DISCONNECT)


def revocation() -> Scene:
    world = acting()
    row = world.connections.get(JOSIE, "servicenow")
    assert row is not None
    world.connections.set_revoking(row, now=world.now, due_at=world.now)
    return delivered(world, revoke_message(JOSIE, "servicenow", "t"))


def account_of_two() -> Scene:
    world = acting()
    world.connect(TOM, "josie", sign_in="another")
    begun = world.ask_to_connect.link(TOM, WORKSPACE, "servicenow", trace_id="t")
    world.connections.hold_account(world.connections.rows[JOSIE.key, "servicenow"])
    return delivered(world, connected_message(begun.intent))


def app_paused() -> Scene:
    return pressed(acting(), PRIYA, ADMIN_PAUSE_APP)


def app_resumed() -> Scene:
    world = acting()
    world.pauses.set("servicenow", "T0ACME", world.now - 9, paused=True)
    return pressed(world, PRIYA, ADMIN_RESUME_APP)


def admin_refused() -> Scene:
    return pressed(acting(), JOSIE, ADMIN_PAUSE_APP)


def app_cut_off() -> Scene:
    world = acting()
    return delivered(world, cut_app_message(CutApp("servicenow", "T0ACME", PRIYA.key, world.now, "t", ended=True)))


def left(how: Left) -> Scene:
    world = acting()
    whose = JOSIE.user_id if how in (Left.DEACTIVATED, Left.CUT_OFF, Left.FORGOTTEN) else None
    return delivered(world, left_message(Departure(how, "T0ACME", "T0ACME", None, whose, world.now, "t", "U0X")))


# --- what a browser does


@dataclass
class Browser:
    """One browser that signs in as somebody, to an app whose account is its own."""

    http: ScriptedHttp = field(default_factory=ScriptedHttp)
    slack: ScriptedOpenId = field(default_factory=ScriptedOpenId)
    proof: Proof = Proof.SIWS
    catalog: Any = field(default_factory=shipped)
    queue: FailingQueue = field(default_factory=FailingQueue)
    cookie: str = ""

    def __post_init__(self) -> None:
        self.http.bodies["acme.service-now.com"] = servicenow_user("else@acme.com")
        self.http.bodies["acme.my.salesforce.com"] = salesforce_user("else@acme.com")
        self.slack.people = {person.user_id: claims_of(person) for person in (JOSIE, TOM)}
        self.slack.people["elsewhere"] = claims_of(JOSIE, workspace="T0ELSE")
        self.audit = SureAuditLog(queue=self.queue)
        self.world = SignInWorld(
            self.slack,
            http=self.http,
            queue=self.queue,
            audit=self.audit,
            proof=self.proof,
            catalog=self.catalog,
        )

    def set_out(self, app: str = "servicenow") -> str:
        _, secret = self.world.begin(JOSIE, app)
        onward = self.world.start_sign_in(secret, None)
        assert isinstance(onward, Onward)
        self.cookie = onward.cookie
        return _state(onward)

    def prove(self, state: str, who: str = JOSIE.user_id) -> Any:
        return self.world.complete_slack_leg({"state": [state], "code": [who]}, self.cookie)

    def to_app(self, app: str = "servicenow") -> str:
        return _state(self.prove(self.set_out(app)))

    def back(self, state: str, app: str = "servicenow") -> Any:
        return self.world.complete_app_leg(app, {"state": [state], "code": [f"code of {state}"]}, self.cookie)

    def press(self, state: str, *, accepted: bool) -> Any:
        secret = self.world.confirm_secret(self.cookie, state)
        return self.world.confirm_sign_in(secret, self.cookie, accepted=accepted)


def _state(onward: Onward) -> str:
    return parse_qs(urlsplit(onward.url).query)["state"][0]


def connected() -> Scene:
    browser = Browser()
    state = browser.to_app()
    assert browser.back(state).reasons
    return Scene(browser.audit, lambda: browser.press(state, accepted=True))


def declined() -> Scene:
    browser = Browser()
    state = browser.to_app()
    browser.back(state)
    return Scene(browser.audit, lambda: browser.press(state, accepted=False))


def given_back() -> Scene:
    browser = Browser()
    state = browser.to_app()
    browser.back(state)
    browser.press(state, accepted=False)
    house = ActingWorld()
    house.__dict__.update({name: getattr(browser.world, name) for name in ("sign_ins", "connections", "audit")})
    house.now = browser.world.clock()

    def keep_house() -> None:
        house.now += 3_600
        house.keep_house()

    return Scene(browser.audit, keep_house)


def opened_by(who: str) -> Scene:
    browser = Browser()
    state = browser.set_out()
    return Scene(browser.audit, lambda: browser.prove(state, who), repeats=False)


def wrong_person() -> Scene:
    """A second browser of somebody else's: the link is burnt already."""
    browser = Browser()
    _, secret = browser.world.begin(JOSIE)
    states = []
    for _ in range(2):
        onward = browser.world.start_sign_in(secret, None)
        assert isinstance(onward, Onward)
        states.append((onward.cookie, _state(onward)))
    intents = browser.world.sign_ins.intents

    def burnt_while_slack_is_asked(*given: Any, **named: Any) -> Any:
        for key, intent in intents.items():
            intents[key] = replace(intent, status=type(intent.status).BURNT)
        return ScriptedOpenId.identify(browser.slack, *given, **named)

    browser.slack.identify = burnt_while_slack_is_asked  # type: ignore[method-assign]
    browser.cookie, state = states[0]
    return Scene(browser.audit, lambda: browser.prove(state, TOM.user_id), repeats=False)


def refused_by_app() -> Scene:
    browser = Browser()
    state = browser.to_app()
    query = {"state": [state], "error": ["access_denied"]}
    act = lambda: browser.world.complete_app_leg("servicenow", query, browser.cookie)  # noqa: E731 - as short as it is
    return Scene(browser.audit, act, repeats=False)


def refused_by_policy() -> Scene:
    browser = Browser(catalog=replace(shipped(), policies=(PolicyRule(email=EmailRule.REQUIRE),)))
    state = browser.to_app("salesforce")
    return Scene(browser.audit, lambda: browser.back(state, "salesforce"), repeats=False)


def key_refused() -> Scene:
    """Each press is a try of its own: what is said of it is the number of tries that it left."""
    browser = Browser(catalog=catalog_with(with_key()))
    browser.http.bodies["acme.service-now.com"] = {"responseCode": 401}
    state = browser.set_out()
    browser.prove(state)
    secret = browser.world.key_secret(browser.cookie, state)
    keys = iter([{"user_id": "x", "user_secret": "y"}])
    act = lambda: browser.world.enter_key(secret, browser.cookie, next(keys, {}))  # noqa: E731
    return Scene(browser.audit, act, repeats=False)


def typed(*, right: bool) -> Scene:
    browser = Browser(proof=Proof.BOTH)
    state = browser.to_app()
    browser.back(state)
    code = browser.world.typed_code(browser.cookie, browser.world.confirm_secret(browser.cookie, state))
    word = code if right else f"{code[0]}{'x' * (len(code) - 1)}"
    hear = HearCode(browser.world.sign_ins, browser.audit, browser.world.clock)
    said = Interaction("Ev1", Kind.TEXT, JOSIE, ACME, ReplyTo("D1"), value=word, at=browser.world.clock())
    return Scene(browser.audit, lambda: hear(said), repeats=right)


def installed(*, allowed: str) -> Scene:
    world = Installing(allowed)
    audit = on_failing_audit(world)
    world.chat_install.codes = {"T0ACME": granted(INSTALLED)}
    browser = AdminBrowser(world)
    state = browser.set_out()
    return Scene(audit, lambda: browser.back(code="T0ACME", state=state), repeats=False)


SCENES: Mapping[str, Callable[[], Scene]] = {
    "action_ended": action_ended,
    "attribution_differs": attribution_differs,
    "unknown_settled_by_word": unknown_settled_by_word,
    "card_mismatch": card_mismatch,
    "stranger_refused": stranger_refused,
    "shared_refused": shared_refused,
    "use_refused_by_policy": use_refused_by_policy,
    "disconnected": disconnected,
    "revocation": revocation,
    "admin.app_paused": app_paused,
    "admin.app_resumed": app_resumed,
    "admin.app_cut_off": app_cut_off,
    "admin.refused": admin_refused,
    "sign_in.account_of_two": account_of_two,
    "sign_in.connected": connected,
    "sign_in.declined": declined,
    "sign_in.given_back": given_back,
    "sign_in.burnt": lambda: opened_by(TOM.user_id),
    "sign_in.wrong_person": wrong_person,
    "sign_in.wrong_workspace": lambda: opened_by("elsewhere"),
    "sign_in.refused_by_app": refused_by_app,
    "sign_in.refused_by_policy": refused_by_policy,
    "sign_in.key_refused": key_refused,
    "sign_in.code_typed": lambda: typed(right=True),
    "sign_in.code_wrong": lambda: typed(right=False),
    "workspace.installed": lambda: installed(allowed="T0ACME"),
    "workspace.refused": lambda: installed(allowed="T0OTHER"),
    **{f"left.{how}": (lambda how=how: left(how)) for how in Left},  # type: ignore[misc]
}
"""Every event that there is, and what brings it about."""


@pytest.mark.parametrize("event", SCENES)
def test_an_event_whose_write_fails_stands_there_once_all_the_same(event: str) -> None:
    scene = SCENES[event]()
    scene.audit.fail(event, queue_too=False)
    scene.act()
    assert scene.audit.trail.failing == []
    scene.audit.catch_up()
    assert scene.audit.trail.names.count(event) == 1
    if scene.repeats:
        scene.act()
    scene.audit.catch_up()
    assert scene.audit.trail.names.count(event) == 1


@pytest.mark.parametrize("event", [event for event, made in SCENES.items() if made().repeats])
def test_where_even_the_queue_fails_a_repeat_records_it_once(event: str) -> None:
    scene = SCENES[event]()
    scene.audit.fail(event, queue_too=True)
    with suppress(StoreUnavailable):
        scene.act()
    assert (scene.audit.trail.names.count(event), scene.audit.trail.failing) == (0, [])
    scene.act()
    scene.audit.catch_up()
    assert scene.audit.trail.names.count(event) == 1


@pytest.mark.parametrize("call", range(1, 12))
def test_who_dies_while_a_sign_in_is_stored_leaves_it_to_housekeeping(call: int) -> None:
    """Killed before each call to the outside: what is connected in the end is written down once."""
    browser = Browser()
    state = browser.to_app()
    browser.back(state)
    world, fuse = browser.world, Fuse(at=call)
    ports = {name: getattr(world, name) for name in ("sign_ins", "connections", "audit", "queue")}
    fused = {name: Fused(port, fuse) for name, port in ports.items()}
    world.__dict__["store_connection"] = StoreConnection(*fused.values(), world.clock)  # type: ignore[arg-type]
    with suppress(Killed):
        browser.press(state, accepted=True)
    house = ActingWorld()
    house.__dict__.update({name: ports[name] for name in ("sign_ins", "connections", "audit")})
    house.now = world.clock.now + 3_600
    house.keep_house()
    stored = world.connections.get(JOSIE, "servicenow") is not None
    assert browser.audit.trail.names == ["sign_in.connected" if stored else "sign_in.given_back"]


@pytest.mark.parametrize("again", [False, True])
def test_how_many_were_cut_off_is_written_down_though_the_first_try_to_do_so_failed(*, again: bool) -> None:
    world = acting()
    audit = _audit_of(world)
    audit.fail("admin.app_cut_off", queue_too=True)
    begun = CutApp("servicenow", "T0ACME", PRIYA.key, world.now, "t", again=again)
    assert world.deliver(dict(cut_app_message(begun))) == []
    (ended,) = [message for message in world.actions_queue.sent if message["kind"] == "cut_app"]
    assert world.deliver(dict(ended)) != []
    assert world.deliver(dict(ended)) == []
    assert [facts["connections"] for facts in audit.trail.of("admin.app_cut_off")] == ["1"]


def test_every_event_that_is_recorded_is_among_them() -> None:
    folder = Path(countersign.usecases.__path__[0])
    found = {event for path in folder.glob("*.py") for event in _events(ast.parse(path.read_text()))}
    assert found == set(SCENES)


def _events(module: ast.AST) -> Iterator[str]:
    """The words of every event that a use case records."""
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name in ("record", "_record") and call.args:
                yield from _words(call.args[0], function)
            elif isinstance(call.func, ast.Name) and call.func.id == "pause_record":
                yield from (audit_words.pause_record("", "", 0, paused=paused)[0] for paused in (True, False))


def _words(node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=one, orelse=other):
            yield from (*_words(one, function), *_words(other, function))
        case ast.JoinedStr():
            assert ast.unparse(node) == "f'left.{departure.left}'"
            yield from (f"left.{how}" for how in Left)
        case ast.Name(id=name) if name.isupper():
            yield getattr(audit_words, name)
        case ast.Name(id=name):
            for assigned in (each for each in ast.walk(function) if isinstance(each, ast.Assign)):
                if ast.unparse(assigned.targets[0]) == name:
                    yield from _words(assigned.value, function)
