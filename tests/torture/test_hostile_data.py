"""The reduced runs of hostile data: tokens, answers, what is shown, rows, chat; and that each judge would notice."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest

from countersign.adapters.dynamodb import reading
from countersign.adapters.slack import openid, parse_event, text
from countersign.domain import token_answer
from countersign.domain.openid import IdTokenClaims
from countersign.entrypoints import html
from countersign_cli import audit_formats
from tests.torture.hostile.chat_text import attack_chat
from tests.torture.hostile.id_tokens import attack_id_tokens
from tests.torture.hostile.judge import Judge, Verdicts
from tests.torture.hostile.mutation import Mutator
from tests.torture.hostile.run import Attack, parts_of_the_list, show_silently
from tests.torture.hostile.shapes import attack_shapes
from tests.torture.hostile.shown_data import PLACES, strings
from tests.torture.hostile.stored_rows import Tampering
from tests.torture.hostile.stored_runs import attack_rows
from tests.torture.hostile.stored_world import stored_world
from tests.torture.hostile.token_answers import HostileAnswers
from tests.torture.hostile.token_runs import attack_tokens
from tests.torture.measure import DEFAULT_SEED, Share
from tests.torture.parts import Options

ID_TOKENS, ANSWERS, STRINGS, ROWS, TEXTS, SHAPES = 150, 400, 60, 80, 300, 300


def assert_harmless(verdicts: Verdicts, classes: Mapping[str, int]) -> None:
    assert verdicts.faults == []
    assert (verdicts.uncaught, verdicts.status_5xx, verdicts.classes) == (0, 0, classes)


def test_nobody_is_believed_on_a_forged_token_and_everybody_on_a_good_one() -> None:
    assert_harmless(Attack(attack_id_tokens)(Share(DEFAULT_SEED, ID_TOKENS)), {"C6": ID_TOKENS})


def test_nothing_but_what_a_token_endpoint_gave_is_stored_and_nothing_it_gave_is_lost() -> None:
    assert_harmless(Attack(attack_tokens)(Share(DEFAULT_SEED, ANSWERS)), {"C7": ANSWERS})


def test_what_others_wrote_is_text_wherever_people_see_it() -> None:
    """The last strings of the list: some of everybody's, and all of ours, in every place."""
    count = STRINGS * len(PLACES)
    assert_harmless(show_silently(Share(len(strings()) - STRINGS, count)), {"C8": count})


def test_rows_that_are_wrong_stop_what_reads_them() -> None:
    assert_harmless(Attack(attack_rows)(Share(DEFAULT_SEED, ROWS)), {"C9": ROWS})


def test_who_asks_in_chat_is_answered_once_and_nobody_else_is() -> None:
    verdicts = Attack(attack_chat)(Share(DEFAULT_SEED, TEXTS))
    assert_harmless(verdicts, {"C11": TEXTS})
    assert set(verdicts.statuses) == {200}


def test_payloads_that_hypothesis_makes_break_nothing() -> None:
    verdicts = Attack(attack_shapes)(Share(DEFAULT_SEED, SHAPES))
    assert_harmless(verdicts, {"C3": verdicts.requests})
    assert verdicts.requests >= SHAPES * 0.9, "what it made twice it sent once"


# --- each judge would notice


def test_a_token_that_nobody_checks_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = IdTokenClaims("U0JOSIE", "T0ACME", None, None, None)
    monkeypatch.setattr(openid, "check_claims", lambda *_, **__: claims)
    assert any("believed" in fault for fault in attack_id_tokens(Share(1, 40)).faults)


def test_an_endpoint_that_is_believed_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_answer, "_is_token", lambda _: True)
    assert attack_tokens(Share(2, 120)).faults != []


def test_values_that_are_not_escaped_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_escape", str)
    monkeypatch.setattr(html, "_escaped", str)
    monkeypatch.setattr(audit_formats, "harmless", str)
    faults = {place: attack_place(place) for place in PLACES}
    assert [place for place, found in faults.items() if not found] == []


def attack_place(place: str) -> list[str]:
    from tests.torture.hostile.shown_judge import faults_of  # noqa: PLC0415 - what it judges with is replaced here

    return [fault for shown in PLACES[place]("=<script>&amp;lt;!channel>") for fault in faults_of(shown)]


def test_rows_that_are_read_as_they_are_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "readable", lambda _: nullcontext())
    monkeypatch.setattr(reading, "_wrong_field", lambda _: None)
    assert any("escaped" in fault for fault in attack_rows(Share(3, 40)).faults)


def test_a_bot_that_is_answered_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_event, "_why_not", lambda *_: None)
    assert any("answered" in fault for fault in attack_chat(Share(4, 60)).faults)


def test_a_payload_that_breaks_something_is_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judge, "_judge", lambda judge, *_: judge.verdicts.fault("broken"))
    (fault,) = attack_shapes(Share(5, 30)).faults
    assert "hypothesis: broken" in fault


# --- what it is made of


def test_the_whole_list_comes_to_every_place() -> None:
    whole = list(parts_of_the_list(Options().shown))
    assert sum(part.count for part in whole) == Options().shown == len(strings()) * len(PLACES)
    seen = {part.seed + number for part in whole for number in range(part.count // len(PLACES))}
    assert seen == set(range(len(strings())))


def test_the_same_seed_makes_the_same_answers_and_rows() -> None:
    good = {"access_token": "at", "refresh_token": "rt", "token_type": "Bearer", "expires_in": 1800}

    def answers() -> list[Any]:
        make = HostileAnswers(Mutator(5))
        return [(one.how, one.must, one.body) for one in (make(good) for _ in range(200))]

    with stored_world() as world:
        first, again = (Tampering(Mutator(5), world.base) for _ in range(2))
        assert [first.one() for _ in range(100)] == [again.one() for _ in range(100)]
    assert answers() == answers()
