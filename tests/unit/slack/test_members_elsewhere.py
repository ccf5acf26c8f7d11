"""Whether a member of one workspace is in another of the organisation too, and who is gone from where."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from countersign.adapters.slack.members import SlackMembers
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.identity import Person, Workspace
from countersign.domain.secret import Secret

SALES, LEGAL, ORGANISATION = "T0SALES", "T0LEGAL", "E0ACME"
TOM = Person(ORGANISATION, "U0TOM")


class OneAnswer(WebApi):
    """Gives one answer of Slack's, whatever is asked."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        super().__init__("https://slack.example/api/", lambda _: Secret("xoxb-sample"))
        self._answer = answer

    def within(self, workspace: Workspace) -> WebApi:  # noqa: ARG002
        return self

    def read(self, method: Callable[..., Any]) -> Mapping[str, Any]:  # noqa: ARG002
        return self._answer


def user(teams: object, *, deleted: bool) -> dict[str, Any]:
    """As docs.slack.dev/reference/objects/user-object shows one of an organisation."""
    shape: dict[str, Any] = {"id": TOM.user_id, "team_id": SALES, "name": "tom", "deleted": deleted, "is_bot": False}
    if teams is not None:
        shape["enterprise_user"] = {"id": TOM.user_id, "enterprise_id": ORGANISATION, "teams": teams}
    return shape


@pytest.mark.parametrize(
    ("teams", "elsewhere"), [([LEGAL], True), ([SALES, LEGAL], True), ([SALES], False), ([], False), (None, False)]
)
def test_a_member_of_another_workspace_too_is_known_as_one(teams: object, *, elsewhere: bool) -> None:
    members = SlackMembers(OneAnswer({"members": [user(teams, deleted=True)], "response_metadata": {}}))
    ((member,), following) = members.page(Workspace(SALES, ORGANISATION), "")
    assert (member.person, member.gone, member.elsewhere, following) == (TOM, True, elsewhere, "")


def test_outside_an_organisation_nobody_is_elsewhere() -> None:
    members = SlackMembers(OneAnswer({"members": [user([LEGAL], deleted=True)], "response_metadata": {}}))
    ((member,), _) = members.page(Workspace(SALES), "")
    assert not member.elsewhere


@pytest.mark.parametrize(
    ("teams", "deleted", "workspace", "gone"),
    [
        ([LEGAL], False, SALES, True),
        ([LEGAL], False, LEGAL, False),
        ([LEGAL], False, ORGANISATION, False),
        ([SALES], True, SALES, True),
        (None, False, SALES, False),
    ],
)
def test_who_is_gone_from_where(teams: object, *, deleted: bool, workspace: str, gone: bool) -> None:
    members = SlackMembers(OneAnswer({"user": user(teams, deleted=deleted)}))
    assert members.is_gone(TOM, Workspace(workspace, ORGANISATION)) is gone
