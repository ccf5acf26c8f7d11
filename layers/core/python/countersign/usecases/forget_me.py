"""A person asks to be forgotten: what is theirs ends, and their history is emptied."""

from dataclasses import dataclass

from countersign.domain.departure import Departure, Left
from countersign.domain.interaction import Interaction
from countersign.domain.message import Message
from countersign.domain.queue_messages import left_message
from countersign.domain.texts.forget import begun
from countersign.ports.system import Clock, Queue


@dataclass(frozen=True)
class ForgetMe:
    """Of the asker alone, whatever a button's value says: in every workspace of their organisation.

    Raises StoreUnavailable.
    """

    queue: Queue
    clock: Clock

    def __call__(self, interaction: Interaction) -> Message:
        """Begin, and return what to say now."""
        person = interaction.person
        departure = Departure(
            Left.FORGOTTEN,
            tenant=person.tenant,
            workspace=None,
            organisation=interaction.workspace.organisation,
            person=person.user_id,
            at=self.clock(),
            trace_id=interaction.trace_id,
            by=person.user_id,
        )
        self.queue.send(left_message(departure))
        return begun()
