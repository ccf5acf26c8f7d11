"""Shows every request to an app before it goes, and what came back: what is secret is masked."""

import json
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from countersign.adapters.http import HardenedAdapter, HardenedHttp
from countersign.domain.hidden import Hidden
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.redaction import MASK, redact

_SECRETS: Final = ("token", "secret", "password", "credential", "authorization", "cookie")
"""A header, parameter or member whose name holds one of these words is masked, whatever is in it."""
_LONGEST: Final = 2_000


class ShownHttp:
    """Implements ``ports.Http`` over the real one. ``hidden``: what of the recipe's own inputs is not shown."""

    def __init__(self, http: HardenedHttp, console: Console, hidden: Hidden) -> None:
        self._http, self._console, self._hidden, self.sent = http, console, hidden, 0

    def adapter(self, allowed_hosts: Sequence[str]) -> HardenedAdapter:
        """For the OAuth library: what goes this way holds nothing but secrets, and is not shown."""
        return self._http.adapter(allowed_hosts)

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        """Show, send, show. Slack's own reply addresses, plain http in the sandbox, are no part of the recipe."""
        if not request.url.startswith("https://"):
            return self._http.send(request, allowed_hosts)
        self.sent += 1
        self._print(f"\n{self.sent}. {request.method} {_address(request)}", "bold cyan")
        for name, value in masked(dict(request.headers)).items():
            self._print(f"   {name}: {value}", "dim")
        body = request.json if request.json is not None else request.form
        if body is not None:
            self._print(self._indented(body))
        answer = self._http.send(request, allowed_hosts)
        self._print(f"   → {answer.status}", "bold green" if answer.status < 300 else "bold yellow")  # noqa: PLR2004
        if answer.body is not None:
            self._print(self._indented(answer.body), "dim")
        return answer

    def _indented(self, body: Any) -> str:
        text = self._hidden(json.dumps(masked(body), indent=2, ensure_ascii=False))
        shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… ({len(text):,} characters)"
        return "\n".join(f"   {line}" for line in shown.splitlines())

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(Text(self._hidden(text), style))


def masked(value: Any, name: str = "") -> Any:
    """The same JSON value without what is secret by its name or by its look."""
    match value:
        case dict():
            return {key: masked(member, str(key)) for key, member in value.items()}
        case list() | tuple():
            return [masked(member, name) for member in value]
        case str() if any(word in name.lower() for word in _SECRETS):
            return MASK
        case str() if value.lstrip()[:1] in ("{", "["):
            return _masked_json(value)
        case str():
            return redact(value)
    return value


def _masked_json(text: str) -> str:
    """JSON inside a form field is looked through, too."""
    try:
        return json.dumps(masked(json.loads(text)), ensure_ascii=False)
    except ValueError:
        return redact(text)


def _address(request: HttpRequest) -> str:
    query = "&".join(f"{name}={value}" for name, value in masked(dict(request.query)).items())
    return redact(request.url) + (f"?{query}" if query else "")
