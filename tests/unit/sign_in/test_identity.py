"""Whom an app says has signed in: by its identity call, by claims, by a key."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from countersign.domain import errors
from countersign.domain.app_sign_in import ClaimsOf
from countersign.domain.catalog import App, Request
from countersign.domain.claims import read_claims
from countersign.domain.connection import Account
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.identify import SignedIn, identity_request, identity_values, read_identity
from countersign.domain.oauth import TokenAnswer
from countersign.domain.operation import with_token
from countersign.domain.secret import Secret
from countersign.usecases.find_sites import FindSites
from countersign.usecases.identify_account import IdentifyAccount
from tests.support.shipped_catalog import SETTINGS, shipped
from tests.support.sign_in_apps import SITES_URL, jwt, with_key, with_sites
from tests.support.sign_in_world import CLIENT, ScriptedHttp

SERVICENOW, SALESFORCE = shipped().apps["servicenow"], shipped().apps["salesforce"]
NOW = 1_800_000_000
HOST = "acme.service-now.com"
ISSUER = "https://acme.service-now.com"
CLAIMS = {"iss": ISSUER, "aud": "countersign", "exp": NOW + 300, "sub": "7;42", "email": "josie@acme.com"}


def names(app: App) -> Mapping[str, Any]:
    return identity_values(app, SETTINGS[app.id], SignedIn())


def asked(app: App) -> HttpRequest:
    request = identity_request(app, names(app))
    assert request is not None
    return request


def test_who_signed_in_is_asked_as_the_person() -> None:
    sent = with_token(asked(SERVICENOW), Secret("t0ken"))
    assert (sent.url, sent.query["sysparm_query"]) == (
        f"https://{HOST}/api/now/table/sys_user",
        "sys_id=javascript:gs.getUserID()",
    )
    assert sent.headers == {"Accept": "application/json", "Authorization": "Bearer t0ken"}
    assert "t0ken" not in repr(sent)


@pytest.mark.parametrize("instance", ["", "acme.example.com/", "acme@evil", "Acme"])
def test_a_setting_of_another_form_stops_everything(instance: str) -> None:
    with pytest.raises(errors.ConfigurationError):
        identity_values(SERVICENOW, {"instance": instance}, SignedIn())


def test_no_word_on_where_the_api_is_stops_everything() -> None:
    with pytest.raises(errors.ConfigurationError, match="api_base"):
        asked(SALESFORCE)


def test_identity_is_exactly_one_account() -> None:
    one = {"sys_id": "s1", "user_name": "josie", "name": "Josie Vega", "email": ""}
    known = names(SERVICENOW)
    found = read_identity(SERVICENOW, HttpAnswer(200, {"result": [one]}), known)
    assert found == Account("s1", "josie", "Josie Vega", None, None)
    for rows in ([], [one, one], [{**one, "sys_id": ""}], "one"):
        with pytest.raises(errors.AppError, match="names no single account") as caught:
            read_identity(SERVICENOW, HttpAnswer(200, {"result": rows}), known)
        assert caught.value.user_message == "ServiceNow did not say who you are there, so nothing was connected."


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HttpAnswer(401, None), errors.TokenRejected),
        (HttpAnswer(429, None), errors.AppUnavailable),
        (HttpAnswer(500, None), errors.AppUnavailable),
        (HttpAnswer(403, None), errors.AppError),
        (HttpAnswer(200, None), errors.AppUnavailable),
    ],
)
def test_an_identity_call_that_fails_connects_nobody(answer: HttpAnswer, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_identity(SERVICENOW, answer, names(SERVICENOW))


def token_answer(**changed: Any) -> TokenAnswer:
    return replace(TokenAnswer(Secret("at"), None, None, None), **changed)


def claimed(where: ClaimsOf, claims: Mapping[str, Any] | str, issuer: str | None = ISSUER) -> Mapping[str, Any]:
    token = Secret(jwt(claims))
    answer = token_answer(id_token=token) if where is ClaimsOf.ID_TOKEN else token_answer(access_token=token)
    return read_claims(where, answer, issuer=issuer, client_id="countersign", now=NOW)


@pytest.mark.parametrize("where", [ClaimsOf.ID_TOKEN, ClaimsOf.ACCESS_TOKEN])
def test_the_claims_of_a_token_that_is_for_us_are_believed(where: ClaimsOf) -> None:
    assert claimed(where, CLAIMS) == CLAIMS
    assert claimed(where, CLAIMS, None) == CLAIMS


def test_an_id_token_may_name_others_beside_us_if_we_are_its_party() -> None:
    several = CLAIMS | {"aud": ["countersign", "other"], "azp": "countersign"}
    assert claimed(ClaimsOf.ID_TOKEN, several) == several
    just_ended = CLAIMS | {"exp": NOW - 59}
    assert claimed(ClaimsOf.ID_TOKEN, just_ended) == just_ended, "clocks differ"


@pytest.mark.parametrize(
    ("changed", "claim"),
    [
        ({"iss": ISSUER + "/"}, "iss"),
        ({"iss": ISSUER.upper()}, "iss"),
        ({"iss": None}, "iss"),
        ({"aud": "countersign2"}, "aud"),
        ({"aud": ["other"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": {"countersign": 1}}, "aud"),
        ({"azp": "other"}, "azp"),
        ({"exp": NOW - 60}, "exp"),
        ({"exp": str(NOW + 300)}, "exp"),
        ({"exp": True}, "exp"),
        ({"exp": None}, "exp"),
    ],
)
def test_an_id_token_of_another_issuer_for_another_client_or_too_old_is_not_believed(
    changed: dict[str, Any], claim: str
) -> None:
    with pytest.raises(errors.AppError, match=f"id_token: {claim} is wrong"):
        claimed(ClaimsOf.ID_TOKEN, CLAIMS | changed)


def test_an_id_token_without_an_end_is_not_believed() -> None:
    endless = {name: value for name, value in CLAIMS.items() if name != "exp"}
    with pytest.raises(errors.AppError, match="exp"):
        claimed(ClaimsOf.ID_TOKEN, endless)
    assert claimed(ClaimsOf.ACCESS_TOKEN, endless) == endless, "RFC 6749 does not make an access token say when it ends"


@pytest.mark.parametrize(
    "token", ["", "opaque", "a.b", "a.b.c.d", "a.!.c", "a.e30.c".replace("e30", "W10"), "..", "a.YQ.c"]
)
def test_what_is_no_json_web_token_names_nobody(token: str) -> None:
    with pytest.raises(errors.AppError):
        read_claims(
            ClaimsOf.ACCESS_TOKEN, token_answer(access_token=Secret(token)), issuer=None, client_id="c", now=NOW
        )
    with pytest.raises(errors.AppError):
        read_claims(ClaimsOf.ID_TOKEN, token_answer(), issuer=None, client_id="c", now=NOW)


@pytest.mark.parametrize("claims", ['{"sub": "a", "sub": "b"}', "NaN", "[" * 2_000])
def test_claims_that_two_readers_could_read_differently_are_refused(claims: str) -> None:
    with pytest.raises(errors.AppError, match="can't be read"):
        claimed(ClaimsOf.ACCESS_TOKEN, claims)


def identify(app: App, http: ScriptedHttp, tokens: TokenAnswer) -> Account:
    return IdentifyAccount(http, SETTINGS.__getitem__, lambda _: CLIENT, lambda: NOW)(app, tokens)


def test_a_token_that_the_app_quotes_is_in_no_name_and_no_site() -> None:
    """Both are kept and shown."""
    app, tokens = with_sites(), token_answer(access_token=Secret("at-9f8e7d6c5b4a"))
    token = tokens.access_token
    quoted = {"sys_id": "s1", "user_name": "josie", "name": f"Bearer {token.reveal()}", "email": "josie@acme.com"}
    site = {"id": "c-1", "name": f"of {token.reveal()}", "url": "https://acme.service-now.com/c-1"}
    http = ScriptedHttp({SITES_URL: [site], "acme.service-now.com": {"result": [quoted]}})
    assert identify(SERVICENOW, http, tokens).name == "Bearer •••"
    assert [each.name for each in FindSites(http, SETTINGS.__getitem__, local=False)(app, token)] == ["of •••"]


def test_claims_alone_can_name_the_account_and_nobody_is_called() -> None:
    plain = replace(SERVICENOW.identity, request=None, demand=None, organisation=None)
    queries = {"account_id": "sub", "login": "email", "name": "email", "email": "email"}
    identity = replace(plain, claims_of=ClaimsOf.ID_TOKEN, issuer="${api_base}", **queries)
    http = ScriptedHttp()
    found = identify(replace(SERVICENOW, identity=identity), http, token_answer(id_token=Secret(jwt(CLAIMS))))
    assert found == Account("7;42", "josie@acme.com", "josie@acme.com", "josie@acme.com")
    assert http.sent == []


def test_a_token_answers_own_members_are_claims_and_its_tokens_are_not() -> None:
    plain = replace(SERVICENOW.identity, request=None, demand=None, organisation=None, email=None)
    identity = replace(plain, claims_of=ClaimsOf.TOKEN_ANSWER, account_id="user.id", login="user.login", name="x")
    app = replace(SERVICENOW, identity=identity)
    found = identify(app, ScriptedHttp(), token_answer(members={"user": {"id": 7, "login": "josie"}}))
    assert found == Account("7", "josie", "josie")
    with pytest.raises(errors.AppError, match="names no single account"):
        identify(app, ScriptedHttp(), token_answer(members={}))


def test_claims_can_stand_in_the_call_and_in_its_queries() -> None:
    """NetSuite: the token names role and entity; name and address are in the entity's own record."""
    request = replace(asked_request(SERVICENOW), url="${api_base}/employee/${claims.entity}", query={})
    queries = {"account_id": "${claims.entity}", "login": "email", "name": "name", "email": "email"}
    identity = replace(
        SERVICENOW.identity,
        request=request,
        claims_of=ClaimsOf.ACCESS_TOKEN,
        demand="id == ${claims.entity}",
        **queries,
    )
    app = replace(SERVICENOW, identity=identity)
    http = ScriptedHttp({HOST: {"id": "42", "email": "josie@acme.com", "name": "Josie Vega"}})
    tokens = token_answer(access_token=Secret(jwt({"entity": "42"})))
    assert identify(app, http, tokens) == Account("42", "josie@acme.com", "Josie Vega", "josie@acme.com")
    assert http.sent[0].url == f"https://{HOST}/employee/42"
    hostile = token_answer(access_token=Secret(jwt({"entity": "42/../1?x=`'"})))
    with pytest.raises(errors.AppError, match="names no single account"):
        identify(app, http, hostile)
    assert http.sent[1].url == f"https://{HOST}/employee/42%2F..%2F1%3Fx%3D%60%27"
    with pytest.raises(errors.Malformed):
        identify(app, http, token_answer(access_token=Secret(jwt({"other": "42"}))))


