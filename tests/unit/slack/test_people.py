"""Whom Slack calls an admin: of this very workspace, or of its organisation; doubt counts as no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

import pytest

from countersign.adapters.slack.people import SlackPeople
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.errors import ChatRefused, ChatUnavailable
from countersign.domain.identity import Person, Workspace
from countersign.usecases.recognise_admins import RecogniseAdmins

ACME, GRID = Workspace("T0ACME"), Workspace("T0ACME", "E0ACME")
PRIYA = Person("T0ACME", "U0PRIYA")
USER = {"id": "U0PRIYA", "team_id": "T0ACME", "name": "priya", "profile": {}, "is_admin": False, "is_owner": False}


@dataclass
class ScriptedApi:
    """What SlackPeople asks of ``WebApi``, answered from what a test says."""

    user: Mapping[str, Any] | Exception
    organisation: str | None = None
    asked: int = 0

    def within(self, _workspace: Workspace) -> Self:
        return self

    def where(self, _person: Person) -> Self:
        return self

    def whose(self) -> str:
        return "the bot"

    def read(self, method: Callable[[Any], Any]) -> Any:
        return method(self)

    def auth_test(self) -> Mapping[str, Any]:
        return {"team_id": "T0ACME", "enterprise_id": self.organisation, "team": "Acme"}

    def users_info(self, *, user: str) -> Mapping[str, Any]:
        self.asked += 1
        assert user == "U0PRIYA"
        if isinstance(self.user, Exception):
            raise self.user
        return {"user": self.user}


def people(user: Mapping[str, Any] | Exception, organisation: str | None = None) -> SlackPeople:
    return SlackPeople(cast("WebApi", ScriptedApi(user, organisation)), lambda: 1_800_000_000)


@pytest.mark.parametrize("flag", ["is_admin", "is_owner", "is_primary_owner"])
def test_admins_and_owners_of_the_workspace_are_admins(flag: str) -> None:
    assert people({**USER, flag: True}).is_admin(PRIYA, ACME)


def test_anybody_else_is_none() -> None:
    assert not people(USER).is_admin(PRIYA, ACME)


@pytest.mark.parametrize(
    "changes",
    [
        {"deleted": True},
        {"is_bot": True},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T0OTHER"},
        {"team_id": None},
        {"is_admin": "yes"},
        {"is_admin": 1},
    ],
    ids=str,
)
def test_what_leaves_a_doubt_is_a_no(changes: Mapping[str, Any]) -> None:
    assert not people({**USER, "is_admin": True, **changes}).is_admin(PRIYA, ACME)


def test_an_admin_of_a_sibling_workspace_is_none_here() -> None:
    """In an organisation the flags speak of the workspace that the answer names."""
    user = {**USER, "team_id": "T0SIBLING", "is_admin": True, "enterprise_user": {"enterprise_id": "E0ACME"}}
    assert not people(user, "E0ACME").is_admin(PRIYA, GRID)


@pytest.mark.parametrize("flag", ["is_admin", "is_owner"])
def test_an_admin_of_the_organisation_is_one_in_all_its_workspaces(flag: str) -> None:
    user = {**USER, "team_id": "T0SIBLING", "enterprise_user": {"enterprise_id": "E0ACME", flag: True}}
    assert people(user, "E0ACME").is_admin(PRIYA, GRID)


def test_an_admin_of_another_organisation_is_a_stranger() -> None:
    user = {**USER, "is_admin": True, "enterprise_user": {"enterprise_id": "E0OTHER", "is_admin": True}}
    assert not people(user, "E0ACME").is_admin(PRIYA, GRID)


def test_an_answer_of_another_shape_is_no_answer() -> None:
    with pytest.raises(ChatUnavailable):
        people({**USER, "enterprise_user": "yes"}).is_admin(PRIYA, ACME)


def test_where_slack_refuses_to_say_nobody_is_an_admin_but_whom_the_deployment_lists() -> None:
    refusing = people(ChatRefused("missing_scope"))

    assert not RecogniseAdmins(refusing, frozenset())(PRIYA, ACME)
    assert RecogniseAdmins(refusing, frozenset({"U0PRIYA"}))(PRIYA, ACME)


def test_a_slack_that_does_not_answer_is_no_yes() -> None:
    with pytest.raises(ChatUnavailable):
        RecogniseAdmins(people(ChatUnavailable("down")), frozenset())(PRIYA, ACME)
