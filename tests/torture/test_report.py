"""What the long runs write down, under the names that outside programs read."""

import json
from pathlib import Path

import pytest

from tests.torture import __main__ as torture
from tests.torture import parts
from tests.torture.__main__ import main
from tests.torture.hostile.judge import Verdicts
from tests.torture.measure import shares
from tests.torture.parts import PARTS, Options, Outcome
from tests.torture.report import FIGURES, write


def test_every_part_has_its_published_figures() -> None:
    assert PARTS.keys() == FIGURES.keys()


def test_a_part_that_was_not_run_is_absent_and_never_zero(tmp_path: Path) -> None:
    out = tmp_path / "torture.json"
    asked = ["--part", "attacks", "--seed", "5", "--rounds", "3", "--certified-rounds", "0", "--out", str(out)]

    assert main([*asked, "--workers", "1"]) in {0, 1}

    written = json.loads(out.read_text())
    assert written.keys() == {"attacks", "seed", "seconds"}
    assert (written["attacks"], written["seed"]) == ({"rounds": 3, "wrong_bindings": 0}, 5)
    assert written["seconds"] > 0


def test_how_many_of_each_class_stands_beside_the_published_figures_of_hostile_input(tmp_path: Path) -> None:
    figures = dict.fromkeys(FIGURES["hostile"], 0)
    write(tmp_path / "torture.json", {"hostile": figures}, 1, 1.0, classes={"C1": 7, "C10": 3})
    assert json.loads((tmp_path / "torture.json").read_text())["hostile"] == {**figures, "classes": {"C1": 7, "C10": 3}}


def test_a_step_that_was_left_out_has_no_figure_and_one_that_could_not_be_done_is_named(tmp_path: Path) -> None:
    figures = dict.fromkeys((name for name in FIGURES["hostile"] if name != "through_api"), 0)
    write(tmp_path / "torture.json", {"hostile": figures}, 1, 1.0, skipped=["hostile: guided"])
    written = json.loads((tmp_path / "torture.json").read_text())
    assert written == {"hostile": figures, "seed": 1, "seconds": 1.0, "skipped": ["hostile: guided"]}


@pytest.mark.parametrize("here", [True, False])
def test_hostile_input_says_what_it_did_and_what_it_could_not(monkeypatch: pytest.MonkeyPatch, *, here: bool) -> None:
    monkeypatch.setattr(parts, "assault", lambda *_: Verdicts(requests=7))
    monkeypatch.setattr(parts, "available", lambda: here)
    monkeypatch.setattr(parts, "fuzz", lambda *_: "")
    outcome = PARTS["hostile"](Options(guided=3, through_api=0))
    assert outcome.figures["requests"] == (10 if here else 7)
    assert "through_api" not in outcome.figures
    assert outcome.skipped == (() if here else ("3 guided requests: atheris is not here",))


def test_a_run_that_is_broken_off_leaves_what_it_has_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(_: Options) -> Outcome:
        raise KeyboardInterrupt

    whole = Outcome({"rounds": 3, "wrong_bindings": 0}, ())
    monkeypatch.setattr(torture, "PARTS", {"attacks": lambda _: whole, "hostile": broken})
    with pytest.raises(KeyboardInterrupt):
        main(["--out", str(tmp_path / "torture.json")])
    assert json.loads((tmp_path / "torture.json").read_text())["attacks"] == whole.figures


def test_figures_by_other_names_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="attacks has the figures"):
        write(tmp_path / "torture.json", {"attacks": {"rounds": 1}}, 1, 1.0)


def test_shares_add_up_and_are_the_same_for_the_same_seed() -> None:
    shared = list(shares(3, 1_001, 250))
    assert sum(share.count for share in shared) == 1_001
    assert len({share.seed for share in shared}) == len(shared)
    assert shared == list(shares(3, 1_001, 250))
