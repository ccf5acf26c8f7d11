"""What `help` says can be done."""

from dataclasses import replace

from countersign.domain.texts.conversation import help_message
from tests.support.memory_chat import words
from tests.support.two_apps_world import two_apps

REPORT, WRITE = two_apps().recipes["report_bug"], two_apps().recipes["write_page"]


def test_commands_and_shortcuts_are_listed() -> None:
    said = words(help_message([REPORT, WRITE], "/countersign"))

    assert "• `report bug`: Files a bug as you, and writes a page about a bad one." in said
    assert said.endswith(
        "Or among your shortcuts:\n"
        "• *Report a bug*: Files a bug as you, and writes a page about a bad one.\n"
        "• *Report as a bug* (in the menu of a message): Files a bug as you, and writes a page about a bad one."
    )


def test_without_a_shortcut_none_are_spoken_of() -> None:
    assert "shortcut" not in words(help_message([WRITE], "/countersign"))


def test_a_recipe_that_only_a_message_starts_is_listed_too() -> None:
    only = replace(REPORT, command=None, shortcut=None)
    said = words(help_message([only], "/countersign"))

    assert "report bug" not in said
    assert "• *Report as a bug* (in the menu of a message): Files a bug" in said
