"""Back from the app: whose account is it, is it stored, asked about first, or given back."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import (
    AppError,
    AppUnavailable,
    ConfigurationError,
    CountersignError,
    HostNotAllowed,
    InvalidClient,
    InvalidGrant,
    Malformed,
    StoreUnavailable,
    TooLarge,
)
from countersign.domain.oauth import TokenAnswer
from countersign.domain.pages import PageKind
from countersign.domain.sign_in import Intent, IntentStatus, LegStep, code_verifier, hash_of, leg_owner
from countersign.domain.sign_in_policy import Reason
from countersign.domain.token_codec import unpack
from tests.support.sign_in_world import BASE_URL, JOSIE, NOW, TOM, salesforce_user

if TYPE_CHECKING:
    from countersign.domain.identity import Person
    from tests.unit.sign_in.conftest import Scripted

CONNECTED = {"v": 1, "kind": "connected", "tenant": "T0ACME", "user_id": "U0JOSIE", "trace_id": "trace-1"}


def _connection(scripted: "Scripted", app: str = "servicenow", person: "Person" = JOSIE) -> Connection:
    found = scripted.world.connections.get(person, app)
    assert found is not None
    return found


def _tokens_to_revoke(scripted: "Scripted") -> list[str | None]:
    """What housekeeping finds due now, opened: refresh tokens, or None for a connection's that is in use."""
    world = scripted.world
    found = []
    for leg in world.sign_ins.due(world.clock.now, 10):
        if not hasattr(leg, "step"):
            continue
        stored = world.connections.get(world.sign_ins.intents[leg.intent_hash].person, leg.app)
        in_use = stored is not None and stored.sign_in == leg.id_hash
        intent = world.sign_ins.intents[leg.intent_hash]
        tokens = unpack(world.sealer.open(leg.sealed, leg_owner(intent, leg)))  # type: ignore[arg-type]
        found.append(None if in_use else tokens.refresh_token.reveal() if tokens.refresh_token else "")
    return found


def test_an_account_that_the_app_asked_for_and_that_fits_is_stored_at_once(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    page = scripted.back(state, cookie, "salesforce")
    assert (page.kind, page.values["account"]) == (PageKind.DONE, "josie@acme.com")
    (intent,) = scripted.world.sign_ins.intents.values()
    assert scripted.server.exchanged == [
        ("salesforce", "good-code", f"{BASE_URL}/oauth/callback/salesforce", code_verifier(cookie, state, intent))
    ]
    assert scripted.http.sent[0].headers["Authorization"] == "Bearer access-1"
    connection = _connection(scripted, "salesforce")
    assert (connection.status, connection.version, connection.workspace) == (Status.LIVE, 1, "T0ACME")
    assert (connection.expires_at, connection.connected_at) == (NOW + 1800, NOW)
    assert connection.account == Account("005000000000001AAA", "josie@acme.com", "J", "josie@acme.com", "00D1", "00D1")
    opened = unpack(scripted.world.sealer.open(connection.sealed, connection.owner))
    assert opened.refresh_token is not None
    assert (opened.access_token.reveal(), opened.refresh_token.reveal()) == ("access-1", "refresh-1")
    (intent,) = scripted.world.sign_ins.intents.values()
    assert intent.status is IntentStatus.DONE
    assert scripted.world.queue.sent == [CONNECTED | {"app": "salesforce", "intent": intent.id_hash}]
    assert scripted.world.audit.names == ["sign_in.connected"]
    scripted.world.clock.now += 10_000
    assert _tokens_to_revoke(scripted) == []


def test_a_reload_after_success_shows_the_success(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    first = scripted.back(state, cookie, "salesforce")
    assert [scripted.back(state, cookie, "salesforce") for _ in range(3)] == [first] * 3
    assert scripted.back(state, None, "salesforce").kind is PageKind.LOST_COOKIE
    assert len(scripted.server.exchanged) == 1
    assert scripted.world.queue.kinds == ["connected"]


def test_a_reload_after_success_and_disconnection_does_not_claim_a_connection(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.back(state, cookie, "salesforce")
    scripted.world.connections.set_revoking(_connection(scripted, "salesforce"), now=NOW, due_at=NOW)
    assert scripted.back(state, cookie, "salesforce").kind is PageKind.USED


def test_an_app_that_may_pass_silently_is_confirmed_first(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE)
    page = scripted.back(state, cookie)
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.NOT_ASKED_WHO,))
    assert page.facts == (("Slack", "@josie, Acme"), ("ServiceNow", "J, josie@acme.com"))
    assert page.post_to == f"{BASE_URL}/connect/{scripted.world.confirm_secret(cookie, state)}"
    assert scripted.world.connections.rows == {}
    assert scripted.back(state, cookie) == page
    assert len(scripted.server.exchanged) == 1


def test_a_different_address_is_confirmed_first(scripted: "Scripted") -> None:
    scripted.http.bodies["acme.my.salesforce.com"] = salesforce_user("someone@else.example")
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    page = scripted.back(state, cookie, "salesforce")
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.EMAIL_DIFFERS,))
    assert (page.values["email"], page.values["account_email"]) == ("josie@acme.com", "someone@else.example")


