"""How often something may be asked for: nobody can be flooded, and nobody floods. Counted by the sign-ins' store."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of one kind in so many seconds, counted from the first one."""

    name: str
    most: int
    seconds: int


LINKS: Final = Limit("links", 20, 600)
"""Links that one person asked for and did not use to the end: one for every app of a first day, and some to lose."""
REFUSALS: Final = Limit("refusals", 3, 600)
"""How often one person is told that there are too many of them: ten thousand clicks are no ten thousand messages."""
PRESSES: Final = Limit("presses", 10, 600)
"""How often one link's button may send a browser to Slack. Per link: who has somebody's link can use up no other."""
