"""Hostile requests to what programs and admins call: hooks of business systems, and the installation."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from tests.support.every_event import FILES, EveryWorld, load_handler, sent
from tests.torture.hostile.judge import Judge, Verdicts
from tests.torture.hostile.mutation import Hostile, Mutator, with_body
from tests.torture.hostile.watch import Watch, watching
from tests.torture.measure import Share

FOLDERS: Final = ("card_hooks", "slack_install")
ANEW: Final = 500
"""After so many requests the world begins anew: cards pile up."""
HEADERS: Final = (
    "authorization",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "content-type",
    "host",
    "cookie",
)

type Handlers = Mapping[str, Callable[[Any], dict[str, Any]]]


class ProgramRequests:
    """Every recorded request to these routes, and hostile ones made of it."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator, self.chance = mutator, mutator.chance
        self.good = {name: sent(name) for name in FILES if name.partition("/")[0] in FOLDERS}

    def one(self) -> tuple[str, Hostile]:
        """(folder of the function, a hostile request)."""
        name = self.chance.choice(list(self.good))
        folder, request = name.partition("/")[0], self.good[name]
        match self.chance.randrange(5):
            case 0:
                return folder, Hostile("C1", f"{name}, header", self._header(request))
            case 1:
                return folder, Hostile("C4", f"{name}, event", self.mutator.event(request))
            case 2:
                changed = with_body(request, self.mutator.raw((request["body"] or "").encode()))
                return folder, Hostile("C2", f"{name}, bytes", changed)
            case 3:
                return folder, Hostile("C5", f"{name}, query", self._query(request))
            case _:
                return folder, Hostile("C3", f"{name}, content", self._content(request))

    def _content(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            content = json.loads(request["body"] or "{}")
        except ValueError:
            content = {}
        body = self.mutator.json_text(content).encode("utf-8", "surrogatepass")
        return with_body(request, body)

    def _header(self, request: Mapping[str, Any]) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in (request["headers"] or {}).items()}
        name = self.chance.choice(HEADERS)
        good = headers.get(name, "")
        odd = self.mutator.text()
        hostile = ("", good * 2, good.upper(), f"Bearer {odd}", f"v1,{odd}", f"{good}, {good}", "é", odd)
        headers[name] = self.chance.choice(hostile)
        several = {key: [value] for key, value in headers.items()}
        return {
            **request,
            "headers": headers,
            "multiValueHeaders": self.chance.choice((several, None, {name: [good, good]})),
        }

    def _query(self, request: Mapping[str, Any]) -> dict[str, Any]:
        name, value = self.chance.choice(("code", "state", "error", "recipe")), self.mutator.text()
        recipe = {"recipe": self.chance.choice((value, "approve_deal", "../approve_change", "APPROVE_CHANGE", ""))}
        return {
            **request,
            "multiValueQueryStringParameters": {name: [value]},
            "pathParameters": self.chance.choice((recipe, None)),
        }


@contextmanager
def program_functions() -> Iterator[Handlers]:
    """The functions' own handlers in one world."""
    world = EveryWorld()
    with mock.patch("countersign.bootstrap.container", return_value=world):
        handlers = {folder: load_handler(folder) for folder in FOLDERS}
        for name in FILES:
            if (folder := name.partition("/")[0]) in handlers:
                handlers[folder](sent(name))  # warm: the catalog is read, and what is imported late is imported now
        yield handlers


def attack_programs(share: Share) -> Verdicts:
    """So many hostile requests to hooks and installation, each judged; a hook reads nothing before its proof."""
    verdicts, requests = Verdicts(), ProgramRequests(Mutator(share.seed))
    counted = Watch()
    for first in range(0, share.count, ANEW):
        with program_functions() as handlers, watching(counted) as watch:
            for number in range(first, min(first + ANEW, share.count)):
                folder, (kind, how, request) = requests.one()
                verdicts.classes[kind] += 1
                judge = Judge(handlers[folder], verdicts, watch if folder == "card_hooks" else None)
                judge(request, f"seed {share.seed}, request {number} ({how})")
    verdicts.parses_before_signature, verdicts.aws_calls_before_signature = counted.parses, counted.calls
    return verdicts
