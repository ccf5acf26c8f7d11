"""Slack's events that take something away, as departures.

docs.slack.dev/reference/events: app_uninstalled, tokens_revoked, team_access_revoked, grid_migration_finished,
user_change. They come in any order, and more than once.
"""

from collections.abc import Callable, Mapping
from typing import Final

from countersign.adapters.slack.origin import event_installation, workspace_id
from countersign.adapters.slack.payload import Json, identifier, mapping
from countersign.domain.departure import Departure, Left
from countersign.domain.errors import Malformed

MOST_WORKSPACES: Final = 1_000

type Place = tuple[str | None, str | None]
"""The workspace (None for an organisation's installation) and the organisation that an event was delivered for."""


def departures(envelope: Json, kind: str, trace_id: str) -> tuple[Departure, ...]:
    """What an event takes away; empty where that is nothing. Raises Malformed."""
    reader = _READERS.get(kind)
    if reader is None:
        return ()
    at = envelope.get("event_time")
    if isinstance(at, bool) or not isinstance(at, int) or at < 0:
        raise Malformed("an event without its time")
    return reader(mapping(envelope, "event"), event_installation(envelope), at, trace_id)


def _uninstalled(_event: Json, place: Place, at: int, trace_id: str) -> tuple[Departure, ...]:
    """An organisation's installation has no workspace of its own: everything of the organisation goes."""
    workspace, organisation = place
    tenant = organisation or workspace
    if tenant is None:
        raise Malformed("an uninstallation of nowhere")
    return (Departure(Left.UNINSTALLED, tenant, workspace, organisation, None, at, trace_id),)


def _tokens_revoked(event: Json, place: Place, at: int, trace_id: str) -> tuple[Departure, ...]:
    """Only a bot's token is an uninstallation; ``oauth`` alone is somebody's Sign in with Slack that ended."""
    bots = mapping(event, "tokens").get("bot")
    if bots is not None and not isinstance(bots, list):
        raise Malformed("tokens.bot is no list")
    return _uninstalled(event, place, at, trace_id) if bots else ()


def _withdrawn(event: Json, place: Place, at: int, trace_id: str) -> tuple[Departure, ...]:
    """The envelope names the organisation alone, the event its workspaces."""
    organisation, ids = place[1], event.get("team_ids")
    if organisation is None or not isinstance(ids, list) or len(ids) > MOST_WORKSPACES:
        raise Malformed("team_access_revoked without its workspaces or organisation")
    workspaces = [identifier({"id": found}, "id") for found in ids]
    return tuple(
        Departure(Left.WITHDRAWN, organisation, workspace, organisation, None, at, trace_id)
        for workspace in filter(None, workspaces)
    )


def _migrated(event: Json, place: Place, at: int, trace_id: str) -> tuple[Departure, ...]:
    """What was kept under the workspace's own id matches nobody any more; what is under the organisation's stays."""
    workspace = place[0]
    if workspace is None:
        raise Malformed("a migration of no workspace")
    organisation = identifier(event, "enterprise_id") or place[1]
    return (Departure(Left.MIGRATED, workspace, None, organisation, None, at, trace_id),)


def _deactivated(event: Json, place: Place, at: int, trace_id: str) -> tuple[Departure, ...]:
    """Somebody who only left one workspace of an organisation keeps what came through the others.

    An organisation's installation has no workspace of its own: the event's user says which one they left. Where that
    says none, nothing is guessed; the night's sweep asks workspace by workspace.
    """
    workspace, organisation = place
    user = mapping(event, "user")
    user_id, tenant = identifier(user, "id"), organisation or workspace
    if user.get("deleted") is not True:
        return ()
    if user_id is None or tenant is None:
        raise Malformed("a deactivation of nobody")
    left = workspace or workspace_id(identifier(user, "team_id"))
    teams = mapping(user, "enterprise_user").get("teams")
    stays = organisation is not None and isinstance(teams, list) and bool(set(map(str, teams)) - {left})
    if stays and left is None:
        return ()
    return (Departure(Left.DEACTIVATED, tenant, left if stays else None, organisation, user_id, at, trace_id),)


_READERS: Final[Mapping[str, Callable[[Json, Place, int, str], tuple[Departure, ...]]]] = {
    "app_uninstalled": _uninstalled,
    "tokens_revoked": _tokens_revoked,
    "team_access_revoked": _withdrawn,
    "grid_migration_finished": _migrated,
    "user_change": _deactivated,
}
