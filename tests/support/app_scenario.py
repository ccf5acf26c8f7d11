"""How an app file is tried against its twin: which operations, with what, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.app_twin import Twin

type Inputs = Callable[[Twin], Mapping[str, str]]
"""The inputs of an operation, from what lies at the twin at the start."""


@dataclass(frozen=True)
class Reading:
    """An operation that only reads. `inputs` fit for Josie; `results` must be among what it gives."""

    operation: str
    inputs: Inputs
    results: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """An operation that decides a record that waits for Josie.

    Attributes:
        operation: its name in the app file.
        inputs: of the record that waits for Josie.
        audit: the twin's word for what was recorded.
        opposite: the operation that decides the other way, if there is one.
        description: what the check says afterwards of how it was decided; None where it doesn't.
        settled: whether it is over once it was decided, so that a second decision is refused as such.
        outsider: inputs with which Tom is refused; None: the same as Josie's.
        moved: changes the record so that what Josie saw is outdated; None where the app can't tell.
        names_who: whether what the check reads says who decided; else it is never taken for our own doing.
    """

    operation: str
    inputs: Inputs
    audit: str
    opposite: str | None = None
    description: str | None = None
    settled: bool = True
    outsider: Inputs | None = None
    moved: Callable[[Twin], None] | None = None
    names_who: bool = True


@dataclass(frozen=True)
class Creation:
    """An operation that makes or changes something, as Josie or somebody else.

    Attributes:
        once: whether sending it again makes no second one.
        audit: the twin's words, after it was sent once; empty where the app records nothing of it.
    """

    operation: str
    inputs: Inputs
    audit: tuple[str, ...] = ("created",)
    person: str = "josie"
    once: bool = True


@dataclass(frozen=True)
class Scenario:
    """All operations of one app file, each tried in one way; and what the app is known not to do.

    Attributes:
        reading: used to see whether a token is taken.
        shows_email: whether the app says the person's address.
        tells_what_is_gone: whether revoking what was revoked is told from failing to; else it is tried again later.
    """

    reading: Reading
    readings: tuple[Reading, ...] = ()
    decisions: tuple[Decision, ...] = ()
    creations: tuple[Creation, ...] = ()
    shows_email: bool = True
    tells_what_is_gone: bool = True

    @property
    def operations(self) -> set[str]:
        """Every operation that is tried."""
        every: tuple[Reading | Decision | Creation, ...] = (
            self.reading,
            *self.readings,
            *self.decisions,
            *self.creations,
        )
        return {one.operation for one in every}


def picked(*names: str, place: int = 0, **more: str) -> Inputs:
    """Inputs that the card of a sample record brings under these names, and what the person adds."""
    return lambda twin: {name: twin.card(place)[name] for name in names} | more


def given(**inputs: str) -> Inputs:
    """Inputs that are always the same."""
    return lambda _twin: inputs