def test_another_account_than_before_is_confirmed_first_and_the_old_one_given_back(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.back(state, cookie, "salesforce")
    before = _connection(scripted, "salesforce")
    scripted.http.bodies["acme.my.salesforce.com"] = salesforce_user("josie@acme.com", "005000000000002AAA")
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    page = scripted.back(state, cookie, "salesforce")
    assert (page.kind, page.reasons) == (PageKind.CONFIRM, (Reason.ACCOUNT_CHANGES,))
    assert _connection(scripted, "salesforce") == before
    done = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, state), cookie, accepted=True)
    assert done.kind is PageKind.DONE
    assert (_connection(scripted, "salesforce").account.id, _connection(scripted, "salesforce").version) == (
        "005000000000002AAA",
        2,
    )
    assert [row.account.id for row in scripted.world.connections.retired] == ["005000000000001AAA"]


def test_a_cut_connection_does_not_ask_about_its_account(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.back(state, cookie, "salesforce")
    scripted.world.connections.set_revoking(_connection(scripted, "salesforce"), now=NOW, due_at=NOW)
    scripted.http.bodies["acme.my.salesforce.com"] = salesforce_user("josie@acme.com", "005000000000002AAA")
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    assert scripted.back(state, cookie, "salesforce").kind is PageKind.DONE
    assert len(scripted.world.connections.retired) == 1


@pytest.mark.parametrize(("ends", "retired"), [("grant", 0), ("token", 1)])
def test_the_same_accounts_old_tokens_are_given_back_unless_that_would_end_the_new_ones(
    scripted: "Scripted", ends: str, retired: int
) -> None:
    app = scripted.world.catalog.apps["salesforce"]
    assert app.server.revocation is not None
    changed = replace(app, oauth=replace(app.server, revocation=replace(app.server.revocation, ends=ends)))
    scripted.world.catalog = replace(scripted.world.catalog, apps={"salesforce": changed})
    for _ in range(2):
        _, cookie, state = scripted.to_app(JOSIE, "salesforce")
        assert scripted.back(state, cookie, "salesforce").kind is PageKind.DONE
    assert len(scripted.world.connections.retired) == retired


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidGrant("over"), PageKind.CODE_REFUSED),
        (AppUnavailable("500"), PageKind.APP_TROUBLE),
        (TooLarge("10 MB"), PageKind.APP_TROUBLE),
        (InvalidClient("secret"), PageKind.MISCONFIGURED),
        (HostNotAllowed("evil"), PageKind.MISCONFIGURED),
        (ConfigurationError("setting"), PageKind.MISCONFIGURED),
    ],
)
def test_a_failed_exchange_leaves_nothing_and_the_link_usable(
    scripted: "Scripted", error: CountersignError, kind: PageKind
) -> None:
    scripted.server.answer = error
    secret, cookie, state = scripted.to_app(JOSIE)
    page = scripted.back(state, cookie)
    assert (page.kind, page.cause) == (kind, str(error))
    assert scripted.back(state, cookie).kind is PageKind.REPLAYED
    assert scripted.world.connections.rows == {}
    assert scripted.world.open_sign_in(secret).kind is PageKind.CONNECT


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AppUnavailable("timeout"), PageKind.APP_TROUBLE),
        (AppError("two rows"), PageKind.NO_IDENTITY),
        (TooLarge("10 MB"), PageKind.NO_IDENTITY),
        (ConfigurationError("no address of the API"), PageKind.NO_IDENTITY),
    ],
)
def test_tokens_without_an_identity_are_given_back_at_once(
    scripted: "Scripted", error: CountersignError, kind: PageKind
) -> None:
    scripted.http.error = error
    _, cookie, state = scripted.to_app(JOSIE)
    assert scripted.back(state, cookie).kind is kind
    assert scripted.world.connections.rows == {}
    assert _tokens_to_revoke(scripted) == ["refresh-1"]
    assert scripted.back(state, cookie).kind is PageKind.REPLAYED


