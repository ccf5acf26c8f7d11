"""Back from Slack: whose browser is it, and what follows when it is somebody else's."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from countersign.domain.errors import ChatUnavailable, ConfigurationError, Malformed, StoreUnavailable, Unverified
from countersign.domain.identity import Person, Workspace
from countersign.domain.openid import IdTokenClaims
from countersign.domain.pages import Onward, PageKind
from countersign.domain.sign_in import IntentStatus, LegStep, code_verifier, hash_of
from tests.support.sign_in_world import BASE_URL, JOSIE, PROFILES, TOM, claims_of

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted


def _back(scripted: "Scripted", state: str, cookie: str | None, code: str = "U0JOSIE") -> object:
    view = scripted.world.complete_slack_leg({"state": [state], "code": [f"{code}.{state}"]}, cookie)
    return view if isinstance(view, Onward) else view.kind


def test_her_own_browser_goes_on_with_a_verifier_of_its_cookie(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    nonce = scripted.world.sign_ins.legs[hash_of(state)].nonce
    onward = _back(scripted, state, cookie)
    assert isinstance(onward, Onward)
    assert scripted.slack.asked == [(f"{BASE_URL}/oauth/slack/callback", nonce, False)]
    app_state = onward.url.partition("state=")[2][:64]
    assert onward == Onward(
        f"https://servicenow/authorize?redirect_uri={BASE_URL}/oauth/callback/servicenow&state={app_state}"
        f"&verifier={code_verifier(cookie, app_state, begun.intent)}",
        "ServiceNow",
        cookie,
        "trace-1",
    )
    leg = scripted.world.sign_ins.legs[hash_of(app_state)]
    assert (leg.step, leg.intent_hash, leg.person_email) == (LegStep.APP, begun.intent.id_hash, "josie@acme.com")
    assert repr(onward) == "Onward(ServiceNow)"


def test_somebody_else_burns_the_link_and_its_person_is_told_once(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(TOM)
    first, second = scripted.start(secret), scripted.start(secret)
    assert _back(scripted, first[1], first[0]) is PageKind.WRONG_PERSON
    assert scripted.world.sign_ins.intents[begun.intent.id_hash].status is IntentStatus.BURNT
    assert scripted.world.queue.sent == [
        {"v": 1, "kind": "sign_in_burnt", "intent": begun.intent.id_hash, "trace_id": "trace-1"}
    ]
    facts = {
        "app": "servicenow",
        "workspace": "T0ACME",
        "browser_person": "U0JOSIE",
        "browser_workspace": "T0ACME",
        "trace_id": "trace-1",
    }
    assert scripted.world.audit.events == [("sign_in.burnt", TOM, facts)]
    assert _back(scripted, second[1], second[0], "U0TOM") is PageKind.STOPPED
    assert scripted.world.start_sign_in(secret, None).__class__.__name__ == "Page"
    assert scripted.world.queue.kinds == ["sign_in_burnt"]


def test_its_person_is_told_though_the_audit_fails(scripted: "Scripted", monkeypatch: pytest.MonkeyPatch) -> None:
    _, secret = scripted.world.begin(TOM)
    cookie, state = scripted.start(secret)

    def fails(*_: object, **__: object) -> None:
        raise StoreUnavailable("the audit is down")

    monkeypatch.setattr(scripted.world.audit, "record", fails)
    with pytest.raises(StoreUnavailable):
        scripted.world.complete_slack_leg({"state": [state], "code": [f"U0JOSIE.{state}"]}, cookie)
    assert scripted.world.queue.kinds == ["sign_in_burnt"]


def test_a_link_that_was_done_meanwhile_is_not_burnt_and_nobody_is_told(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(TOM)
    cookie, state = scripted.start(secret)
    intents = scripted.world.sign_ins.intents
    done = replace(intents[begun.intent.id_hash], status=IntentStatus.DONE)
    identify = scripted.slack.identify

    def done_meanwhile(*args: object, **kwargs: object) -> IdTokenClaims:
        intents[begun.intent.id_hash] = done
        return identify(*args, **kwargs)  # type: ignore[arg-type]

    scripted.slack.identify = done_meanwhile  # type: ignore[method-assign]
    assert _back(scripted, state, cookie) is PageKind.WRONG_PERSON
    assert intents[begun.intent.id_hash] == done
    assert scripted.world.audit.names == ["sign_in.wrong_person"]
    assert scripted.world.queue.sent == []


def test_another_workspace_burns_nothing_three_times(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(JOSIE)
    scripted.slack.people["elsewhere"] = claims_of(JOSIE, workspace="T0OTHER", workspace_name="Other Ltd")
    for tries in (1, 2, 3):
        cookie, state = scripted.start(secret)
        page = scripted.world.complete_slack_leg({"state": [state], "code": [f"elsewhere.{state}"]}, cookie)
        assert not isinstance(page, Onward)
        assert (page.kind, page.values["other"]) == (PageKind.WRONG_WORKSPACE, "Other Ltd")
        intent = scripted.world.sign_ins.intents[begun.intent.id_hash]
        assert (intent.status, intent.wrong_workspace_tries) == (IntentStatus.OPEN, tries)
    assert scripted.world.open_sign_in(secret).kind is PageKind.TRIES_SPENT
    assert scripted.world.audit.names == ["sign_in.wrong_workspace"] * 3
    assert scripted.world.queue.sent == []


@pytest.mark.parametrize(
    ("claims", "view"),
    [
        (claims_of(JOSIE, workspace="T0SIBLING", organisation="E0ACME"), Onward),
        (claims_of(JOSIE, organisation=None), Onward),
        (claims_of(TOM, workspace="T0SIBLING", organisation="E0ACME"), PageKind.WRONG_PERSON),
        (claims_of(JOSIE, workspace="T0OTHER", organisation="E0OTHER"), PageKind.WRONG_WORKSPACE),
        (claims_of(JOSIE, workspace="T0OTHER"), PageKind.WRONG_WORKSPACE),
    ],
)
def test_people_of_an_organisation_pass_by_it(scripted: "Scripted", claims: IdTokenClaims, view: object) -> None:
    josie = Person("E0ACME", "U0JOSIE")
    PROFILES.setdefault(josie, PROFILES[JOSIE])
    _, secret = scripted.world.begin(josie, workspace=Workspace("T0ACME", "E0ACME"))
    scripted.slack.people["browser"] = claims
    cookie, state = scripted.start(secret)
    found = _back(scripted, state, cookie, "browser")
    assert isinstance(found, Onward) if view is Onward else found is view
    assert scripted.slack.asked[-1][2] is True


def test_without_an_organisation_the_same_id_elsewhere_is_another_workspace(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    scripted.slack.people["browser"] = claims_of(JOSIE, workspace="T0OTHER", organisation="E0ACME")
    cookie, state = scripted.start(secret)
    assert _back(scripted, state, cookie, "browser") is PageKind.WRONG_WORKSPACE


def test_a_state_works_once(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    assert isinstance(_back(scripted, state, cookie), Onward)
    assert _back(scripted, state, cookie) is PageKind.REPLAYED
    assert len(scripted.slack.asked) == 1


@pytest.mark.parametrize("other", [None, "0" * 64])
def test_an_answer_that_came_to_another_browser_ends_the_leg_and_not_the_link(
    scripted: "Scripted", other: str | None
) -> None:
    """Tom has Josie's link and her answer of Slack, but not her browser: he does not pass as her."""
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    assert _back(scripted, state, other) is PageKind.LOST_COOKIE
    assert _back(scripted, state, cookie) is PageKind.REPLAYED
    assert scripted.slack.asked == []
    cookie, state = scripted.start(secret)
    assert isinstance(_back(scripted, state, cookie), Onward)


