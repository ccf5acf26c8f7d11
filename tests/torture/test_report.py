"""What the long runs write down, under the names that outside programs read."""

import json
from pathlib import Path

import pytest

from tests.torture.__main__ import main
from tests.torture.measure import shares
from tests.torture.parts import PARTS
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


def test_figures_by_other_names_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="attacks has the figures"):
        write(tmp_path / "torture.json", {"attacks": {"rounds": 1}}, 1, 1.0)


def test_shares_add_up_and_are_the_same_for_the_same_seed() -> None:
    parts = list(shares(3, 1_001, 250))
    assert sum(part.count for part in parts) == 1_001
    assert len({part.seed for part in parts}) == len(parts)
    assert parts == list(shares(3, 1_001, 250))
