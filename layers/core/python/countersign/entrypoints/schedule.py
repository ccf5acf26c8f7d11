"""The schedule's minute: what nobody else would do."""

from typing import Protocol

from countersign.usecases.keep_bots import KeepBots
from countersign.usecases.keep_house import KeepHouse
from countersign.usecases.sweep_members import SweepMembers


class HouseContainer(Protocol):
    """What the schedule needs of the composition root."""

    @property
    def keep_bots(self) -> KeepBots: ...  # noqa: D102 - named by its type
    @property
    def keep_house(self) -> KeepHouse: ...  # noqa: D102
    @property
    def sweep_members(self) -> SweepMembers: ...  # noqa: D102


def handle(container: HouseContainer) -> None:
    """One minute's work. Bots first: those who speak for the rest need their tokens. Raises what any of it raises."""
    container.keep_bots()
    container.keep_house()
    container.sweep_members.begin()
