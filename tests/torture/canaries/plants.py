"""Every secret that comes into being while a stack runs, by its kind: the canaries are the real ones.

What draws random values is watched by the interpreter's own events (PEP 669), so that a secret which somebody adds
tomorrow is a canary without anybody's doing. So is all that the product itself takes for a ``Secret``.
"""

import base64
import json
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final
from urllib.parse import unquote_plus

import boto3
from authlib.common import security

from countersign.adapters import aws, system
from countersign.domain.secret import Secret
from sandbox.stack.layout import REPOSITORY
from tests.torture.canaries.kinds import DRAWN_IN, ELSEWHERE, MADE, READERS, code_of

_DRAWN_BY: Final[tuple[CodeType, ...]] = (
    system.random_hex.__code__,
    secrets.token_hex.__code__,
    secrets.token_urlsafe.__code__,
    security.generate_token.__code__,
)
_TAKEN: Final = code_of(Secret.__init__)
SHORTEST: Final = 16
BRIEF: Final = frozenset({"typed code"})
"""Kinds that are shorter."""
NOT_SECRET: Final = frozenset({"client_id"})
"""What stands among the deployment's secrets without being one."""
UNFORESEEN: Final = "secret of no known kind"
_EVENTS: Final = sys.monitoring.events


@dataclass
class Plants:
    """Secret → its kind."""

    kinds: dict[str, str] = field(default_factory=dict)
    drawers: set[str] = field(default_factory=set)
    """Whoever drew something, known or not, as ``folder/file.py:function``."""
    reached: list[str] = field(default_factory=list)
    """What came to the product: requests as text, and whatever it took for a ``Secret``."""

    def returned(self, code: CodeType, _offset: int, value: object) -> None:
        """A function that is watched has ended."""
        frame = sys._getframe(1)
        if code is _TAKEN:
            self._taken(frame.f_locals["value"])
        elif code in READERS:
            for secret, kind in READERS[code](frame.f_locals, value):
                self.plant(secret, kind)
        elif isinstance(value, str):
            drawer = _drawer(frame, code)
            self.drawers.add(drawer)
            file = drawer.rpartition(":")[0]
            kinds = (kind for ending, kind in DRAWN_IN.items() if drawer.endswith(ending) or file.endswith(ending))
            if kind := next(kinds, None):
                self.plant(value, kind)

    def plant(self, value: str, kind: str) -> None:
        """It is one from now on; what is known of it better counts."""
        if len(value) >= SHORTEST or kind in BRIEF:
            self.kinds[value] = kind

    def plant_settings(self) -> None:
        """What an operator filled in, in every one of the template's secrets."""
        client = boto3.client("secretsmanager")
        for name in [listed["Name"] for listed in client.list_secrets()["SecretList"]]:
            for value in _values(json.loads(client.get_secret_value(SecretId=name)["SecretString"])):
                self.plant(value, name)

    def watch_data_keys(self) -> None:
        """Every one that the key service gives in clear. Its clients live as long as the stack."""

        def given(parsed: Mapping[str, Any], **_: Any) -> None:
            if key := parsed.get("Plaintext"):
                for text in (base64.b64encode(key).decode(), key.hex(), repr(key)):
                    self.plant(text, "data key")

        for client in (aws.client("kms"), aws.client("kms", hasty=True)):
            client.meta.events.register("after-call", given)

    def came(self, event: Mapping[str, Any]) -> None:
        """A request or a message came to a function."""
        body = event.get("body") or ""
        text = base64.b64decode(body).decode(errors="replace") if event.get("isBase64Encoded") else body
        self.reached += [json.dumps(event), unquote_plus(text)]

    def went_through(self) -> set[str]:
        """The kinds of which one came to the product, or was made by it."""
        reached = "\n".join(self.reached)
        return {kind for secret, kind in self.kinds.items() if kind in MADE or secret in reached}

    def unforeseen(self) -> set[str]:
        """What the product took for a secret, and nobody planted: its kind is still to be thought of."""
        return {kind for kind in self.kinds.values() if kind.startswith(UNFORESEEN)} - ELSEWHERE

    def _taken(self, value: str) -> None:
        self.reached.append(value)
        if value not in self.kinds:
            within = (kind for secret, kind in self.kinds.items() if secret in value)
            self.plant(value, next(within, f"{UNFORESEEN}, {_place(sys._getframe(3))}"))


def _values(content: Any) -> Iterator[str]:
    match content:
        case dict():
            for name, inner in content.items():
                if name not in NOT_SECRET:
                    yield from _values(inner)
        case list():
            for inner in content:
                yield from _values(inner)
        case str():
            yield content


def _place(frame: FrameType | None) -> str:
    return f"{frame.f_code.co_filename}:{frame.f_code.co_name}" if frame is not None else ""


def _drawer(frame: FrameType | None, code: CodeType) -> str:
    """The function on whose behalf a value is drawn: past the places that draw for others."""
    passed = {Path(system.__file__), Path(secrets.__file__), Path(security.__file__)}
    containers = REPOSITORY / "layers/core/python/countersign/bootstrap"
    while frame is not None and (Path(frame.f_code.co_filename) in passed or frame.f_code is code):
        frame = frame.f_back
    while frame is not None and Path(frame.f_code.co_filename).parent == containers:
        frame = frame.f_back
    return _place(frame)


@contextmanager
def planting() -> Iterator[Plants]:
    """Watch what is drawn, made and taken, for as long as the block runs."""
    plants, monitoring = Plants(), sys.monitoring
    watched = (*_DRAWN_BY, *READERS, _TAKEN)
    tool = next(number for number in (3, 4, 2) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign canaries")
    monitoring.register_callback(tool, _EVENTS.PY_RETURN, plants.returned)
    for code in watched:
        monitoring.set_local_events(tool, code, _EVENTS.PY_RETURN)
    try:
        yield plants
    finally:
        for code in watched:
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)
