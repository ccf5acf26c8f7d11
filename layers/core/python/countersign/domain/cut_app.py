"""Cutting an app off: everybody's connection to it ends, page by page, however many there are."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CutApp:
    """How far it is. It rides the queue between one batch and the next.

    Attributes:
        app: the app's id.
        workspace: only what came through this workspace; None: through any.
        by: who asked for it: the admin's key, else the operator as AWS knows them.
        at: when, epoch seconds: who connects later stays connected.
        after: where the next page begins; None: at the start.
        again: this is the second look, for what the index did not show yet.
        cut: how many were cut so far.
        ended: this look is over; it is left to write down and to tell how many they were.
    """

    app: str
    workspace: str | None
    by: str
    at: int
    trace_id: str = ""
    after: str | None = None
    again: bool = False
    cut: int = 0
    ended: bool = False

    def reaches(self, connected_at: int) -> bool:
        """Whether it cuts what was connected then."""
        return connected_at <= self.at

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for the queue."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "CutApp":
        """Read back what ``as_json`` wrote. Raises KeyError, TypeError or ValueError on any other shape."""
        return cls(**{**body, "app": str(body["app"]), "at": int(body["at"]), "cut": int(body["cut"])})
