"""The link: who may have how many, what opening and pressing it does, and what it says when it is over."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from countersign.domain.errors import Refused
from countersign.domain.limits import LINKS, PRESSES
from countersign.domain.page_texts.sign_in import PROOFS
from countersign.domain.pages import Onward, Page, PageKind
from countersign.domain.proof import Proof
from countersign.domain.sign_in import IntentStatus, LegStep, hash_of, leg_cookie_hash
from countersign.entrypoints.pages import page_answer
from countersign.usecases.begin_sign_in import BeginSignIn
from tests.support.sign_in_world import ACME, BASE_URL, JOSIE, NOW, TOM

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted


def test_a_link_is_stored_by_its_hash_alone(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(JOSIE)
    assert begun.url == f"{BASE_URL}/connect/{secret}"
    assert secret not in repr(scripted.world.sign_ins.intents) + repr(begun)
    assert scripted.world.sign_ins.intents[hash_of(secret)] == begun.intent
    assert (begun.intent.person_name, begun.intent.workspace_name) == ("@josie", "Acme")


def test_names_that_chat_does_not_know_are_ids(scripted: "Scripted") -> None:
    world = scripted.world
    begun = BeginSignIn(world.sign_ins, world.randomness, world.clock, BASE_URL)(JOSIE, ACME, "servicenow", {})
    intent = begun.intent
    assert (intent.person_name, intent.person_email, intent.workspace_name) == ("U0JOSIE", None, "T0ACME")


def test_a_person_gets_so_many_links_in_ten_minutes_and_then_more(scripted: "Scripted") -> None:
    for _ in range(LINKS.most):
        scripted.world.begin(TOM)
    with pytest.raises(Refused):
        scripted.world.begin(TOM)
    scripted.world.begin(JOSIE)
    scripted.world.clock.now += 600
    scripted.world.begin(TOM)


def test_links_that_were_used_to_the_end_do_not_count(scripted: "Scripted") -> None:
    for _ in range(LINKS.most + 5):
        _, cookie, state = scripted.to_app(JOSIE, "salesforce")
        assert scripted.back(state, cookie, "salesforce").kind is PageKind.DONE
    for _ in range(LINKS.most):
        scripted.world.begin(JOSIE)
    with pytest.raises(Refused):
        scripted.world.begin(JOSIE)


def test_a_links_button_can_be_pressed_so_often_and_no_other_link_suffers(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    for _ in range(PRESSES.most):
        scripted.start(secret)
    legs = len(scripted.world.sign_ins.legs)
    page = scripted.world.start_sign_in(secret, None)
    assert isinstance(page, Page)
    assert (page.kind, page.post_to, len(scripted.world.sign_ins.legs)) == (PageKind.TOO_OFTEN, "", legs)
    _, other = scripted.world.begin(JOSIE)
    assert isinstance(scripted.world.start_sign_in(other, None), Onward)


def test_opening_a_link_a_hundred_times_changes_nothing(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    writes = scripted.world.sign_ins.writes
    pages = {scripted.world.open_sign_in(secret).kind for _ in range(100)}
    assert (pages, scripted.world.sign_ins.writes) == ({PageKind.CONNECT}, writes)


def test_the_page_names_the_person_the_workspace_and_the_app(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    page = scripted.world.open_sign_in(secret)
    assert page == Page(
        PageKind.CONNECT,
        {"app": "ServiceNow", "person": "@josie", "workspace": "Acme", "proof": PROOFS[Proof.SIWS]},
        f"{BASE_URL}/connect/{secret}",
        trace_id="trace-1",
    )


@pytest.mark.parametrize(
    ("changed", "later", "kind"),
    [
        ({}, 599, PageKind.CONNECT),
        ({}, 600, PageKind.EXPIRED),
        ({"status": IntentStatus.DONE}, 0, PageKind.USED),
        ({"status": IntentStatus.BURNT}, 0, PageKind.STOPPED),
        ({"wrong_workspace_tries": 3}, 0, PageKind.TRIES_SPENT),
        ({"app": "gone"}, 0, PageKind.UNKNOWN),
    ],
)
def test_opening_and_pressing_say_the_same(
    scripted: "Scripted", changed: dict[str, object], later: int, kind: PageKind
) -> None:
    begun, secret = scripted.world.begin(JOSIE)
    scripted.world.sign_ins.intents[begun.intent.id_hash] = replace(begun.intent, **changed)  # type: ignore[arg-type]
    scripted.world.clock.now += later
    assert scripted.world.open_sign_in(secret).kind is kind
    pressed = scripted.world.start_sign_in(secret, None)
    assert isinstance(pressed, Onward) if kind is PageKind.CONNECT else isinstance(pressed, Page)
    assert isinstance(pressed, Onward) or pressed.kind is kind


def test_an_unknown_link_is_unknown(scripted: "Scripted") -> None:
    assert scripted.world.open_sign_in("0" * 64).kind is PageKind.UNKNOWN
    assert scripted.world.send_new_link("0" * 64).kind is PageKind.UNKNOWN


def test_pressing_binds_the_leg_to_the_cookie_by_hashes(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    leg = scripted.world.sign_ins.legs[hash_of(state)]
    bound_to = leg_cookie_hash(cookie, state, begun.intent, LegStep.SLACK)
    assert (leg.intent_hash, leg.cookie_hash, leg.step) == (begun.intent.id_hash, bound_to, LegStep.SLACK)
    assert leg.expires_at == NOW + 600
    assert scripted.world.sign_ins.intents[begun.intent.id_hash].opened_at == NOW
    stored = repr(scripted.world.sign_ins.legs) + repr(scripted.world.sign_ins.intents)
    assert cookie not in stored
    assert state not in stored


@pytest.mark.parametrize("cookie", ["", "short", "A" * 64, "é" * 64, "0" * 65])
def test_a_cookie_of_another_form_is_replaced(scripted: "Scripted", cookie: str) -> None:
    _, secret = scripted.world.begin(JOSIE)
    assert scripted.start(secret, cookie)[0] != cookie


def test_two_tabs_share_the_cookie_and_both_go_on(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    cookie, first = scripted.start(secret)
    again, second = scripted.start(secret, cookie)
    assert again == cookie
    assert scripted.prove(first, cookie, "U0JOSIE") != scripted.prove(second, cookie, "U0JOSIE")


def test_a_link_that_is_pressed_late_gets_a_leg_within_the_whole_half_hour(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    scripted.world.clock.now += 599
    cookie, state = scripted.start(secret)
    scripted.world.clock.now += 599
    app_state = scripted.prove(state, cookie, "U0JOSIE")
    scripted.world.clock.now += 599
    assert scripted.back(app_state, cookie).kind is PageKind.CONFIRM
    ends = [leg.expires_at - NOW for leg in scripted.world.sign_ins.legs.values()]
    assert ends == [1199, 1798, 1800]


@pytest.mark.parametrize(
    ("changed", "later"),
    [({}, 600), ({"status": IntentStatus.DONE}, 0), ({"wrong_workspace_tries": 3}, 0)],
)
def test_a_new_link_is_asked_for_once_and_goes_to_chat(
    scripted: "Scripted", changed: dict[str, object], later: int
) -> None:
    begun, secret = scripted.world.begin(JOSIE)
    scripted.world.sign_ins.intents[begun.intent.id_hash] = replace(begun.intent, **changed)  # type: ignore[arg-type]
    scripted.world.clock.now += later
    pages = [scripted.world.send_new_link(secret) for _ in range(3)]
    assert {page.kind for page in pages} == {PageKind.NEW_LINK_SENT}
    assert scripted.world.queue.sent == [
        {"v": 1, "kind": "new_link", "intent": begun.intent.id_hash, "trace_id": "trace-1"}
    ]


def test_what_is_asked_for_during_a_pause_can_be_asked_for_after_it(scripted: "Scripted") -> None:
    world = scripted.world
    _, secret = world.begin(JOSIE)
    world.clock.now += 600
    world.pauses.set("servicenow", ACME.id, NOW, paused=True)
    assert world.send_new_link(secret).kind is PageKind.PAUSED
    assert world.queue.kinds == []
    world.pauses.set("servicenow", ACME.id, NOW, paused=False)
    assert world.send_new_link(secret).kind is PageKind.NEW_LINK_SENT
    assert world.queue.kinds == ["new_link"]


def test_a_leg_that_ran_out_can_ask_for_a_new_link_too(scripted: "Scripted") -> None:
    _, _, state = scripted.to_app(JOSIE)
    scripted.world.clock.now += 600
    assert scripted.world.send_new_link(state).kind is PageKind.NEW_LINK_SENT
    assert scripted.world.queue.kinds == ["new_link"]


def test_no_new_link_while_the_old_one_works_or_after_it_was_burnt(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(JOSIE)
    assert scripted.world.send_new_link(secret).kind is PageKind.CONNECT
    scripted.world.sign_ins.intents[begun.intent.id_hash] = replace(begun.intent, status=IntentStatus.BURNT)
    assert scripted.world.send_new_link(secret).kind is PageKind.STOPPED
    assert scripted.world.queue.sent == []


def test_the_link_of_a_paused_app_leads_nowhere_until_it_is_resumed(scripted: "Scripted") -> None:
    world = scripted.world
    _, secret = world.begin(JOSIE)
    world.pauses.set("servicenow", ACME.id, NOW, paused=True)
    opened, pressed = world.open_sign_in(secret), world.start_sign_in(secret, None)
    assert isinstance(pressed, Page)
    assert ((opened.kind, opened.post_to), pressed.kind) == ((PageKind.PAUSED, ""), PageKind.PAUSED)
    assert world.sign_ins.legs == {}
    world.pauses.set("servicenow", ACME.id, NOW, paused=False)
    assert world.open_sign_in(secret).kind is PageKind.CONNECT


@pytest.mark.parametrize(
    ("proof", "slack", "code"), [(Proof.SIWS, True, False), (Proof.BOTH, True, True), (Proof.DM_CODE, False, True)]
)
def test_a_links_page_says_what_will_be_asked_of_its_person(
    scripted: "Scripted", proof: Proof, slack: bool, code: bool
) -> None:
    scripted.world.proof = proof
    said = page_answer(scripted.world.open_sign_in(scripted.world.begin(JOSIE)[1]), "r")["body"]
    assert ("Slack may ask you to sign in" in said, "shows a code" in said) == (slack, code)
