"""Trigger ids: the right to open one form, for three seconds.

Source: docs.slack.dev/interactivity/handling-user-interaction; errors: docs.slack.dev/reference/methods/views.open.
"""

import secrets
from dataclasses import dataclass

from sandbox.slack.config import Clock
from sandbox.slack.errors import SlackError

LIFETIME = 3.0


@dataclass
class Trigger:
    """Who may be shown a form, and whether the interaction happened inside one (then a form may be stacked on it)."""

    user: str
    issued_at: float
    in_form: bool
    exchanged: bool = False


class Triggers:
    """The trigger ids handed out so far. Not locked: callers hold the state's lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}

    def issue(self, user: str, *, in_form: bool = False) -> str:
        """A fresh trigger id for one interaction of this person."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(user, self._clock(), in_form)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger id up.

        Raises:
            SlackError: `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > LIFETIME:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger
