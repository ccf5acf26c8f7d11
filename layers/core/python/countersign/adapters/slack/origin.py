"""Who did it, and through which installation: from the signed payload's own fields, and nothing else.

``user.team_id`` is not always there and not always a workspace: no person is keyed by it. Absent and null are the
same. Field by field: docs.slack.dev/reference/interaction-payloads, docs.slack.dev/apis/events-api,
docs.slack.dev/enterprise/developing-for-enterprise-orgs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.adapters.slack.payload import Json, first, identifier, mapping
from countersign.domain.errors import Malformed
from countersign.domain.identity import Person, Workspace


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an interaction came from.

    Attributes:
        workspace: the installation; its id is the organisation's where the app is installed on the whole organisation
            and nothing tells a workspace.
        installed_in: the ids that the installation itself is known by.
        foreign: the person is of another organisation (True), of this one (False), or the payload can't tell (None).
    """

    person: Person
    workspace: Workspace
    installed_in: frozenset[str]
    foreign: bool | None


def of_interaction(payload: Json) -> Origin:
    """Of ``block_actions``, ``view_submission``, ``shortcut`` and ``message_action``. Raises Malformed."""
    user, team, view = mapping(payload, "user"), mapping(payload, "team"), mapping(payload, "view")
    home, team_id = identifier(user, "team_id"), identifier(team, "id")
    organisation = identifier(mapping(payload, "enterprise"), "id") or identifier(team, "enterprise_id")
    installed = workspace_id(identifier(view, "app_installed_team_id")) or team_id
    foreign = _foreign(home, team_id, organisation)
    if team_id != installed and team_id and not organisation:
        foreign = True  # a form opened in a shared channel by somebody of the other side
    return _origin(
        user=identifier(user, "id"),
        organisation=organisation or _organisation_id(home),
        team=team_id or installed,
        installed=installed,
        installed_organisation=organisation,
        hints=(identifier(view, "team_id"), home),
        foreign=foreign,
    )


def of_command(fields: Mapping[str, str]) -> Origin:
    """Of a slash command: only people of an installed workspace can use one. Raises Malformed."""
    team, organisation = identifier(fields, "team_id"), identifier(fields, "enterprise_id")
    return _origin(
        user=identifier(fields, "user_id"),
        organisation=organisation,
        team=team,
        installed=team,
        installed_organisation=organisation,
        hints=(),
        foreign=False,
    )


def of_event(envelope: Json) -> Origin:
    """Of an event with a person. Raises Malformed.

    The installation is the authorization's: the envelope's own ids may be the sender's in a shared channel.
    """
    event = mapping(envelope, "event")
    team, organisation = event_installation(envelope)
    home = identifier(event, "user_team") or identifier(event, "team")
    return _origin(
        user=identifier(event, "user"),
        organisation=organisation,
        team=team,
        installed=team,
        installed_organisation=organisation,
        hints=(identifier(envelope, "context_team_id"), home),
        foreign=_foreign(home, team, organisation),
    )


def event_installation(envelope: Json) -> tuple[str | None, str | None]:
    """The workspace (None for an organisation's installation) and organisation that an event was delivered for."""
    authorization = first(envelope, "authorizations")
    if authorization:
        organisation = identifier(authorization, "enterprise_id") or identifier(envelope, "context_enterprise_id")
        return identifier(authorization, "team_id"), organisation
    team = identifier(envelope, "context_team_id") or identifier(envelope, "team_id")
    return team, identifier(envelope, "context_enterprise_id") or identifier(envelope, "enterprise_id")


def _origin(
    *,
    user: str | None,
    organisation: str | None,
    team: str | None,
    installed: str | None,
    installed_organisation: str | None,
    hints: tuple[str | None, ...],
    foreign: bool | None,
) -> Origin:
    tenant = organisation or team
    if not user or not tenant:
        raise Malformed("nobody, or nowhere")
    hint = next(filter(None, map(workspace_id, hints)), None)
    return Origin(
        person=Person(tenant, user),
        workspace=Workspace(installed or hint or tenant, organisation),
        installed_in=frozenset(filter(None, (installed, installed_organisation))),
        foreign=foreign,
    )


def _foreign(home: str | None, team: str | None, organisation: str | None) -> bool | None:
    """Siblings of one organisation differ in their workspace and are no strangers: in doubt, None."""
    if home is None:
        return None
    if home in (team, organisation):
        return False
    if organisation is not None:
        return True if _organisation_id(home) else None
    return True if team and workspace_id(home) else None


def workspace_id(value: str | None) -> str | None:
    """The same where it is a workspace's; an organisation's can stand in the same field."""
    return value if value and value.startswith("T") else None


def _organisation_id(value: str | None) -> str | None:
    return value if value and value.startswith("E") else None