def asked_request(app: App) -> Any:
    return app.identity.request


def test_a_key_is_checked_by_the_call_that_names_its_account() -> None:
    http = ScriptedHttp({HOST: {"responseCode": 200}})
    key = {"user_id": Secret("aa_josie"), "user_secret": Secret('s"3}')}
    ask = IdentifyAccount(http, SETTINGS.__getitem__, lambda _: CLIENT, lambda: NOW)
    account = ask.of_key(with_key(), key, "josie@acme.com")
    assert account == Account("aa_josie", "josie@acme.com", "josie@acme.com", "josie@acme.com")
    (request,) = http.sent
    assert "Authorization" not in request.headers
    assert request.form == {
        "requestJobDescription": '{"type": "get", "credentials": '
        '{"partnerUserID": "aa_josie", "partnerUserSecret": "s\\"3}"}}'
    }
    http.bodies[HOST] = {"responseCode": 401}
    with pytest.raises(errors.AppError):
        ask.of_key(with_key(), key, "josie@acme.com")
    http.bodies[HOST] = {"responseCode": 200}
    with pytest.raises(errors.AppError):
        ask.of_key(with_key(), key, None)


@pytest.mark.parametrize(
    "changed",
    [{"sys_id": "\ud800"}, {"sys_id": "a" * 256}, {"sys_id": ""}, {"user_name": "\u202e\u200b"}, {"user_name": "\x00"}],
    ids=["half a character", "too long", "empty", "nothing to see", "nothing but control"],
)
def test_an_account_whose_id_cannot_be_kept_or_whose_name_cannot_be_seen_is_nobodys(changed: Mapping[str, str]) -> None:
    row = {"sys_id": "a1", "user_name": "josie", "name": "Josie", "email": "josie@acme.com", **changed}
    with pytest.raises(errors.AppError, match="no single account"):
        read_identity(SERVICENOW, HttpAnswer(200, {"result": [row]}), names(SERVICENOW))


def test_a_name_without_anything_to_see_gives_way_to_the_login() -> None:
    row = {"sys_id": "a1", "user_name": "josie", "name": "\u202e", "email": None}
    found = read_identity(SERVICENOW, HttpAnswer(200, {"result": [row]}), names(SERVICENOW))
    assert (found.name, found.label) == ("josie", "josie")


def test_a_claim_with_half_a_character_can_stand_in_an_address() -> None:
    plain = SERVICENOW.identity
    request = Request("GET", "https://acme.service-now.com/users/${claims.sub}")
    app = replace(SERVICENOW, identity=replace(plain, request=request))
    sent = identity_request(app, identity_values(app, SETTINGS[app.id], SignedIn(claims={"sub": "7\ud800"})))
    assert sent is not None
    assert sent.url == "https://acme.service-now.com/users/7%EF%BF%BD"
