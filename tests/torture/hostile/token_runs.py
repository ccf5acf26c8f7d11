"""What is demanded of whatever a token endpoint answers (C7), at a sign-in and at a refresh."""

import gc
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl

from countersign.domain.connection import Connection, Status
from countersign.domain.errors import CountersignError, SignInNeeded
from countersign.domain.tokens import Sealed
from tests.support.scripted_server import Behaviour, says, serve
from tests.support.sign_in_apps import jwt
from tests.support.sign_in_world import JOSIE
from tests.torture.hostile.judge import CPU_SECONDS, Verdicts
from tests.torture.hostile.mutation import Mutator, at, places_of
from tests.torture.hostile.token_answers import CLIENT, HostileAnswer, HostileAnswers, Must
from tests.torture.hostile.token_endpoints import KINDS, Endpoints
from tests.torture.measure import Share

ANEW: Final = 50
"""After so many answers the worlds begin anew."""
STOPPED: Final = frozenset({"code_refused", "app_trouble", "misconfigured", "no_identity", "other_organisation"})
"""Pages of a sign-in that came to nothing; that something broke is none of them."""
MONTH: Final = 30 * 86_400
BASES: Final = (
    "https://evil.example",
    "http://127.0.0.1:9",
    "//evil.example",
    "https://acme.my.salesforce.com:444",
    "https://acme.my.salesforce.com@evil.example",
    "https://acme.my.salesforce.com\\@evil.example",
)
"""Where an API may not be, whatever an answer says."""
UNSPEAKABLE: Final = ("at-", "rt-", "<script", "<!channel")
"""What no page shows."""
LEADS_ELSEWHERE: Final = re.compile(r"<[^>]*evil\.example")
"""An account may be called like an address: as text it stands on a page, and in no tag."""


@dataclass
class TokenRun:
    """Sign-ins and refreshes with one kind of app; each gives (how the app answered, what is wrong)."""

    at: Endpoints
    mutator: Mutator

    def sign_in(self) -> tuple[str, list[str]]:
        """Josie signs in at the app, which answers with anything."""
        state, cookie = self.at.journey.to_app()
        self.at.world.connections.rows.clear()
        self.at.hosts.asked.clear()
        good = self.at.good()
        answer, person, lifetime = self._answers(good)
        self.at.script(answer.behaviour, person, lifetime)
        page, took = _timed(lambda: self.at.back(state, cookie))
        return answer.how, [*self._of_page(page, answer), *self._of_row(answer, good), *self._of_way(took)]

    def refresh(self) -> tuple[str, list[str]]:
        """Her connection is used once its access token is over."""
        self.at.hosts.asked.clear()
        good, before = self.at.good(), self.at.connected()
        answer = HostileAnswers(self.mutator)(good)
        if (base := _names_base(good)) and self.mutator.chance.random() < 1 / 8:
            content = {**good, base: self.mutator.chance.choice(BASES)}
            answer = HostileAnswer("API elsewhere", Must.BE_SAFE, _json(content), content)
        self.at.script(answer.behaviour, says(404, b""), self._lifetime())
        error, took = _timed(lambda: self.at.use(before))
        after = self.at.world.connections.get(JOSIE, self.at.app.id)
        return answer.how, [*self._of_refresh(answer, before, after, error), *self._of_way(took)]

    # --- what the app answers

    def _answers(self, good: Mapping[str, Any]) -> tuple[HostileAnswer, Behaviour, Behaviour]:
        """To a code, to who it was, to how long: one of them hostile."""
        chance = self.mutator.chance
        answer, person = HostileAnswer("well", Must.WORK, _json(good), good), _json(self.at.kind.person)
        match chance.randrange(8):
            case 0:
                said = self.mutator.json_text(self.at.kind.person).encode("utf-8", "surrogatepass")
                person = says(chance.choice((200, 200, 200, 401, 403, 500)), said)
                return replace(answer, how="person", must=Must.BE_SAFE), person, self._lifetime()
            case 1 if base := _names_base(good):
                content = {**good, base: chance.choice(BASES)}
                return HostileAnswer("API elsewhere", Must.FAIL, _json(content), content), person, self._lifetime()
            case 2 if self.at.kind.introspects:
                return replace(answer, how="introspection"), person, self._lifetime()
            case 3 if "id_token" in good:
                claims = self.mutator.json_text(self.at.kind.claims)
                content = {**good, "id_token": jwt(claims.encode("utf-8", "replace").decode())}
                answer = HostileAnswer("id_token", Must.BE_SAFE, _json(content), content)
                return answer, person, self._lifetime()
            case _:
                return HostileAnswers(self.mutator)(good), person, self._lifetime()

    def _lifetime(self) -> Behaviour:
        """To an introspection: whatever it is, it is no error."""
        now = self.at.world.clock.now
        said = self.mutator.json_text({"active": True, "exp": now + 900, "sub": "josie"})
        return says(self.mutator.chance.choice((200, 200, 401, 500)), said.encode("utf-8", "surrogatepass"))

    # --- what has to come of it

    def _of_page(self, page: Mapping[str, Any], answer: HostileAnswer) -> list[str]:
        kind = self.at.pages[-1]
        wanted = {Must.WORK: {"done"}, Must.FAIL: STOPPED, Must.BE_OVER: {"code_refused"}}
        faults = [f"{one} stands on the page" for one in UNSPEAKABLE if one in page["body"]]
        faults += ["the page leads elsewhere"] if LEADS_ELSEWHERE.search(page["body"]) else []
        if kind not in wanted.get(answer.must, STOPPED | {"done"}):
            faults.append(f"the page is {kind}")
        return faults

    def _of_row(self, answer: HostileAnswer, good: Mapping[str, Any]) -> list[str]:
        world = self.at.world
        row = world.connections.get(JOSIE, self.at.app.id)
        if (row is not None) != (self.at.pages[-1] == "done"):
            return ["the page and the row say different things"]
        if row is None:
            return []
        kept, left = _opened(row.sealed), (row.expires_at or world.clock.now) - world.clock.now
        faults = [] if 0 <= left <= MONTH else [f"it ends in {left} s"]
        if answer.must is Must.WORK and kept["access_token"] != good["access_token"]:
            faults.append("another token was stored")
        return faults + [f"no answer held the {name}" for name in _tokens(kept) if not _said(kept[name], answer)]

    def _of_refresh(
        self, answer: HostileAnswer, before: Connection, after: Connection | None, error: CountersignError | None
    ) -> list[str]:
        if after is None:
            return ["the connection is gone"]
        kept, had = _opened(after.sealed), _opened(before.sealed)
        if answer.must is Must.BE_OVER or self._over_by_status(answer):
            ended = isinstance(error, SignInNeeded) and after.status is Status.NEEDS_SIGN_IN
            return [] if ended else [f"it is over, and {after.status} ({error!r})"]
        faults = [] if after.status is Status.LIVE else [f"{after.status}, and nobody said that it is over"]
        faults += [] if after.lease_owner is None else ["the lease was kept"]
        faults += [] if kept.get("refresh_token") else ["the refresh token is lost"]
        if answer.must is Must.FAIL and (error is None or kept != had or after.version != before.version):
            faults.append(f"something of it was used ({error!r})")
        if answer.must is Must.WORK:
            wanted = answer.content["access_token"], answer.content.get("refresh_token") or had["refresh_token"]
            if error or (kept["access_token"], kept["refresh_token"]) != wanted or after.version != before.version + 1:
                faults.append(f"it was not stored ({error!r})")
        new = [name for name in _tokens(kept) if kept[name] != had.get(name)]
        return faults + [f"no answer held the {name}" for name in new if not _said(kept[name], answer)]

    def _over_by_status(self, answer: HostileAnswer) -> bool:
        """Some apps say so by a status, whatever the word, as their app files have it."""
        error = answer.content.get("error")
        return bool(error) and error not in CLIENT and answer.status in self.at.app.server.invalid_grant_status

    def _of_way(self, took: float) -> list[str]:
        """Whom it asked, and how long it took of the processor."""
        slow = [f"{took * 1000:.0f} ms on the processor"] if took > CPU_SECONDS else []
        return slow + [f"{host} was called" for host in self.at.hosts.asked - self.at.allowed]


