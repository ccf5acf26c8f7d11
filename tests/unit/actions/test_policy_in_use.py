"""A workspace's policy holds where an account is used, whichever workspace of the organisation let it in."""

from dataclasses import replace
from typing import Any

import pytest

from countersign.domain.action import ActionStatus
from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.policy import Breach, EmailRule, OtherAccount, Policy, PolicyRule
from countersign.domain.queue_messages import connected_message
from tests.support.acting_world import CARD, ActingWorld
from tests.support.memory_chat import words
from tests.support.shared_catalog import with_shared
from tests.support.two_apps_world import TwoAppsWorld

SALES, LEGAL = Workspace("T0SALES", "E0ACME"), Workspace("T0LEGAL", "E0ACME")
JOSIE = Person("E0ACME", "U0JOSIE")
ORGANISATION = PolicyRule(workspaces=frozenset({"T0SALES"}), organisation="acme")
EMAIL = PolicyRule(workspaces=frozenset({"T0SALES"}), email=EmailRule.REQUIRE)
EVENT = "use_refused_by_policy"


def world_of(*rules: PolicyRule) -> ActingWorld:
    made = ActingWorld()
    made.catalog = replace(made.catalog, policies=rules)
    made.slack.home = SALES
    made.put_card(workspace=SALES)
    return made


def connect(world: ActingWorld, *, organisation: str | None = "acme", **changes: Any) -> Connection:
    """Through LEGAL, which demands nothing."""
    connection = world.connect(JOSIE, "josie", workspace="T0LEGAL", **changes)
    account = replace(connection.account, organisation_id=organisation)
    owner = replace(connection.owner, workspace="T0LEGAL")
    sealed = world.opener.seal({"access_token": "at-josie", "refresh_token": "rt-josie"}, owner)
    there = replace(connection, account=account, sealed=sealed)
    world.connections.rows[JOSIE.key, "servicenow"] = there
    return there


def click(world: ActingWorld, workspace: Workspace = SALES) -> ActionStatus:
    world.click(JOSIE, workspace=workspace)
    return world.action_of(JOSIE).status


def said(world: ActingWorld) -> str:
    return words(world.slack.told[-1][1])


@pytest.mark.parametrize(
    ("rule", "fit", "unfit", "needed"),
    [
        (ORGANISATION, {}, {"organisation": "evil"}, "accounts of the organisation acme only"),
        (EMAIL, {"own_address": True}, {}, "the account of your own Slack e-mail address only"),
    ],
)
def test_what_another_workspace_let_in_is_not_used_here(
    rule: PolicyRule, fit: dict[str, Any], unfit: dict[str, Any], needed: str
) -> None:
    world = world_of(rule)
    connect(world, **unfit)
    assert click(world) is ActionStatus.OPEN
    assert (world.servicenow.acts, world.action_of(JOSIE).waiting_for) == (0, "servicenow")
    assert needed in said(world)
    assert "josie@acme.com" in said(world)
    assert "Connect ServiceNow" in repr(world.slack.told[-1][1])
    (facts,) = world.audit.of(EVENT)
    assert (facts["rule"], facts["workspace"], facts["connected_through"], facts["account"]) == (
        "email" if rule is EMAIL else "organisation",
        "T0SALES",
        "T0LEGAL",
        "id-josie",
    )

    world = world_of(rule)
    connect(world, **fit)
    assert click(world) is ActionStatus.DONE
    assert world.audit.of(EVENT) == []


def test_of_several_places_the_chosen_one_is_what_counts() -> None:
    """As where an account is connected: a place is the organisation there, and the account names no other."""
    row = connect(world_of(), organisation="acme")
    policy = Policy(organisation="acme")
    assert policy.breach_in_use(replace(row, site="acme", account=replace(row.account, organisation_id=None))) is None
    assert policy.breach_in_use(replace(row, site="evil")) is Breach.ORGANISATION


def test_it_is_used_where_nothing_is_demanded() -> None:
    world = world_of(ORGANISATION, EMAIL)
    world.cards.rows[CARD] = replace(world.cards.rows[CARD], workspace=LEGAL)
    world.slack.home = LEGAL
    connect(world, organisation="evil")
    assert click(world, LEGAL) is ActionStatus.DONE


def test_which_account_was_there_before_concerns_connecting_alone() -> None:
    world = world_of(PolicyRule(other_account=OtherAccount.REFUSE))
    connect(world, organisation="evil")
    assert click(world) is ActionStatus.DONE


def test_a_fitting_account_goes_on_with_what_waited_and_an_unfit_one_is_asked_about_again() -> None:
    world = world_of(ORGANISATION)
    connect(world, organisation="evil")
    click(world)
    for organisation, status in (("evil", ActionStatus.OPEN), ("acme", ActionStatus.DONE)):
        world.now += 60
        world.connections.rows.clear()
        connect(world, organisation=organisation, sign_in=f"to {organisation}")
        begun = world.ask_to_connect.link(JOSIE, SALES, "servicenow", trace_id="t")
        world.deliver(dict(connected_message(begun.intent)))
        world.run_queue()
        assert world.action_of(JOSIE).status is status
    assert len(world.audit.of(EVENT)) == 2
    assert world.servicenow.acts == 1


