"""A typed code, as the only proof and as an addition: three tries, three minutes, and its person alone."""

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from countersign.config import Settings
from countersign.domain.errors import ConfigurationError
from countersign.domain.identity import Person
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.page_texts.facts import CODE
from countersign.domain.pages import Alert, Onward, Page, PageKind
from countersign.domain.proof import CODE_SECONDS, Proof, WantedCode, code_of, read_code, shown
from countersign.domain.sign_in import hash_of
from countersign.domain.sign_in_policy import Reason
from countersign.domain.texts.connections import CODE_ALONE
from countersign.domain.texts.sign_in import connected
from countersign.usecases.hear_code import HearCode
from tests.support.memory_chat import words
from tests.support.sign_in_apps import catalog_with, with_key
from tests.support.sign_in_world import ACME, JOSIE, TOM

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

BOTH = [Proof.DM_CODE, Proof.BOTH]


@dataclass
class Josie:
    """Her browser on the page that shows the code, and her direct messages."""

    scripted: "Scripted"
    secret: str = ""
    cookie: str = ""
    state: str = ""
    pages: list[Page] = field(default_factory=list)

    def sign_in(self, app: str = "salesforce") -> Page:
        _, link = self.scripted.world.begin(JOSIE, app)
        self.cookie, state = self.scripted.start(link)
        if self.scripted.world.proof.asks_slack:
            state = self.scripted.prove(state, self.cookie, JOSIE.user_id)
        self.state, self.secret = state, self.scripted.world.confirm_secret(self.cookie, state)
        return self.scripted.back(state, self.cookie, app)

    def press(self) -> Page:
        return self.scripted.world.confirm_sign_in(self.secret, self.cookie, accepted=True)

    @property
    def code(self) -> str:
        return self.scripted.world.typed_code(self.cookie, self.secret)

    def types(self, text: str, person: Person = JOSIE, kind: Kind = Kind.TEXT) -> str | None:
        world = self.scripted.world
        hear = HearCode(world.sign_ins, world.audit, world.clock)
        said = hear(Interaction("Ev1", kind, person, ACME, ReplyTo("D0JOSIE"), value=text))
        return None if said is None else words(said)


@pytest.fixture(params=BOTH, ids=str)
def josie(scripted: "Scripted", request: pytest.FixtureRequest) -> Josie:
    scripted.world.proof = request.param
    return Josie(scripted)


def stored(josie: Josie) -> Proof | None:
    connection = josie.scripted.world.connections.get(JOSIE, "salesforce")
    return connection.proof if connection else None


def test_the_page_shows_a_code_and_stores_nothing_before_it_was_typed(josie: Josie) -> None:
    page = josie.sign_in()
    assert page.kind is PageKind.CONFIRM
    assert dict(page.facts)["Code"] == shown(josie.code)
    assert page.reasons[-1] is Reason.CODE_WANTED
    pressed = josie.press()
    assert (pressed.kind, pressed.alert, stored(josie)) == (PageKind.CONFIRM, Alert.CODE_MISSING, None)
    assert josie.scripted.world.queue.sent == []


def test_typed_by_its_person_and_pressed_in_its_browser_it_connects(josie: Josie) -> None:
    josie.sign_in()
    assert "that is the code" in (josie.types(shown(josie.code).lower()) or "")
    assert stored(josie) is None, "nothing is connected in chat"
    assert josie.press().kind is PageKind.DONE
    assert stored(josie) is josie.scripted.world.proof
    assert josie.scripted.world.audit.names == ["sign_in.code_typed", "sign_in.connected"]


def test_nobody_else_can_type_it(josie: Josie) -> None:
    josie.sign_in()
    assert josie.types(josie.code, TOM) is None
    assert josie.press().alert is Alert.CODE_MISSING


