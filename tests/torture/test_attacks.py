"""The reduced run of the sign-in attacks, and that it would notice what it looks for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from countersign.entrypoints import oauth
from countersign.entrypoints.pages import page_answer
from countersign.usecases.browser_leg import BrowserLeg
from tests.support.scripted_server import serve
from tests.support.sign_in_world import JOSIE, TOM
from tests.support.two_browsers import AppServer, Stage
from tests.torture.attacks.certified import certified
from tests.torture.attacks.interleaving import Round
from tests.torture.attacks.oracle import Oracle
from tests.torture.attacks.run import on_our_stage, play
from tests.torture.measure import DEFAULT_SEED, Share


@pytest.fixture
def stage() -> Iterator[Stage]:
    with serve() as server:
        yield Stage.on(server)


def test_no_interleaving_of_two_sign_ins_binds_an_account_to_the_other_one() -> None:
    found = on_our_stage(Share(DEFAULT_SEED, 200))
    assert (found.rounds, found.wrong) == (200, ())
    assert found.bound > 100


def test_nor_does_one_on_other_peoples_servers(tmp_path: Path) -> None:
    with certified(tmp_path) as stage:
        found = play(stage, Share(DEFAULT_SEED, 15))
    assert (found.rounds, found.wrong) == (15, ())
    assert found.bound > 0


def test_the_same_seed_plays_the_same_rounds_again() -> None:
    share = Share(7, 20)
    assert on_our_stage(share) == on_our_stage(share)


def _everybodys_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A code is of whoever brings it."""
    monkeypatch.setattr(BrowserLeg, "brought_first", lambda *_: True)


def _as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does an answer that strays into another browser end its leg."""
    _everybodys_codes(monkeypatch)
    monkeypatch.setattr(BrowserLeg, "_strayed", lambda *_: None)


def _pages_at_callbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A callback shows its page where it is, with the fragment in the address bar."""
    monkeypatch.setattr(oauth, "sent_on", lambda page, _path, reference: page_answer(page, reference))


@pytest.mark.parametrize("opened", [_everybodys_codes, _as_ever, _pages_at_callbacks])
def test_the_rounds_find_a_hole_where_there_is_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, opened: Callable[[pytest.MonkeyPatch], None]
) -> None:
    opened(monkeypatch)
    assert play(stage, Share(DEFAULT_SEED, 400)).wrong


def test_the_oracle_judges_by_the_apps_books_and_not_by_what_is_shown(stage: Stage) -> None:
    josie, oracle, books = stage.browser(JOSIE), Oracle(stage), stage.app
    assert isinstance(books, AppServer)
    josie.confirm(josie.sign_in(stage.begin(JOSIE)))
    books.tokens = dict.fromkeys(books.tokens, "tom@acme.com")

    oracle.look()

    assert oracle.wrong == ["U0JOSIE acts as tom@acme.com and is shown as josie@acme.com"]


def test_a_round_is_over_when_its_steps_are(stage: Stage) -> None:
    Round(stage, Oracle(stage), Random(1)).play()  # noqa: S311 - dice
    assert {intent.person for intent in stage.world.sign_ins.intents.values()} == {TOM, JOSIE}
