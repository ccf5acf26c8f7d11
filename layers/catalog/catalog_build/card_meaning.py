"""What a JSON Schema can't say of a card: where it goes, who decides, what it is compared with, when it ends."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from catalog_build.link_meaning import Apps, Raw, check_link
from catalog_build.names import check_query, check_template, strings
from catalog_build.problem import Path, Report, choices
from countersign.domain.card_template import seconds

LONGEST: Final = 365 * 86_400
"""Seconds: a card that waits longer is forgotten before anything more happens to it."""
_NO_TEMPLATES: Final = frozenset({"closed", "who", "remind_after", "expires_after"})
_PATH: Final[Path] = ("card",)


def check_card(recipe: Raw, names: AbstractSet[str], apps: Apps, report: Report) -> None:
    """Report what is wrong with a recipe's card. ``names``: what its templates may use."""
    card = recipe["card"]
    for path, text in strings({key: value for key, value in card.items() if key not in _NO_TEMPLATES}, _PATH):
        check_template(report, path, text, names)
    for key, query in card.get("closed", {}).items():
        check_query(report, (*_PATH, "closed", key), query)
    for key, what, instead in (*_contradictions(card), *_wrong_times(card)):
        report.add((*_PATH, *key), what, instead)
    for path, what, instead in _too_many_votes(recipe):
        report.add(path, what, instead)
    if "link" in card:
        check_link(recipe, card["link"], (*_PATH, "link"), apps, report)
    if not recipe["procedures"]:
        _check_link_out(card, report)
    elif "unchanged" in card:
        _Unchanged(recipe, apps, report).check()


def _contradictions(card: Raw) -> Iterator[tuple[Path, str, str]]:
    if ("channel" in card) == ("person" in card):
        yield (), "a card goes to a channel or to a person", "keep one of channel and person"
    if "${input." not in card["record"]:
        yield ("record",), "every card would be about the same record", "use ${input.x} of the record's id"
    if not card["self_approval"] and "requester" not in card:
        yield ("self_approval",), "nobody knows who the requester is", "add requester: their id, login or e-mail"


def _too_many_votes(recipe: Raw) -> Iterator[tuple[Path, str, str]]:
    """Votes that can never come together; how many are in a group or channel is known to chat alone."""
    who = recipe["card"].get("who", {})
    if set(who) != {"people"}:
        return
    people = len({name.lower() for name in who["people"]})
    for name, procedure in recipe["procedures"].items():
        if procedure["votes"] > people:
            what = f"it needs {procedure['votes']} different people, and card.who names {people}"
            yield ("procedures", name, "votes"), what, f"write votes: {people} or less, or name more people"


def _wrong_times(card: Raw) -> Iterator[tuple[Path, str, str]]:
    times = {key: seconds(card[key]) for key in ("remind_after", "expires_after") if key in card}
    for key, duration in times.items():
        if duration > LONGEST:
            yield (key,), f"{card[key]} is longer than a card is kept", "write at most 365d"
    if len(times) > 1 and times["remind_after"] >= times["expires_after"]:
        yield ("remind_after",), "the card has expired before anybody is reminded", "remind before expires_after"


def _check_link_out(card: Raw, report: Report) -> None:
    """A card without buttons of its own can only lead to the app."""
    if "link" not in card:
        report.add(("procedures",), "nobody could do anything with this card", "add a procedure, or card.link")
    for key in ("unchanged", "who", "self_approval"):
        if key in card and card[key] is not True:
            report.add((*_PATH, key), "nothing is decided on a card without procedures", "remove it")


class _Unchanged:
    """Checks how a card is compared with its record."""

    def __init__(self, recipe: Raw, apps: Apps, report: Report) -> None:
        self._recipe = recipe
        self._unchanged = recipe["card"]["unchanged"]
        self._apps = apps
        self._report = report

    def check(self) -> None:
        """Report everything."""
        name = self._unchanged["operation"]
        app_id, _, operation_id = name.partition(".")
        app = self._apps.get(app_id) or {"operations": {}}
        operation = app["operations"].get(operation_id)
        if operation is None:
            self._add(("operation",), f"there is no operation {name}", choices(self._readers(app_id)))
            return
        if operation["kind"] != "read":
            self._add(("operation",), f"{name} does more than read", choices(self._readers(app_id)))
        for procedure in self._recipe["procedures"].values():
            if procedure["steps"][-1]["operation"].partition(".")[0] != app_id:
                what = f"the record is decided in another app than {app_id}"
                self._add(("operation",), what, "read it in the app of the procedures' last steps")
                break
        self._check_inputs(operation)
        self._check_same(operation)

    def _readers(self, app_id: str) -> set[str]:
        app = self._apps.get(app_id) or {"operations": {}}
        return {f"{app_id}.{name}" for name, one in app["operations"].items() if one["kind"] == "read"}

    def _check_inputs(self, operation: Raw) -> None:
        given, name = self._unchanged["inputs"], self._unchanged["operation"]
        for key in given:
            if key not in operation["inputs"]:
                self._add(("inputs", key), f"{name} takes no input {key}", choices(set(operation["inputs"])))
        for key, declared in operation["inputs"].items():
            if declared["required"] and key not in given:
                self._add(("operation",), f"{name} needs the input {key}", f"add inputs: {key}: ${{input.…}}")

    def _check_same(self, operation: Raw) -> None:
        for shown, result in self._unchanged["same"].items():
            if shown not in self._recipe["inputs"]:
                what = f"{shown} is no input of the recipe"
                self._add(("same", shown), what, choices(set(self._recipe["inputs"])))
            if result not in operation["results"]:
                what = f"{self._unchanged['operation']} does not give {result}"
                self._add(("same", shown), what, choices(set(operation["results"])))

    def _add(self, path: Path, what: str, instead: str) -> None:
        self._report.add((*_PATH, "unchanged", *path), what, instead)