def test_one_that_is_refused_for_good_ends_once_and_asks_nobody_without_end() -> None:
    """The unfit account came after the click, through the other workspace: it looks like the awaited sign-in."""
    world = world_of(ORGANISATION)
    click(world)
    world.now += 5
    connect(world, organisation="evil", sign_in="late")
    for _ in range(40):
        world.now += 600
        world.keep_house()
        world.run_queue()
    assert world.action_of(JOSIE).status is ActionStatus.FAILED
    assert world.servicenow.acts == 0
    assert len(world.slack.told) < 6


def test_a_policy_that_became_stricter_holds_for_older_connections() -> None:
    world = world_of()
    connect(world, organisation="evil")
    world.catalog = replace(world.catalog, policies=(ORGANISATION,))
    world.be_another_worker()
    assert click(world) is ActionStatus.OPEN


def test_a_shared_connection_needs_nobodys_address_but_the_right_organisation() -> None:
    for rule, acts in ((EMAIL, 1), (ORGANISATION, 0)):
        world = world_of(rule)
        world.catalog = replace(with_shared(world.catalog, "approve_change"), policies=(rule,))
        row = connect(world, organisation="evil")
        owner = shared_owner(SALES)
        shared = replace(row, person=owner, workspace="T0SALES", steward=JOSIE)
        sealed = world.opener.seal({"access_token": "at-josie", "refresh_token": "rt-josie"}, shared.owner)
        world.connections.rows = {(owner.key, "servicenow"): replace(shared, sealed=sealed)}
        assert shared.shared
        click(world)
        assert world.servicenow.acts == acts


def test_a_deployment_without_policies_asks_no_store_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(*rules: PolicyRule) -> list[str]:
        world, calls = world_of(*rules), list[str]()
        connect(world, own_address=True)
        for port in (world.connections, world.sign_ins, world.audit, world.slack, world.actions, world.cards):
            for name in [name for name in dir(type(port)) if not name.startswith("_")]:
                if callable(real := getattr(port, name)):

                    def noted(*given: Any, _real: Any = real, _name: str = name, **named: Any) -> Any:
                        calls.append(_name)
                        return _real(*given, **named)

                    monkeypatch.setattr(port, name, noted, raising=False)
        assert click(world) is ActionStatus.DONE
        return calls

    assert counted() == counted(ORGANISATION, EMAIL)


@pytest.mark.parametrize("rule", [ORGANISATION, EMAIL])
@pytest.mark.parametrize("refuses_token", [False, True])
def test_an_account_that_comes_while_the_app_is_asked_is_judged_before_it_acts(
    rule: PolicyRule, refuses_token: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the other workspace: between the check and the act, or while the act's own token is refused."""
    world, unfit = world_of(rule), world_of()
    fit = connect(world, own_address=True)
    other = connect(unfit, organisation="evil", sign_in="legal", version=2)
    other = replace(other, account=replace(other.account, id="id-evil"))
    tokens = {"access_token": "at-evil", "refresh_token": "rt-evil"}
    other = replace(other, sealed=world.opener.seal(tokens, other.owner))
    world.servicenow.tokens["at-evil"] = "josie"
    send, sent = world.servicenow.send, list[str]()

    def swapping(request: HttpRequest, allowed: Any) -> HttpAnswer:
        sent.append(request.headers["Authorization"])
        acts = request.method != "GET"
        if acts is refuses_token and world.connections.rows[JOSIE.key, "servicenow"] == fit:
            world.connections.rows[JOSIE.key, "servicenow"] = other
            if acts:
                return HttpAnswer(401, None)
        return send(request, allowed)

    monkeypatch.setattr(world.servicenow, "send", swapping)
    click(world)
    for _ in range(3):
        world.now += 60
        world.run_queue()
    assert world.connections.rows[JOSIE.key, "servicenow"].account.id == "id-evil"
    assert (world.servicenow.acts, set(sent)) == (0, {"Bearer at-josie"})
    assert (world.action_of(JOSIE).status, world.action_of(JOSIE).waiting_for) == (ActionStatus.OPEN, "servicenow")
    (facts,) = world.audit.of(EVENT)
    assert facts["account"] == "id-evil"


def test_a_form_reads_no_choices_with_an_unfit_account_and_says_why() -> None:
    world = TwoAppsWorld()
    catalog: Catalog = world.catalog
    world.catalog = replace(catalog, policies=(PolicyRule(organisation="acme"),))
    world.sign_in("tracker")
    assert world.load_form() == []
    ((_, form),) = world.slack.redrawn
    shown = repr(form)
    assert "with accounts of the organisation acme only" in shown
    assert "Connect Tracker" in shown
    assert world.apps.queries == []
    (facts,) = world.audit.of(EVENT)
    assert (facts["app"], facts["rule"]) == ("tracker", "organisation")
