"""One REST call and its answer, as values: what a route's action gets and gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import Headers

from sandbox.apps.accounts import Account
from sandbox.apps.audit import Caller
from sandbox.apps.description import Json
from sandbox.apps.rest.problem import Problem
from sandbox.apps.rest.store import Record, Store
from sandbox.apps.state import AppState


@dataclass(frozen=True)
class Answer:
    """What goes back: `body` None sends none."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call by somebody the app knows: `at` are the path's values, `headers` are found whatever their case."""

    known_caller: Caller | None
    store: Store
    state: AppState
    at: Mapping[str, Any]
    query: Mapping[str, str]
    form: Mapping[str, str]
    json: Any
    headers: Headers

    @property
    def caller(self) -> Caller:
        """Who calls, and through what; raises `Problem` unauthenticated."""
        if self.known_caller is None:
            raise Problem("unauthenticated")
        return self.known_caller

    @property
    def who(self) -> Account:
        """The account that calls."""
        return self.caller.account

    @property
    def body(self) -> Json:
        """The JSON object that was sent; raises `Problem` invalid."""
        if not isinstance(self.json, dict):
            raise Problem("invalid", "The body is not a JSON object.")
        return self.json

    def text(self, name: str, default: str | None = None) -> str:
        """A text of the body; raises `Problem` invalid for one that is missing (without a default) or no text."""
        value = self.body.get(name, default)
        if not isinstance(value, str):
            raise Problem("invalid", f"{name} is missing or is no text.")
        return value

    def record(self, kind: str, record_id: str) -> Record:
        """A record as the caller sees it: `record_id` is filled in from the path (`{owner}/{repo}/{number}`)."""
        return self.store.read(kind, record_id.format(**self.at), self.who)

    def of(self, kind: str) -> list[Record]:
        """The records of a kind that the caller may see, oldest first."""
        return [record for record in self.store.all(kind) if record.rights.may_read(self.who)]


type Action = Callable[[Call], Answer]
"""What a route does; raises `Problem`."""

type Shape = Callable[[Record], Any]
"""How the vendor shows a record."""


@dataclass(frozen=True)
class Route:
    """One REST call of the vendor: method, Flask path pattern, what it does; `scope` and `host` if they matter."""

    method: str
    path: str
    action: Action
    scope: str | None = None
    host: str | None = None
    public: bool = False
    """Answers without a token too (then `call.caller` may raise)."""