@pytest.mark.parametrize(
    ("status", "kind"), [(IntentStatus.BURNT, PageKind.STOPPED), (IntentStatus.DONE, PageKind.USED)]
)
def test_what_ended_while_the_app_was_asked_stores_nothing(
    scripted: "Scripted", status: IntentStatus, kind: PageKind
) -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    intents = scripted.world.sign_ins.intents

    def ended_meanwhile() -> None:
        for id_hash, intent in intents.items():
            intents[id_hash] = replace(intent, status=status)

    scripted.http.while_asked = ended_meanwhile
    assert scripted.back(state, cookie, "salesforce").kind is kind
    assert scripted.world.connections.rows == {}
    assert _tokens_to_revoke(scripted) == ["refresh-1"]


def test_a_burnt_link_stops_a_browser_on_its_way_back(scripted: "Scripted") -> None:
    secret, cookie, state = scripted.to_app(TOM)
    other_cookie, other_state = scripted.start(secret)
    scripted.world.complete_slack_leg({"state": [other_state], "code": [f"U0JOSIE.{other_state}"]}, other_cookie)
    assert scripted.back(state, cookie).kind is PageKind.STOPPED
    assert scripted.server.exchanged == []


def test_what_the_app_sends_as_an_error_is_written_down_only_where_it_is_a_known_word(scripted: "Scripted") -> None:
    for error, kept in (("temporarily_unavailable", "temporarily_unavailable"), ("rt9f8e7d6c5b4a3928", "other")):
        _, cookie, state = scripted.to_app(TOM)
        page = scripted.world.complete_app_leg("servicenow", {"state": [state], "error": [error]}, cookie)
        assert (page.cause, page.values["error"]) == (kept, kept)
        assert scripted.world.audit.of("sign_in.refused_by_app")[-1]["error"] == kept


@pytest.mark.parametrize(("error", "kind"), [("access_denied", PageKind.DENIED), ("server_error", PageKind.APP_ERROR)])
def test_a_denied_consent_ends_the_leg_and_is_audited(scripted: "Scripted", error: str, kind: PageKind) -> None:
    secret, cookie, state = scripted.to_app(JOSIE)
    query = {"state": [state], "error": [error], "error_description": ["<b>call 555</b>"]}
    page = scripted.world.complete_app_leg("servicenow", query, cookie)
    assert page.kind is kind
    assert "555" not in repr(page)
    assert scripted.world.audit.names == ["sign_in.refused_by_app"]
    assert scripted.world.complete_app_leg("servicenow", query, cookie).kind is PageKind.REPLAYED
    assert scripted.world.open_sign_in(secret).kind is PageKind.CONNECT


@pytest.mark.parametrize(("error", "asked"), [("access_denied", 0), ("server_error", 1)])
def test_who_denied_it_at_the_app_is_not_asked_whether_they_got_lost(
    scripted: "Scripted", error: str, asked: int
) -> None:
    _, cookie, state = scripted.to_app(JOSIE)
    scripted.world.complete_app_leg("servicenow", {"state": [state], "error": [error]}, cookie)
    lost = [row for row in scripted.world.sign_ins.due(scripted.world.clock.now + 180, 9) if isinstance(row, Intent)]
    assert len(lost) == asked


@pytest.mark.parametrize("other", [None, hash_of("josie's own cookie")])
def test_a_code_that_came_to_another_browser_is_brought_by_nobody(scripted: "Scripted", other: str | None) -> None:
    """Josie said yes at the app; if she sends Tom what stands in her address bar, it is worth nothing to him."""
    _, cookie, state = scripted.to_app(TOM)
    assert scripted.back(state, other).kind is PageKind.LOST_COOKIE
    assert scripted.back(state, cookie).kind is PageKind.REPLAYED
    assert scripted.server.exchanged == []
    assert scripted.world.connections.rows == {}


def test_an_answer_to_another_apps_address_is_refused_and_the_code_goes_nowhere(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "servicenow")
    page = scripted.back(state, cookie, "salesforce")
    assert (page.kind, page.cause) == (PageKind.BAD_REQUEST, "mix-up: the leg is of another app")
    assert scripted.server.exchanged == []


@pytest.mark.parametrize("iss", [None, "https://evil.example.com", "https://acme.my.salesforce.com/"])
def test_an_app_that_names_its_issuer_is_held_to_it(scripted: "Scripted", iss: str | None) -> None:
    app = scripted.world.catalog.apps["salesforce"]
    named = replace(app, oauth=replace(app.server, issuer="https://${settings.domain}.my.salesforce.com"))
    scripted.world.catalog = replace(scripted.world.catalog, apps={"salesforce": named})
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    with pytest.raises(Malformed):
        scripted.back(state, cookie, "salesforce", **({} if iss is None else {"iss": iss}))
    assert scripted.server.exchanged == []
    right = scripted.back(state, cookie, "salesforce", iss="https://acme.my.salesforce.com")
    assert right.kind is PageKind.DONE


