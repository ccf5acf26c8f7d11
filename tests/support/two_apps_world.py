"""A recipe over two apps in memory, and a worker that can be killed around any call of a port."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from catalog_build.compile import compile_catalog
from countersign.domain.action import Action
from countersign.domain.catalog import Catalog
from countersign.domain.catalog_data import load
from countersign.domain.connection import Account, Connection, Status, seal_owner
from countersign.domain.errors import AppUnavailable
from countersign.domain.form_state import FormState
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.identity import Person
from countersign.domain.interaction import FormRef, Interaction, Kind, Quoted, ReplyTo
from countersign.domain.secret import Secret
from countersign.domain.texts.names import FORM_LOAD
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import JOSIE, WORKSPACE, ActingWorld

SOURCE = Path(__file__).parent / "two_apps"
ANSWERS = {"project": "OPS", "summary": "Login fails", "severity": "high"}
PORTS = ("actions", "cards", "connections", "opener", "http", "actions_queue", "slack")


@cache
def two_apps() -> Catalog:
    """Compiled as the build does it."""
    return load(compile_catalog(SOURCE))


@dataclass
class TwoApps:
    """The tracker and the wiki, behind ``ports.Http``.

    ``answers``: what is answered next instead, or raised. ``refused``: the call that is refused, ``POST wiki.…``.
    ``lost``: the number of the call that is heard and whose answer never comes.
    """

    issues: dict[str, dict[str, str]] = field(default_factory=dict)
    pages: list[dict[str, str]] = field(default_factory=list)
    projects: list[dict[str, str]] = field(default_factory=lambda: [{"key": "OPS", "name": "Operations"}])
    answers: list[HttpAnswer | Exception] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    refused: str = ""
    lost: int = 0

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        place = request.url.removeprefix("https://")
        assert place.partition("/")[0] in allowed_hosts
        assert request.headers["Authorization"] == "Bearer at-josie"
        self.calls.append(f"{request.method} {place}")
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        if self.refused and self.calls[-1].startswith(self.refused):
            return HttpAnswer(403, {"message": "No"})
        answer = self._answer(request, place)
        if len(self.calls) == self.lost:
            raise AppUnavailable("the answer was lost")
        return answer

    def _answer(self, request: HttpRequest, place: str) -> HttpAnswer:
        match request.method, place.split("/")[:2]:
            case "GET", ["tracker.example", "projects"]:
                self.queries.append(dict(request.query))
                return HttpAnswer(200, {"values": self.projects})
            case "PUT", ["tracker.example", "issues"]:
                issue = self.issues.setdefault(place.rpartition("/")[2], dict(request.json))
                return HttpAnswer(200, {"key": f"{issue['project']}-1"})
            case "GET", ["wiki.example", "pages"]:
                found = [page for page in self.pages if page["label"] == request.query["label"]]
                return HttpAnswer(200, {"values": found})
            case "POST", ["wiki.example", "pages"]:
                self.pages.append({"id": str(len(self.pages) + 7), **request.json})
                page = self.pages[-1]["id"]
                return HttpAnswer(201, {"id": page}, {"location": f"https://wiki.example/pages/{page}"})
        raise AppUnavailable(place)


class Killed(BaseException):
    """The worker's process is gone: nothing catches this."""


@dataclass
class Fuse:
    """Kills the worker at the ``blows_at``-th call of any port: before the call, or after it."""

    blows_at: int = 0
    after: bool = False
    calls: int = 0

    def __call__(self, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        if self.calls == self.blows_at and not self.after:
            raise Killed
        result = call(*args, **kwargs)
        if self.calls == self.blows_at:
            raise Killed
        return result


class Fused:
    """A port whose every call goes through the fuse."""

    def __init__(self, port: Any, fuse: Fuse) -> None:
        self._port, self._fuse = port, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return (lambda *args, **kwargs: self._fuse(found, *args, **kwargs)) if callable(found) else found


class TwoAppsWorld(ActingWorld):
    """The product with two apps outside."""

    def __init__(self) -> None:
        super().__init__()
        self.http = TwoApps()

    @property
    def apps(self) -> TwoApps:
        """What is outside."""
        found: Any = self.http
        return found if isinstance(found, TwoApps) else vars(found)["_port"]

    catalog = cached_property(lambda _: two_apps())

    def fuse(self, fuse: Fuse) -> None:
        """From here on every port's calls are counted."""
        for name in PORTS:
            self.__dict__[name] = Fused(getattr(self, name), fuse)

    def mend(self) -> None:
        """Take the fuse out; another worker goes on."""
        for name in PORTS:
            self.__dict__[name] = vars(self.__dict__[name])["_port"]
        self.be_another_worker()

    def sign_in(self, app: str, person: Person = JOSIE, *, scopes: tuple[str, ...] = (), **changes: Any) -> Connection:
        """A person's live connection to one of the apps."""
        account = Account("id-josie", "josie", "Josie", "josie@acme.com")
        sealed = self.opener.seal(
            pack(Tokens(Secret("at-josie"), None)), seal_owner(person, WORKSPACE.id, app, "id-josie", 1)
        )
        plain = Connection(person, WORKSPACE.id, app, account, Status.LIVE, 1, sealed, scopes, None, self.now)
        connection = replace(plain, **changes)
        self.connections.put(connection, replaces=None)
        return connection

    def report(self, recipe: str = "report_bug", **answers: str) -> list[Any]:
        """The form is sent; what failed. A second call is the same form delivered again."""
        state = FormState(recipe, "run", None, ReplyTo()).as_text()
        form = self._interaction(Kind.FORM, "form", state, answers=ANSWERS | answers, id="view_submission:V1:1")
        return self.deliver({"v": 1, "kind": "interaction", "interaction": form.as_json()})

    def load_form(self, quoted: Quoted | None = None, **changes: Any) -> list[Any]:
        """The choices of the open form are wanted; what failed."""
        state = FormState("report_bug", "run", None, ReplyTo("C0GENERAL"), quoted=quoted).as_text()
        button = replace(self._interaction(Kind.BUTTON, FORM_LOAD, state, form=FormRef("V1", "h1")), **changes)
        return self.deliver({"v": 1, "kind": "interaction", "interaction": button.as_json()})

    def _interaction(self, kind: Kind, name: str, state: str, **changes: Any) -> Interaction:
        plain = Interaction("t1", kind, JOSIE, WORKSPACE, ReplyTo(), name=name, state=state, foreign=False, at=self.now)
        return replace(plain, **changes)

    @property
    def action(self) -> Action:
        """The only one."""
        (action,) = self.actions.recent(JOSIE, 10)
        return action
