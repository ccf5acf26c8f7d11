"""Every journey, and the stack that it goes through."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from sandbox.one_process.stack import OneProcess
from tests.torture.canaries import crashing, journeys, leaving, refusing, signing_in, workspaces


@dataclass(frozen=True)
class Trip:
    """A journey. ``given``: parameters of the template; ``slack``: what the sandbox Slack has beside its settings."""

    go: Callable[[OneProcess, Random], None]
    given: Mapping[str, str] = field(default_factory=dict)
    slack: Mapping[str, Any] = field(default_factory=dict)


SEVERAL: Final = {"AllowedWorkspaces": "T0ACME,T1LABS"}
ROTATING: Final = {"token_rotation": True}
JOURNEYS: Final[Mapping[str, Trip]] = {
    "approve": Trip(journeys.approve),
    "refused": Trip(journeys.refused),
    "key": Trip(journeys.key),
    "secret form": Trip(journeys.secret_form),
    "disconnect": Trip(journeys.disconnect),
    "torn": Trip(journeys.torn),
    "bad requests": Trip(refusing.bad_requests),
    "other secrets": Trip(refusing.other_secrets),
    "refresh": Trip(signing_in.refresh),
    "quoted": Trip(signing_in.quoted),
    "idle": Trip(signing_in.idle),
    "shared": Trip(signing_in.shared),
    "typed code": Trip(signing_in.typed_code, {"Proof": "dm_code"}),
    "Slack and a typed code": Trip(signing_in.typed_code, {"Proof": "siws+dm_code"}),
    "step-up": Trip(signing_in.step_up),
    "abandoned": Trip(signing_in.abandoned, {"Proof": "siws+dm_code"}),
    "admin": Trip(leaving.admin),
    "forget me": Trip(leaving.forget_me),
    "deactivated": Trip(leaving.deactivated),
    "removed": Trip(leaving.removed),
    "swept": Trip(leaving.swept),
    "install": Trip(workspaces.install, SEVERAL, ROTATING),
    "install elsewhere": Trip(workspaces.turned_away, {"AllowedWorkspaces": "T0ACME"}),
    "late audit": Trip(journeys.late_audit),
    "crashing": Trip(crashing.crashing, SEVERAL, ROTATING),
    "crashing at a code": Trip(crashing.crashing_at_a_code, {"Proof": "siws+dm_code"}),
    "dead letters": Trip(crashing.dead_letters),
    "breaking": Trip(journeys.breaking),
}
