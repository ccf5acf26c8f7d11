"""Rows as somebody's hand, a backup or another version left them (C9): attributes gone, wrong, swapped, old."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.torture.hostile.mutation import Mutator, places_of, put, without
from tests.torture.hostile.stored_world import NOW, Item, Place, typed
from tools.resolve import of_type, resolved

WRONG: Final[tuple[Any, ...]] = (
    "",
    "x",
    "\U0001f600",
    0,
    1,
    -1,
    10**37,
    True,
    False,
    None,
    b"",
    b"\x00",
    [],
    [1],
    ["x"],
    {},
    {"x": 1},
    {"x"},
    {1, 2},
)
VERSIONS: Final = (-1, 0, 2, 3, 99, 10**30)
STATES: Final = (
    "",
    "dance",
    "LIVE",
    "live",
    "done",
    "open",
    "revoking",
    "burnt",
    "confirm",
    "closed",
    "settled",
    "held",
)
TIMES: Final = frozenset({"expires_at", "until", "ttl", "lease_until", "owned_until", "due_at", "token_expires_at"})
HOLDERS: Final = (("M",), ("L",))
"""What a member's or an element's place ends with, in DynamoDB's own JSON."""


@dataclass(frozen=True, slots=True)
class Tampered:
    """A row with something wrong. ``what``: which attributes, and how."""

    place: Place
    item: Item
    how: str
    names: frozenset[str]


class Tampering:
    """Makes them of the rows that are there."""

    def __init__(self, mutator: Mutator, base: Mapping[Place, Item]) -> None:
        self.mutator, self.chance, self.base = mutator, mutator.chance, dict(sorted(base.items()))
        self._keys = {name: _index_keys(table) for name, table in of_type(resolved(Stage="local"), _TABLE).items()}

    def one(self, among: Sequence[Place] = ()) -> Tampered:
        """A row with one thing wrong, rarely two; ``among`` these, or all."""
        place = self.chance.choice(among or list(self.base))
        made = self._once(place, self.base[place])
        if self.chance.random() < 1 / 10:
            again = self._once(place, made.item)
            made = Tampered(place, again.item, f"{made.how}, {again.how}", made.names | again.names)
        return made

    def _once(self, place: Place, item: Item) -> Tampered:
        names = [name for name in item if name not in ("pk", "sk", "write_id")]
        if not names:
            return Tampered(place, {**item, "x": typed(self.chance.choice(WRONG))}, "x more", frozenset({"x"}))
        name = self.chance.choice(names)
        match self.chance.randrange(9):
            case 0 | 1:
                return Tampered(place, without(item, (name,)), f"{name} gone", frozenset({name}))
            case 2 | 3 if name not in self._keys[place[0]]:
                wrong = self.chance.choice(WRONG)
                return Tampered(place, {**item, name: typed(wrong)}, f"{name} is {wrong!r}", frozenset({name}))
            case 4 if inside := [path for path in places_of(item[name]) if path[-2:-1] in HOLDERS]:
                return self._inside(place, item, name, self.chance.choice(inside))
            case 5:
                return self._swapped(place, item, name)
            case 6:
                return self._older(place, item, name)
            case 7:
                other = self.base[self.chance.choice([one for one in self.base if one[0] == place[0]])]
                keys = {key: item[key] for key in ("pk", "sk")}
                changed = frozenset(one for one in {*item, *other} if item.get(one) != other.get(one))
                return Tampered(place, {**other, **keys}, "all of another row", changed - {"pk", "sk", "write_id"})
            case _:
                more = self.mutator.text().strip("\ud800") or "more"
                value = typed(self.chance.choice(WRONG))
                return Tampered(
                    place, {**item, f"new_{more.encode('utf-8', 'replace').decode()}": value}, "more", frozenset()
                )

    def _inside(self, place: Place, item: Item, name: str, path: tuple[Any, ...]) -> Tampered:
        """A member or element of an attribute, gone or wrong."""
        inner, how = item[name], "gone"
        if self.chance.random() < 1 / 2:
            value, how = put(inner, path, typed(self.chance.choice(WRONG))), "wrong"
        else:
            value = without(inner, path)
        # Of an account its id alone is bound to the seal; a seal that does not say its schema is of the first one.
        bound = path[1] == "id" if name == "account" else (path[-1], how) != ("schema", "gone")
        return Tampered(place, {**item, name: value}, f"{name} {path} {how}", frozenset({name} if bound else ()))

    def _swapped(self, place: Place, item: Item, name: str) -> Tampered:
        """What another row of the table has there, else what another attribute of this one has."""
        others = [row[name] for one, row in self.base.items() if one[0] == place[0] and name in row and one != place]
        value = self.chance.choice(others or [item[self.chance.choice(list(item))]])
        changed = frozenset({name}) if value != item[name] else frozenset()
        return Tampered(place, {**item, name: value}, f"{name} swapped", changed)

    def _older(self, place: Place, item: Item, name: str) -> Tampered:
        """A version, state or time that is not now's."""
        if name in TIMES:
            return Tampered(
                place,
                {**item, name: typed(self.chance.choice((0, NOW - 1, NOW, 10**12)))},
                f"{name} passed",
                frozenset({name}),
            )
        if "N" in item[name]:
            return Tampered(
                place, {**item, name: typed(self.chance.choice(VERSIONS))}, f"{name} of another time", frozenset({name})
            )
        state = self.chance.choice(STATES)
        if name in self._keys[place[0]] and not state:
            state = "dance"
        if name in self._keys[place[0]] and "S" not in item[name]:
            return Tampered(place, without(item, (name,)), f"{name} gone", frozenset({name}))
        return Tampered(place, {**item, name: typed(state)}, f"{name} is {state!r}", frozenset({name}))


_TABLE: Final = "AWS::DynamoDB::Table"


def _index_keys(properties: Mapping[str, Any]) -> frozenset[str]:
    """Attributes that DynamoDB itself lets be of their own type only, because an index is sorted by them."""
    return frozenset(one["AttributeName"] for one in properties["AttributeDefinitions"])