def test_after_three_wrong_tries_the_right_one_is_too_late(josie: Josie) -> None:
    josie.sign_in()
    wrong = next(code for code in ("2AAAAAAA", "3AAAAAAA") if code != josie.code)
    answers = [josie.types(wrong) or "" for _ in range(3)]
    assert ["2 more tries" in answers[0], "1 more try" in answers[1], "has ended" in answers[2]] == [True] * 3
    assert josie.types(josie.code) is None
    assert (josie.press().kind, stored(josie)) == (PageKind.CODE_ENDED, None)
    assert josie.scripted.world.audit.names == ["sign_in.code_wrong"] * 3


def test_after_three_minutes_it_has_ended_and_what_was_given_is_due(josie: Josie) -> None:
    world = josie.scripted.world
    josie.sign_in()
    world.clock.now += CODE_SECONDS
    assert josie.types(josie.code) is None
    assert josie.press().kind is PageKind.CODE_ENDED
    world.clock.now += 600
    assert [row.id_hash for row in world.sign_ins.due(world.clock.now, 9)][-1] == hash_of(josie.secret)


def test_typed_in_time_the_page_may_be_pressed_later(josie: Josie) -> None:
    josie.sign_in()
    josie.types(josie.code)
    josie.scripted.world.clock.now += CODE_SECONDS + 60
    assert josie.press().kind is PageKind.DONE


def test_a_newer_sign_ins_code_takes_the_olders_place(josie: Josie) -> None:
    josie.sign_in()
    older, old_code = Josie(josie.scripted, josie.secret, josie.cookie), josie.code
    josie.sign_in()
    assert "not the code" in (josie.types(old_code) or "")
    assert older.press().kind is PageKind.CODE_ENDED
    josie.types(josie.code)
    assert (older.press().kind, josie.press().kind) == (PageKind.CODE_ENDED, PageKind.DONE)


def test_a_reload_shows_the_same_code_and_gives_no_new_tries(josie: Josie) -> None:
    page = josie.sign_in()
    josie.types("2AAAAAAA")
    again = josie.scripted.back(josie.state, josie.cookie, "salesforce")
    assert (again.facts, josie.scripted.world.sign_ins.codes[JOSIE.key].tries) == (page.facts, 1)


def test_another_browser_that_knows_the_address_cannot_press(josie: Josie) -> None:
    josie.sign_in()
    josie.types(josie.code)
    page = josie.scripted.world.confirm_sign_in(josie.secret, "0" * 64, accepted=True)
    assert (page.kind, stored(josie)) == (PageKind.LOST_COOKIE, None)


def test_whoever_is_sent_the_pages_address_does_not_know_its_code(josie: Josie) -> None:
    """It stands in an address bar, and on the page's form; the code stands on the page alone."""
    page = josie.sign_in()
    address = page.address.rpartition("/")[2]
    assert (page.address, address) == (page.post_to, josie.secret)
    for made in (code_of(address), code_of(hash_of(address))):
        assert "not the code" in (josie.types(made) or "")
    josie.types(dict(page.facts)[CODE])
    assert josie.press().kind is PageKind.DONE


def test_the_same_message_delivered_twice_is_answered_the_same(josie: Josie) -> None:
    josie.sign_in()
    assert josie.types(josie.code) == josie.types(josie.code) != None  # noqa: E711 - one value three ways
    assert josie.scripted.world.audit.names == ["sign_in.code_typed"]


@pytest.mark.parametrize("text", ["help", "connections", "2ABC-DEF", "create opportunity", "A2BC-DEFG", ""])
def test_other_words_are_no_try(josie: Josie, text: str) -> None:
    josie.sign_in()
    assert josie.types(text) is None
    assert josie.scripted.world.sign_ins.codes[JOSIE.key].tries == 0


@pytest.mark.parametrize("kind", [Kind.BUTTON, Kind.FORM])
def test_what_is_not_typed_is_no_code(josie: Josie, kind: Kind) -> None:
    josie.sign_in()
    assert josie.types(josie.code, kind=kind) is None


def test_while_none_is_waited_for_a_code_is_words_like_others(josie: Josie) -> None:
    assert josie.types("2ABC-DEFG") is None


