"""The port to the audit trail: what happened is written once, and never changed."""

from collections.abc import Mapping
from typing import Protocol

from countersign.domain.identity import Person


class AuditLog(Protocol):
    """Append-only: the row, and one structured log line with the same facts. Raises StoreUnavailable.

    ``event`` is a stable word; facts are ids and words, never a token, an input marked secret, or anybody's name.
    What happened and what is written of it are two writes, and the second can fail. So every event says what it is the
    record of (``once``), and whatever makes its caller repeat itself can record it again: it stands there once.
    """

    def record(
        self,
        event: str,
        person: Person | None,
        facts: Mapping[str, str | None],
        *,
        once: str,
        at: int | None = None,
        tried_at: int | None = None,
    ) -> None:
        """Note what happened; facts that are empty are left out.

        Args:
            event: what happened.
            person: whose act it was, or whom it concerns.
            facts: ids and words.
            once: what it is the record of: the same words at every repeat, and of nothing else.
            at: when it happened, where that is kept elsewhere, and so is the same at every repeat. Without it, when it
                was first tried to record it.
            tried_at: when that was, where another process tried before.
        """
