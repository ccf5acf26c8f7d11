"""Keeps what is secret out of what an app says back: some quote what they were sent. Pure."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote, quote_plus

from countersign.domain.catalog import App
from countersign.domain.http import HttpAnswer
from countersign.domain.message import Field
from countersign.domain.redaction import MASK
from countersign.domain.secret import Secret
from countersign.domain.secret_answers import secret_answers
from countersign.domain.unescaped import readings

SHORTEST: Final = 6
"""Characters of a secret answer at least: a shorter one would be found in every other word and number."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Texts that must not come out. Called with a text, it gives the text with dots in their place."""

    secrets: tuple[str, ...] = field(default=(), repr=False)

    def __call__(self, text: str) -> str:
        """The text without them, in clear or as web pages, addresses and JSON write them.

        Dots alone, where one is in it in a way that can't be cut out: there are many ways to escape a character.
        """
        if not self.secrets:
            return text
        whole = text.casefold()
        there = sorted({form for form in _forms(self.secrets) if form.casefold() in whole}, key=len, reverse=True)
        cut = re.sub("|".join(map(re.escape, there)), MASK, text, flags=re.IGNORECASE) if there else text
        return MASK if self._still_in(cut) else cut

    def _still_in(self, text: str) -> bool:
        parts = {part.casefold() for part in _parts(self.secrets)}
        return any(part in said for said in map(str.casefold, readings(text)) for part in parts)


NOTHING: Final = Hidden()


def hidden_credentials(app: App, access_token: Secret | None, key: Mapping[str, Secret]) -> Hidden:
    """What requests to the app are authorised by: the token, and the parts of a key that its file calls secret."""
    parts = app.credential.fields if app.credential else {}
    secret = [part for name, part in key.items() if name in parts and parts[name].secret]
    return Hidden(tuple(each.reveal() for each in (access_token, *secret) if each))


def without(answer: HttpAnswer, hidden: Hidden) -> HttpAnswer:
    """The answer as if it had quoted none of this, in its body or its headers."""
    headers = {name: hidden(value) for name, value in answer.headers.items()}
    body = answer.body
    if hidden(whole := json.dumps(body, ensure_ascii=False)) != whole:
        body = _masked(body, hidden)
    return replace(answer, body=body, headers=headers, text=_begun(hidden(answer.text), hidden))


def _masked(value: Any, hidden: Hidden) -> Any:
    match value:
        case str():
            return hidden(value)
        case list():
            return [_masked(inner, hidden) for inner in value]
        case dict():
            return {hidden(name): _masked(inner, hidden) for name, inner in value.items()}
    return value


def _begun(text: str, hidden: Hidden) -> str:
    """The text, of which only the beginning was kept, without the beginning of a secret at its end."""
    for secret in hidden.secrets:
        kept = next((n for n in range(len(secret) - 1, SHORTEST - 1, -1) if text.endswith(secret[:n])), 0)
        if kept:
            return text[:-kept] + MASK
    return text


def hidden_answers(form: Sequence[Field], answers: Mapping[str, str]) -> Hidden:
    """What a form's secret questions were answered."""
    return Hidden(tuple(secret_answers(form, answers).values()))


def _parts(secrets: Iterable[str]) -> Iterator[str]:
    """Each line by itself, too: a key of several lines may be quoted by one of them."""
    for secret in secrets:
        yield from (part for part in (secret, *secret.splitlines()) if len(part.strip()) >= SHORTEST)


def _forms(secrets: Iterable[str]) -> Iterator[str]:
    for part in _parts(secrets):
        yield from (part, html.escape(part), quote(part, safe=""), quote_plus(part))
        yield from (json.dumps(part, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