def test_an_unknown_state_or_one_of_another_step_is_unknown(scripted: "Scripted") -> None:
    _, cookie, app_state = scripted.to_app(JOSIE)
    assert _back(scripted, "0" * 64, cookie) is PageKind.UNKNOWN
    assert _back(scripted, app_state, cookie) is PageKind.UNKNOWN


def test_a_leg_that_is_still_stored_but_ran_out_offers_a_new_link(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    scripted.world.clock.now += 600
    page = scripted.world.complete_slack_leg({"state": [state], "code": [f"U0JOSIE.{state}"]}, cookie)
    assert not isinstance(page, Onward)
    assert (page.kind, page.post_to) == (PageKind.EXPIRED, f"{BASE_URL}/connect/{state}")
    assert scripted.slack.asked == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (Unverified("nonce"), PageKind.SLACK_UNVERIFIED),
        (ChatUnavailable("timeout"), PageKind.SLACK_TROUBLE),
        (ConfigurationError("bad_client_secret"), PageKind.MISCONFIGURED),
    ],
)
def test_when_slack_does_not_vouch_nothing_goes_on(
    scripted: "Scripted", error: Unverified | ChatUnavailable | ConfigurationError, kind: PageKind
) -> None:
    _, secret = scripted.world.begin(JOSIE)
    scripted.slack.people["browser"] = error
    cookie, state = scripted.start(secret)
    page = scripted.world.complete_slack_leg({"state": [state], "code": [f"browser.{state}"]}, cookie)
    assert not isinstance(page, Onward)
    assert (page.kind, page.cause) == (kind, str(error))
    assert [leg.step for leg in scripted.world.sign_ins.legs.values()] == [LegStep.SLACK]


@pytest.mark.parametrize(
    ("error", "kind"), [("access_denied", PageKind.SLACK_DENIED), ("<script>", PageKind.SLACK_ERROR)]
)
def test_an_error_of_slacks_ends_the_leg_and_keeps_the_link(scripted: "Scripted", error: str, kind: PageKind) -> None:
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    page = scripted.world.complete_slack_leg({"state": [state], "error": [error]}, cookie)
    assert not isinstance(page, Onward)
    assert page.kind is kind
    assert "<" not in page.values["error"]
    assert scripted.world.open_sign_in(secret).kind is PageKind.CONNECT


def test_back_in_history_after_the_end_says_that_it_is_done(scripted: "Scripted") -> None:
    begun, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    scripted.world.sign_ins.intents[begun.intent.id_hash] = replace(begun.intent, status=IntentStatus.DONE)
    assert _back(scripted, state, cookie) is PageKind.USED


def test_an_incomplete_answer_is_malformed_and_a_broken_store_is_said(scripted: "Scripted") -> None:
    with pytest.raises(Malformed):
        scripted.world.complete_slack_leg({"code": ["x"]}, None)
    scripted.world.sign_ins.broken = True
    with pytest.raises(StoreUnavailable):
        scripted.world.complete_slack_leg({"code": ["x"], "state": ["0" * 64]}, None)
