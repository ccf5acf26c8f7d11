"""Everything one running app knows: in memory, gone when the sandbox ends."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from sandbox.apps.accounts import Directory
from sandbox.apps.audit import AuditTrail
from sandbox.apps.description import AppDescription, Registration
from sandbox.apps.faults import Faults
from sandbox.apps.grants import GrantStore
from sandbox.apps.keys import Keys

type Clock = Callable[[], float]
EXTENSION = "sandbox-app"


@dataclass(frozen=True)
class AppState:
    """One app's state; `token_seconds` is how long an access token lives."""

    description: AppDescription
    registration: Registration
    directory: Directory
    clock: Clock
    token_seconds: float
    grants: GrantStore
    keys: Keys
    audit: AuditTrail
    faults: Faults
    signed_in_at: set[str] = field(default_factory=set)
    """The local hosts at which somebody has signed in with a browser."""


def current() -> AppState:
    """The state of the app that serves this request."""
    return cast("AppState", current_app.extensions[EXTENSION])
