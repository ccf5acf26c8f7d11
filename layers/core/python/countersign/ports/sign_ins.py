"""The port to the store of sign-ins: intents, legs, codes, and how often what was asked for."""

from collections.abc import Sequence
from typing import Protocol

from countersign.domain.identity import Person
from countersign.domain.limits import Limit
from countersign.domain.proof import WantedCode
from countersign.domain.sign_in import Intent, Leg
from countersign.domain.tokens import Sealed


class SignInStore(Protocol):
    """Intents and legs. Every consume is one conditional update with one winner."""

    def put_intent(self, intent: Intent) -> None:
        """Write a new one. Raises Conflict when it is there."""

    def get_intent(self, id_hash: str) -> Intent | None:
        """The intent of a link, by the hash of its id."""

    def links_of(self, person: Person, since: int, after: str | None, limit: int) -> tuple[Sequence[str], str | None]:
        """Those that a person asked for since then, by the hashes of their ids, and where the next page begins.

        ``after`` is what the page before gave, for the same ``since``.
        """

    def save_intent(self, intent: Intent, *, was: Intent) -> None:
        """Write if the status and tries are still those of ``was``. Raises Conflict."""

    def save_prompt(self, id_hash: str, prompt: Sealed) -> None:
        """Keep the prompt's sealed reply address; an intent that went meanwhile is no error."""

    def put_leg(self, leg: Leg) -> None:
        """Write a new one. Raises Conflict when it is there."""

    def get_leg(self, id_hash: str) -> Leg | None:
        """A leg, spent or not."""

    def consume_leg(self, leg: Leg) -> bool:
        """True for exactly one caller: the leg is spent."""

    def decline_leg(self, leg: Leg, now: int) -> bool:
        """Spend it, for good, and make its tokens due at once. True for exactly one caller, of ``consume_leg`` too."""

    def due(self, now: int, limit: int) -> Sequence[Intent | Leg]:
        """Intents opened and not finished for 3 minutes (help is due); CONFIRM legs whose tokens nobody confirmed."""

    def settle(self, row: Intent | Leg) -> bool:
        """Take a due row off the list. True for exactly one caller.

        What is sealed on a leg is forgotten with it: by then it is a connection's, or ended at its app, or a key that
        nobody wanted kept.
        """

    def postpone(self, row: Intent | Leg, due_at: int) -> None:
        """Look at a due row that could not be dealt with again at ``due_at``. Settled meanwhile is no error."""

    def first_sight(self, key: str, delivery: str, now: int) -> bool:
        """True the first time in 26 hours; and again for the same ``delivery`` (the queue's own message id)."""

    def claim_code(self, mark: str, whose: str, now: int) -> bool:
        """True for the first who brings an authorization code (by its mark) in ``CODE_SECONDS``, however often."""

    def want_code(self, wanted: WantedCode) -> None:
        """The newest code that a person is to type takes the place of any other."""

    def wanted_code(self, person: Person) -> WantedCode | None:
        """The newest code that a person is to type, over or not."""

    def save_code(self, wanted: WantedCode, *, was: WantedCode) -> None:
        """Write tries and proof if it is still the code, the tries and the proof of ``was``. Raises Conflict."""

    def take(self, limit: Limit, whose: str, now: int) -> bool:
        """Count one more of what ``limit`` bounds: True for its first ``most`` in its ``seconds``."""

    def give_back(self, limit: Limit, whose: str, taken_at: int) -> None:
        """Count one less of those that were taken at that time. They being over and forgotten is no error."""
