"""Keeps secret answers out of what an app says back: some quote what they were sent. Pure."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, quote_plus

from countersign.domain.message import Field
from countersign.domain.redaction import MASK
from countersign.domain.secret_answers import secret_answers

SHORTEST: Final = 6
"""Characters of a secret answer at least: a shorter one would be found in every other word and number."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Texts that must not come out. Called with a text, it gives the text with dots in their place."""

    secrets: tuple[str, ...] = field(default=(), repr=False)

    def __call__(self, text: str) -> str:
        """The text without them, in clear or as web pages, addresses and JSON write them."""
        whole = text.casefold()
        there = sorted({form for form in _forms(self.secrets) if form.casefold() in whole}, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, there)), MASK, text, flags=re.IGNORECASE) if there else text


NOTHING: Final = Hidden()


def hidden_answers(form: Sequence[Field], answers: Mapping[str, str]) -> Hidden:
    """What a form's secret questions were answered."""
    return Hidden(tuple(secret_answers(form, answers).values()))


def _forms(secrets: Iterable[str]) -> Iterator[str]:
    """Each line by itself, too: a key of several lines may be quoted by one of them."""
    for secret in secrets:
        for part in (secret, *secret.splitlines()):
            if len(part.strip()) >= SHORTEST:
                yield from (part, html.escape(part), quote(part, safe=""), quote_plus(part))
                yield from (json.dumps(part, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
