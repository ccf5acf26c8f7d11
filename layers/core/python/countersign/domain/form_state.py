"""What a form remembers while it is open: which procedure it asks for, and where a private answer can go."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from countersign.domain.errors import Malformed
from countersign.domain.interaction import Quoted, ReplyTo

STATE_CHARACTERS: Final = 3000
"""What chat keeps for us in an open form, counted in UTF-16 as chat clients do."""


@dataclass(frozen=True, slots=True)
class FormState:
    """Rides in ``Form.state`` and comes back signed by the chat service with the answers.

    ``card`` is the card whose button opened the form, ``shown`` what it showed then; None for a command's form.
    ``quoted`` is the message that the form begins with, as long as the form itself is still being read.
    """

    recipe: str
    procedure: str
    card: str | None
    reply_to: ReplyTo
    shown: str | None = None
    quoted: Quoted | None = None

    def as_text(self) -> str:
        """Compact JSON; absent values are left out. What a quoted text has too much is cut off."""
        text = _as_json(self)
        excess = len(text.encode("utf-16-le")) // 2 - STATE_CHARACTERS
        if self.quoted is None or excess <= 0:
            return text
        kept = self.quoted.text[: max(0, len(self.quoted.text) - excess)]
        return _as_json(replace(self, quoted=replace(self.quoted, text=kept)))

    @classmethod
    def from_text(cls, text: str) -> "FormState":
        """Read back what ``as_text`` wrote. Raises Malformed for anything else: nobody but us writes it."""
        try:
            body = json.loads(text)
            quoted = Quoted(**body.pop("quoted")) if "quoted" in body else None
            strings = {name: str(value) for name, value in body.items()}
            recipe, procedure = strings["recipe"], strings["procedure"]
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise Malformed("a form's state is not ours") from error
        reply_to = ReplyTo(strings.get("channel"), strings.get("thread"), strings.get("reply_url"))
        return cls(recipe, procedure, strings.get("card"), reply_to, strings.get("shown"), quoted)


def _as_json(state: FormState) -> str:
    body: dict[str, Any] = {"recipe": state.recipe, "procedure": state.procedure, "card": state.card}
    body["shown"] = state.shown
    body["quoted"] = asdict(state.quoted) if state.quoted else None
    body |= state.reply_to.as_json()
    given = {name: value for name, value in body.items() if value is not None}
    return json.dumps(given, separators=(",", ":"), ensure_ascii=False)
