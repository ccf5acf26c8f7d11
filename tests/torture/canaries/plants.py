"""Every secret that comes into being while a stack runs, by its kind: the canaries are the real ones.

What draws random values is watched by the interpreter's own events (PEP 669), so that a secret which somebody adds
tomorrow is a canary without anybody's doing.
"""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Final

from authlib.common import security

from countersign.adapters import system
from sandbox.one_process.stack import OneProcess
from sandbox.stack.layout import REPOSITORY

_DRAWN_BY: Final[tuple[CodeType, ...]] = (
    system.random_hex.__code__,
    secrets.token_hex.__code__,
    secrets.token_urlsafe.__code__,
    security.generate_token.__code__,
)
KINDS: Final = {
    "usecases/begin_sign_in.py": "link",
    "usecases/send_new_link.py": "link",
    "usecases/start_sign_in.py": "leg",
    "usecases/complete_slack_leg.py": "leg",
    "usecases/begin_install.py": "leg",
    "sandbox/slack/tokens.py": "token",
    "sandbox/slack/grants.py": "code",
    "sandbox/slack/response_urls.py": "reply address",
    "sandbox/apps/authorization.py": "token",
    "sandbox/apps/keys.py": "key",
    "sandbox/apps/sessions.py": "form of the app",
    "sandbox/slack/sessions.py": "session at Slack",
    "authlib/oauth2/rfc6749/grants/authorization_code.py": "code",
    "tests/torture/canaries/journeys.py": "secret answer",
}
"""Who draws it → what it is. ``leg``: state, cookie or nonce. Everybody else draws ids, which are no secrets."""
SHORTEST: Final = 16
_EVENTS: Final = sys.monitoring.events


@dataclass
class Plants:
    """Secret → its kind."""

    kinds: dict[str, str] = field(default_factory=dict)
    drawers: set[str] = field(default_factory=set)
    """Whoever drew something, known or not, as ``folder/file.py``."""

    def returned(self, code: CodeType, _offset: int, value: object) -> None:
        """Something random was drawn."""
        path = _drawer(sys._getframe(1), code)
        self.drawers.add(path)
        kind = next((kind for ending, kind in KINDS.items() if path.endswith(ending)), None)
        if kind and isinstance(value, str) and len(value) >= SHORTEST:
            self.kinds[value] = kind

    def plant(self, value: str, kind: str) -> None:
        """A secret that was there before."""
        if len(value) >= SHORTEST:
            self.kinds[value] = kind

    def plant_settings(self, stack: OneProcess) -> None:
        """What an operator filled in."""
        slack = stack.world.slack
        for value in (slack.signing_secret, slack.client_secret, slack.bot_token):
            self.plant(value, "deployment's secret")
        for credentials in stack.world.app_credentials.values():
            self.plant(str(credentials["client_secret"]), "deployment's secret")
        for hook in stack.hooks.values():
            self.plant(hook["secret"], "deployment's secret")


def _drawer(frame: FrameType | None, code: CodeType) -> str:
    """The file on whose behalf a value is drawn: past the places that draw for others."""
    passed = {Path(system.__file__), Path(secrets.__file__), Path(security.__file__)}
    containers = REPOSITORY / "layers/core/python/countersign/bootstrap"
    while frame is not None and (Path(frame.f_code.co_filename) in passed or frame.f_code is code):
        frame = frame.f_back
    while frame is not None and Path(frame.f_code.co_filename).parent == containers:
        frame = frame.f_back
    return frame.f_code.co_filename if frame is not None else ""


@contextmanager
def planting() -> Iterator[Plants]:
    """Watch what is drawn, for as long as the block runs."""
    plants, monitoring = Plants(), sys.monitoring
    tool = next(number for number in (3, 4, 2) if monitoring.get_tool(number) is None)
    monitoring.use_tool_id(tool, "countersign canaries")
    monitoring.register_callback(tool, _EVENTS.PY_RETURN, plants.returned)
    for code in _DRAWN_BY:
        monitoring.set_local_events(tool, code, _EVENTS.PY_RETURN)
    try:
        yield plants
    finally:
        for code in _DRAWN_BY:
            monitoring.set_local_events(tool, code, _EVENTS.NO_EVENTS)
        monitoring.free_tool_id(tool)
