"""What a form remembers while it is open: which procedure it asks for, and where a private answer can go."""

import json
from dataclasses import dataclass
from typing import Any

from countersign.domain.errors import Malformed
from countersign.domain.interaction import ReplyTo


@dataclass(frozen=True, slots=True)
class FormState:
    """Rides in ``Form.state`` and comes back signed by the chat service with the answers.

    ``card`` is the card whose button opened the form, ``shown`` what it showed then; None for a command's form.
    """

    recipe: str
    procedure: str
    card: str | None
    reply_to: ReplyTo
    shown: str | None = None

    def as_text(self) -> str:
        """Compact JSON; absent values are left out."""
        body: dict[str, Any] = {"recipe": self.recipe, "procedure": self.procedure, "card": self.card}
        body["shown"] = self.shown
        body |= self.reply_to.as_json()
        return json.dumps({name: value for name, value in body.items() if value is not None}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "FormState":
        """Read back what ``as_text`` wrote. Raises Malformed for anything else: nobody but us writes it."""
        try:
            body = json.loads(text)
            strings = {name: str(value) for name, value in body.items()}
            recipe, procedure = strings["recipe"], strings["procedure"]
        except (ValueError, KeyError, AttributeError, RecursionError) as error:
            raise Malformed("a form's state is not ours") from error
        reply_to = ReplyTo(strings.get("channel"), strings.get("thread"), strings.get("reply_url"))
        return cls(recipe, procedure, strings.get("card"), reply_to, strings.get("shown"))