def test_the_code_is_stored_nowhere(josie: Josie) -> None:
    josie.sign_in()
    world = josie.scripted.world
    kept = repr((world.sign_ins, world.audit.events, world.queue.sent))
    assert josie.code not in kept
    assert shown(josie.code) not in kept


def test_alone_it_asks_slack_nothing_and_says_so_everywhere(scripted: "Scripted") -> None:
    scripted.world.proof = Proof.DM_CODE
    josie = Josie(scripted)
    page = josie.sign_in()
    assert scripted.slack.asked == []
    assert page.reasons == (Reason.SLACK_NOT_ASKED, Reason.CODE_WANTED)
    josie.types(josie.code)
    josie.press()
    assert CODE_ALONE in words(connected("Salesforce", "salesforce", "josie@acme.com", 0, Proof.DM_CODE))
    assert CODE_ALONE not in words(connected("Salesforce", "salesforce", "josie@acme.com", 0, Proof.BOTH))


def test_alone_it_brings_a_key_form_with_the_cookie(scripted: "Scripted") -> None:
    scripted.world.proof, scripted.world.catalog = Proof.DM_CODE, catalog_with(with_key())
    scripted.http.bodies["acme.service-now.com"] = {"responseCode": 200}
    _, link = scripted.world.begin(JOSIE)
    onward = scripted.world.start_sign_in(link, None)
    assert isinstance(onward, Onward)
    secret = onward.url.rpartition("/")[2]
    assert scripted.world.enter_key.look(secret, None).kind is PageKind.LOST_COOKIE
    page = scripted.world.enter_key.look(secret, onward.cookie)
    assert page.kind is PageKind.KEY
    key = {"user_id": "josie_acme", "user_secret": "s3cret"}
    asked = scripted.world.enter_key(secret, onward.cookie, key)
    assert asked.kind is PageKind.CONFIRM
    josie = Josie(scripted, asked.post_to.rpartition("/")[2], onward.cookie)
    josie.types(josie.code)
    assert josie.press().kind is PageKind.DONE


def test_as_an_addition_another_person_is_stopped_by_slack_before_there_is_a_code(scripted: "Scripted") -> None:
    scripted.world.proof = Proof.BOTH
    _, link = scripted.world.begin(TOM)
    cookie, state = scripted.start(link)
    page = scripted.world.complete_slack_leg({"state": [state], "code": [f"{JOSIE.user_id}.{state}"]}, cookie)
    assert isinstance(page, Page)
    assert (page.kind, scripted.world.sign_ins.codes) == (PageKind.WRONG_PERSON, {})


def test_codes_can_be_read_aloud_and_are_never_a_command() -> None:
    codes = [code_of(hash_of(str(number))) for number in range(2_000)]
    assert all(re.fullmatch(r"[2-9][2-9A-HJKMNP-Z]{7}", code) for code in codes)
    assert len(set(codes)) == len(codes)
    assert {len({code[place] for code in codes}) for place in range(1, 8)} == {31}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2ABC-DEFG", "2ABCDEFG"),
        ("  2abc defg ", "2ABCDEFG"),
        ("2ABC\N{EN DASH}DEFG", "2ABCDEFG"),
        ("2ABCDEF0", None),
        ("2ABCDEFGH", None),
        ("ABCDEFG2", None),
        ("\N{FULLWIDTH DIGIT TWO}ABCDEFG", None),
        ("", None),
        ("2" * 10_000, None),
    ],
)
def test_a_code_is_known_by_its_form(text: str, code: str | None) -> None:
    assert read_code(text) == code


def test_a_code_of_one_leg_is_none_of_another() -> None:
    wanted = WantedCode.of(JOSIE, "a" * 64, "2ABCDEFG", 0)
    assert wanted.is_code("2ABCDEFG")
    assert not WantedCode(JOSIE, "b" * 64, wanted.code_hash, 180).is_code("2ABCDEFG")


def test_a_proof_that_does_not_exist_stops_the_function() -> None:
    assert Settings({}).proof is Proof.SIWS
    with pytest.raises(ConfigurationError, match="PROOF"):
        _ = Settings({"PROOF": "none"}).proof