def attack_tokens(share: Share) -> Verdicts:
    """So many answers, at sign-ins and at refreshes in turn."""
    verdicts, mutator = Verdicts(), Mutator(share.seed)
    runs: list[TokenRun] = []
    with serve() as server:
        for number in range(share.count):
            if number % ANEW == 0:
                runs = [TokenRun(Endpoints(kind, server), mutator) for kind in KINDS]
            run = mutator.chance.choice(runs)
            verdicts.classes["C7"] += 1
            what = f"seed {share.seed}, answer {number} ({run.at.app.id}, {'refresh' if number % 2 else 'sign-in'}"
            try:
                how, faults = run.refresh() if number % 2 else run.sign_in()
            except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
                verdicts.uncaught += 1
                verdicts.fault(f"{what}): {type(error).__name__} escaped: {str(error)[:200]}")
                continue
            for fault in faults:
                verdicts.fault(f"{what}, {how}): {fault}")
    return verdicts


def _timed[T](work: Callable[[], T]) -> tuple[T, float]:
    """What came of it, and its seconds on the processor; this process's own clearing up is not its fault."""
    gc.disable()
    begun = time.thread_time()
    try:
        return work(), time.thread_time() - begun
    finally:
        gc.enable()


def _names_base(answer: Mapping[str, Any]) -> str:
    """The member with which an app says where its API is."""
    return next((name for name in ("instance_url", "geolocation") if name in answer), "")


def _json(content: Any) -> Behaviour:
    return says(200, json.dumps(content).encode())


def _opened(sealed: Sealed) -> dict[str, Any]:
    """What the memory's sealer keeps in clear."""
    found: dict[str, Any] = json.loads(sealed.ciphertext)
    return found


def _tokens(kept: Mapping[str, Any]) -> list[str]:
    return [name for name in ("access_token", "refresh_token") if name in kept]


def _said(token: str, answer: HostileAnswer) -> bool:
    """Whether the answer held this token as a text of its own, read by other code than the product's."""
    if token in answer.content.values():
        return True
    text = answer.body.decode("utf-8", "replace")
    try:
        return token in _texts(json.loads(text))
    except (ValueError, RecursionError):
        return token in [value for _, value in parse_qsl(text)]


def _texts(document: Any) -> list[str]:
    places = [at(document, place) for place in places_of(document)]
    return [text for text in places if isinstance(text, str)]