def test_an_app_nobody_knows_is_unknown_and_so_is_a_leg_of_another_step(scripted: "Scripted") -> None:
    _, secret = scripted.world.begin(JOSIE)
    cookie, state = scripted.start(secret)
    assert scripted.back(state, cookie, "nobody").kind is PageKind.UNKNOWN
    assert scripted.back(state, cookie).kind is PageKind.UNKNOWN


def test_too_late_is_too_late_though_the_row_is_there(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE)
    scripted.world.clock.now += 600
    page = scripted.back(state, cookie)
    assert (page.kind, page.post_to) == (PageKind.EXPIRED, f"{BASE_URL}/connect/{state}")
    assert scripted.server.exchanged == []


@pytest.mark.parametrize(
    ("granted", "unasked"),
    [
        (("api", "refresh_token", "id", "openid"), None),
        (("api",), None),
        (("api", "full", "refresh_token", "admin_all"), "full admin_all"),
        (None, None),
    ],
)
def test_what_an_app_gives_beyond_what_it_was_asked_for_is_written_down(
    scripted: "Scripted", granted: tuple[str, ...] | None, unasked: str | None
) -> None:
    assert isinstance(scripted.server.answer, TokenAnswer)
    scripted.server.answer = replace(scripted.server.answer, scopes=granted)
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    assert scripted.back(state, cookie, "salesforce").kind is PageKind.DONE
    (facts,) = scripted.world.audit.of("sign_in.connected")
    assert facts.get("scopes_unasked") == unasked


def test_tokens_that_say_nothing_of_their_end_or_scopes(scripted: "Scripted") -> None:
    answer = scripted.server.answer
    assert not isinstance(answer, CountersignError)
    scripted.server.answer = replace(answer, expires_in=None, refresh_token=None)
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.back(state, cookie, "salesforce")
    connection = _connection(scripted, "salesforce")
    assert (connection.expires_at, connection.scopes) == (None, ("api", "refresh_token", "id", "openid"))


def test_a_queue_that_fails_after_storing_is_made_good_by_a_reload(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.world.queue.broken = True
    with pytest.raises(StoreUnavailable):
        scripted.back(state, cookie, "salesforce")
    assert _connection(scripted, "salesforce").status is Status.LIVE
    scripted.world.queue.broken = False
    assert scripted.back(state, cookie, "salesforce").kind is PageKind.CONFIRM
    done = scripted.world.confirm_sign_in(scripted.world.confirm_secret(cookie, state), cookie, accepted=True)
    assert done.kind is PageKind.DONE
    assert scripted.world.queue.kinds == ["connected"]
    assert scripted.world.audit.names == ["sign_in.connected"]


@pytest.mark.parametrize("dies_at", ["put", "consume_leg"])
def test_a_crash_while_a_connection_is_replaced_leaves_both_sides_known(
    scripted: "Scripted", monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    """What is replaced is set aside first: whichever of the two stays, housekeeping knows of the other."""
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.back(state, cookie, "salesforce")
    before, world = _connection(scripted, "salesforce"), scripted.world
    scripted.http.bodies["acme.my.salesforce.com"] = salesforce_user("josie@acme.com", "005000000000002AAA")
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.back(state, cookie, "salesforce")

    class Killed(Exception):
        """The process ends here."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(world.connections if dies_at == "put" else world.sign_ins, dies_at, killed)
    with pytest.raises(Killed):
        world.confirm_sign_in(scripted.world.confirm_secret(cookie, state), cookie, accepted=True)

    assert _connection(scripted, "salesforce") == before
    assert [(row.account.id, row.version) for row in world.connections.retired] == [(before.account.id, 1)]
    assert world.connections.due(world.clock.now + 59, 9) == [], "not while the replacement may be under way"
    world.clock.now += 600
    assert _tokens_to_revoke(scripted) == ["refresh-1"]


def test_a_store_that_fails_leaves_the_tokens_due_for_revocation(scripted: "Scripted") -> None:
    _, cookie, state = scripted.to_app(JOSIE, "salesforce")
    scripted.world.connections.broken = True
    with pytest.raises(StoreUnavailable):
        scripted.back(state, cookie, "salesforce")
    scripted.world.clock.now += 600
    assert [leg.step for leg in scripted.world.sign_ins.legs.values()][-1] is LegStep.CONFIRM
    assert _tokens_to_revoke(scripted) == ["refresh-1"]
