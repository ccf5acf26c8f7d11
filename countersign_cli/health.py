"""How an app fares: what failed since a day ago, and where it is paused; and to pause it."""

from typing import Final

from countersign.adapters import system
from countersign.adapters.dynamodb.audit import DynamoAuditTrail
from countersign.adapters.dynamodb.pauses import DynamoPauses
from countersign.domain.audit import AuditQuery, pause_record
from countersign.domain.identity import Person
from countersign.ports.admin import EVERYWHERE
from countersign_cli.catalog_folder import out
from countersign_cli.deployment import Deployment, audit_log

_DAY: Final = 86_400


def show(deployment: Deployment, person: Person | None, app: str, workspace: str) -> None:
    """Under a list of connections: of a person, or of an app."""
    failed = _failures(deployment, person, app, workspace)
    many = "nothing" if failed == 0 else f"{failed} act{'s' * (failed > 1)}"
    out.print(f"Failed since this time yesterday: {many}.")
    if app and (places := _pauses(deployment).places(app)):
        out.print(f"{app} is paused {_named(places)}.")


def pause(deployment: Deployment, app: str, workspace: str, *, paused: bool) -> None:
    """Pause an app, or resume it, and say where it is paused after that."""
    place, pauses = workspace or EVERYWHERE, _pauses(deployment)
    changed = pauses.set(app, place, system.now(), paused=paused)
    facts = {"app": app, "workspace": workspace, "by": deployment.operator()}
    if (since := pauses.changed_at(app, place)) is not None:
        # Also where it was so already: whoever made it so may have failed to write it down, and tries again.
        event, once = pause_record(app, place, since, paused=paused)
        audit_log(deployment).record(event, None, facts, once=once, at=since)
    where, places = _named({place}), pauses.places(app)
    if paused:
        out.print(f"{app} is paused {where} {'from now on' if changed else 'already'}.")
        return
    out.print(f"{app} is resumed {where}." if changed else f"{app} was not paused {where}.")
    if places:
        out.print(f"It is still paused {_named(places)}.")


def _named(places: frozenset[str] | set[str]) -> str:
    if EVERYWHERE in places:
        return "everywhere"
    return f"in {', '.join(sorted(places))}"


def _failures(deployment: Deployment, person: Person | None, app: str, workspace: str) -> int:
    trail, now = DynamoAuditTrail(deployment.table("AuditTableName")), system.now()
    if person is not None:
        query = AuditQuery(now - _DAY, now + 1, person.user_id, workspace=workspace or person.tenant)
        return sum(1 for event in trail.events(query) if event.failed)
    since = now - _DAY
    return trail.failures(app, workspace, since) if workspace else trail.failures_anywhere(app, since)


def _pauses(deployment: Deployment) -> DynamoPauses:
    return DynamoPauses(deployment.table("SignInsTableName"))
