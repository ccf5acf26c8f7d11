"""What a form remembers while it is open: which procedure it asks for, and where a private answer can go."""

import bisect
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
        if self.quoted is None or _size(self) <= STATE_CHARACTERS:
            return _as_json(self)
        lengths = range(len(self.quoted.text) + 1)
        kept = bisect.bisect_right(lengths, STATE_CHARACTERS, key=lambda length: _size(self._shortened(length))) - 1
        return _as_json(self._shortened(max(0, kept)))

    def _shortened(self, length: int) -> "FormState":
        quoted = self.quoted
        return replace(self, quoted=replace(quoted, text=quoted.text[:length])) if quoted else self

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


def _size(state: FormState) -> int:
    return len(_as_json(state).encode("utf-16-le")) // 2
