"""The protocol's small pieces: addresses, verifiers, callbacks, claims, hosts, policy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.domain.callback import Callback, code_marks, read_callback
from countersign.domain.catalog import ClientAuthentication
from countersign.domain.connection import Account
from countersign.domain.errors import ConfigurationError, HostNotAllowed, Malformed, Unverified
from countersign.domain.hosts import allowed_hosts, fill_settings, host_allowed, require_allowed
from countersign.domain.oauth import authorization_url, code_challenge, revocation_request
from countersign.domain.openid import IdTokenClaims, check_claims
from countersign.domain.revocation import may_revoke
from countersign.domain.secret import Secret
from countersign.domain.sign_in import (
    Intent,
    IntentStatus,
    LegStep,
    code_verifier,
    confirm_secret,
    is_secret,
    key_secret,
    leg_cookie_hash,
)
from countersign.domain.sign_in_policy import Reason, reasons_to_confirm
from countersign.domain.tokens import Tokens
from tests.support.shipped_catalog import SETTINGS, shipped
from tests.support.sign_in_world import BASE_URL, JOSIE, NOW, TOM

STATE = "ab" * 32
SALESFORCE = shipped().apps["salesforce"]
INTENT = Intent(
    id_hash="d" * 64,
    person=JOSIE,
    workspace="T0ACME",
    organisation=None,
    app="salesforce",
    base_url=BASE_URL,
    person_name="@josie",
    person_email=None,
    workspace_name="Acme",
    created_at=NOW,
    expires_at=NOW + 600,
)
CLIENT = {"client_id": "our id", "redirect_uri": "https://x/cb", "state": STATE, "code_verifier": "v" * 43}


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    assert (
        code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_an_authorization_url_says_everything_once() -> None:
    url = authorization_url(SALESFORCE.server, "https://login.example.com/authorize", **CLIENT)
    assert parse_qs(urlsplit(url).query, strict_parsing=True) == {
        "response_type": ["code"],
        "client_id": ["our id"],
        "redirect_uri": ["https://x/cb"],
        "state": [STATE],
        "scope": ["api refresh_token id openid"],
        "code_challenge": [code_challenge("v" * 43)],
        "code_challenge_method": ["S256"],
        "prompt": ["login consent"],
    }
    assert "+" not in url


def test_a_query_of_the_endpoints_own_is_kept_and_extras_cannot_replace_ours() -> None:
    oauth = replace(
        SALESFORCE.server,
        authorization_parameters={"state": "theirs"},
        pkce=False,
        scopes=("a", "b"),
        scope_separator=",",
    )
    url = authorization_url(oauth, "https://login.example.com/authorize?tenant=1", **CLIENT)
    query = parse_qs(urlsplit(url).query)
    assert (query["tenant"], query["state"], query["scope"]) == (["1"], [STATE], ["a,b"])
    assert "code_challenge" not in query


@pytest.mark.parametrize(
    "changed",
    [
        {"id_hash": "e" * 64},
        {"person": TOM},
        {"workspace": "T0SALES"},
        {"organisation": "E0ACME"},
        {"app": "box"},
        {"shared": True},
        {"base_url": "https://evil.example"},
    ],
)
def test_what_the_cookie_derives_belongs_to_cookie_secret_use_and_what_the_intent_is_about(
    changed: dict[str, Any],
) -> None:
    intents = (INTENT, replace(INTENT, **changed))
    made = [
        derived(cookie, secret, intent)
        for derived in (code_verifier, confirm_secret, key_secret, _of_a_leg(LegStep.APP), _of_a_leg(LegStep.CONFIRM))
        for cookie in "ab"
        for secret in "xy"
        for intent in intents
    ]
    assert len(set(made)) == len(made) == 40
    assert all(map(is_secret, made))


def test_what_the_cookie_derives_stays_while_the_intent_moves_on() -> None:
    moved = replace(INTENT, status=IntentStatus.DONE, opened_at=NOW, wrong_workspace_tries=2, helped=True)
    for derived in (code_verifier, confirm_secret, key_secret, _of_a_leg(LegStep.APP)):
        assert derived("a", "x", moved) == derived("a", "x", INTENT)


def _of_a_leg(step: LegStep) -> Callable[[str, str, Intent], str]:
    return lambda cookie, secret, intent: leg_cookie_hash(cookie, secret, intent, step)


@pytest.mark.parametrize(
    ("query", "other", "same"),
    [
        (["abcdefgh"], ["abcdefgi"], True),
        (["abcdefgh"], ["ABC-defgh=="], True),
        (["abcdefgh"], [" abc/defgh\n"], True),
        (["abcdefgh"], ["abcdéfgh"], False),
        (["abcdefgh"], ["abcdefxh"], False),
        (["abcdefgh"], ["abcdefghi"], False),
        (["abcdefgh", "abcdefgh"], ["abcdefgh"], True),
    ],
)
def test_codes_that_a_lenient_server_takes_for_one_another_have_one_mark(
    query: list[str], other: list[str], same: bool
) -> None:
    assert (code_marks({"code": query}) == code_marks({"code": other})) is same


def test_every_code_of_an_answer_has_its_mark_up_to_what_no_server_sends() -> None:
    assert code_marks({"state": [STATE]}) == ()
    assert len(code_marks({"code": ["first-code", "second-code", "x" * 100_000, "\ud800"]})) == 4
    last = code_marks({"code": ["the-real-one"]})
    assert code_marks({"code": [*(f"code-number-{n}-x" for n in range(50)), "the-real-one"]})[-1:] == last
    assert len(code_marks({"code": [f"code-number-{n}-x" for n in range(50)]})) == 8


def test_a_revocation_says_who_we_are_as_the_app_file_wants_it() -> None:
    revocation = SALESFORCE.server.revocation
    assert revocation is not None
    basic = replace(revocation, client_authentication=ClientAuthentication.BASIC)
    tokens, secret = Tokens(Secret("a t"), Secret("r t")), Secret("s:s")
    request = revocation_request(SALESFORCE, basic, SETTINGS["salesforce"], tokens, client_id="id", secret=secret)
    assert (request.method, request.url) == ("POST", "https://acme.my.salesforce.com/services/oauth2/revoke")
    assert (request.form, request.headers["Authorization"]) == ({"token": "r t"}, "Basic aWQ6czpz")


def test_a_callback_is_one_state_and_one_of_code_and_error() -> None:
    good = {"state": [STATE], "code": ["c-1"], "session_state": ["x"], "geolocation": ["https://evil.example"]}
    assert read_callback(good, None) == Callback(STATE, Secret("c-1"), None)
    assert read_callback({"state": [STATE], "error": ["access_denied"]}, None) == Callback(STATE, None, "access_denied")
    assert read_callback({"state": [STATE], "error": ["<b>"]}, None).error == "unreadable"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": [STATE]},
        {"code": ["c"]},
        {"state": [STATE], "code": ["c"], "error": ["e"]},
        {"state": [STATE, STATE], "code": ["c"]},
        {"state": [STATE], "code": ["c", "c"]},
        {"state": [STATE.upper()], "code": ["c"]},
        {"state": [STATE[1:]], "code": ["c"]},
        {"state": [STATE + "a"], "code": ["c"]},
        {"state": ["x" * 10_000], "code": ["c"]},
        {"state": [""], "code": ["c"]},
        {"state": [STATE], "code": [""]},
        {"state": [STATE], "code": ["c\r\nX: 1"]},
        {"state": [STATE], "code": ["c" * 5_000]},
        {"state": [STATE], "code": ["ç"]},
    ],
)
def test_any_other_callback_is_malformed(query: dict[str, list[str]]) -> None:
    with pytest.raises(Malformed):
        read_callback(query, None)


@pytest.mark.parametrize("iss", [[], ["https://as.example/"], ["https://AS.example"], ["https://as.example"] * 2, [""]])
@pytest.mark.parametrize("end", [{"code": ["c"]}, {"error": ["e"]}])
def test_a_promised_issuer_must_come_back_exactly(iss: list[str], end: dict[str, list[str]]) -> None:
    with pytest.raises(Malformed):
        read_callback({"state": [STATE], "iss": iss} | end, "https://as.example")
    assert read_callback({"state": [STATE], "iss": ["https://as.example"]} | end, "https://as.example").state == STATE


CLAIMS = {
    "iss": "https://slack.com",
    "aud": "client",
    "sub": "U1",
    "exp": 1300,
    "iat": 1000,
    "nonce": "n",
    "email": "a@b.c",
    "email_verified": True,
    "name": "Josie",
    "https://slack.com/user_id": "U1",
    "https://slack.com/team_id": "T1",
    "https://slack.com/team_name": "Acme",
}


def _check(now: int = 1000, **changed: object) -> IdTokenClaims:
    claims = {name: value for name, value in (CLAIMS | changed).items() if value is not Ellipsis}
    return check_claims(claims, issuer="https://slack.com", client_id="client", nonce="n", now=now)


def test_good_claims_are_believed() -> None:
    assert _check() == IdTokenClaims("U1", "T1", None, "a@b.c", "Josie", "Acme")
    assert _check(aud=["client"], azp="client").user_id == "U1"
    assert _check(now=1359).user_id == "U1"
    assert _check(email_verified=False).email is None


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://slack.com"},
        {"iss": "https://slack.com/"},
        {"iss": ...},
        {"aud": "other"},
        {"aud": ["client", "other"]},
        {"aud": []},
        {"aud": ...},
        {"azp": "other"},
        {"nonce": "other"},
        {"nonce": ...},
        {"nonce": ""},
        {"now": 1360},
        {"exp": "1300"},
        {"exp": True},
        {"exp": ...},
        {"iat": 1061},
        {"iat": ...},
        {"sub": "U2"},
        {"sub": ...},
        {"https://slack.com/user_id": ...},
        {"https://slack.com/user_id": ""},
        {"https://slack.com/team_id": ...},
        {"https://slack.com/team_id": 7},
    ],
)
def test_any_other_claims_are_not(changed: dict[str, object]) -> None:
    with pytest.raises(Unverified):
        _check(**changed)  # type: ignore[arg-type]


def test_an_empty_nonce_of_ours_matches_nothing() -> None:
    with pytest.raises(Unverified):
        check_claims(CLAIMS | {"nonce": ""}, issuer="https://slack.com", client_id="client", nonce="", now=1000)


PATTERNS = ["acme.service-now.com", "*.my.salesforce.com", "127.0.0.1:4560", "app.example.com:8443"]


@pytest.mark.parametrize(
    "host",
    [
        "acme.service-now.com",
        "ACME.service-now.com.",
        "acme.my.salesforce.com",
        "acme--uat.sandbox.my.salesforce.com",
        "127.0.0.1:4560",
        "app.example.com:8443",
    ],
)
def test_hosts_of_the_app_file_pass(host: str) -> None:
    assert host_allowed(host, PATTERNS)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "my.salesforce.com",
        ".my.salesforce.com",
        "evilmy.salesforce.com",
        "acme.service-now.com.evil.com",
        "acme.service-now.com:8443",
        "app.example.com",
        "127.0.0.1",
        "127.0.0.2:4560",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "acme.service-now.com/",
        "a@acme.service-now.com",
        "acm\u0435.service-now.com",
    ],
)
def test_no_other_host_passes(host: str) -> None:
    assert not host_allowed(host, PATTERNS)


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.service-now.com/",
        "ftp://acme.service-now.com/",
        "//acme.service-now.com/",
        "acme.service-now.com",
        "https://acme.service-now.com@evil.com/",
        "https://user@acme.service-now.com/",
        "https://evil.com\\@acme.service-now.com/",
        "https://evil.com/https://acme.service-now.com/",
        "https://acme.service-now.com:99999/",
        "https://[::1]/",
        "https://127.0.0.1:4560/",
        "https://169.254.169.254/",
        "https://acme.service-now.com /",
        "https://",
    ],
)
def test_addresses_that_lead_elsewhere_are_refused(url: str) -> None:
    with pytest.raises(HostNotAllowed):
        require_allowed(url, PATTERNS, local=False)


def test_plain_http_is_for_loopback_on_a_laptop_only() -> None:
    require_allowed("http://127.0.0.1:4560/x", PATTERNS, local=True)
    require_allowed("https://acme.service-now.com:443/x?y=z", PATTERNS, local=False)
    for url, local in (("http://127.0.0.1:4560/x", False), ("http://acme.service-now.com/", True)):
        with pytest.raises(HostNotAllowed):
            require_allowed(url, PATTERNS, local=local)


def test_settings_fill_hosts_and_nothing_but_what_the_app_file_allows() -> None:
    assert allowed_hosts(SALESFORCE, {"domain": "acme"}) == ("acme.my.salesforce.com",)
    for settings in ({}, {"domain": ""}, {"domain": "evil.com/"}, {"domain": "a b"}):
        with pytest.raises(ConfigurationError):
            allowed_hosts(SALESFORCE, settings)
    with pytest.raises(ConfigurationError):
        fill_settings(SALESFORCE, "${settings.nobody}", {"nobody": "x"})


@pytest.mark.parametrize(
    ("email", "account", "existing", "unproved", "reasons"),
    [
        ("a@b.c", "A@B.C", None, None, ()),
        ("a@b.c", "a@b.c", "1", None, ()),
        ("a@b.c", "a@b.c", "2", None, (Reason.ACCOUNT_CHANGES,)),
        ("a@b.c", "a@b.c", None, Reason.NOT_ASKED_WHO, (Reason.NOT_ASKED_WHO,)),
        (None, "a@b.c", None, None, (Reason.EMAIL_DIFFERS,)),
        ("a@b.c", None, None, None, (Reason.EMAIL_DIFFERS,)),
        (None, None, None, None, (Reason.EMAIL_DIFFERS,)),
        ("straße@b.c", "strasse@b.c", None, None, (Reason.EMAIL_DIFFERS,)),
        ("\u212aim@b.c", "kim@b.c", None, None, (Reason.EMAIL_DIFFERS,)),
        (
            "x@b.c",
            "a@b.c",
            "2",
            Reason.NOT_ASKED_WHO,
            (Reason.EMAIL_DIFFERS, Reason.ACCOUNT_CHANGES, Reason.NOT_ASKED_WHO),
        ),
    ],
)
def test_when_a_binding_is_asked_about(
    email: str | None, account: str | None, existing: str | None, unproved: Reason | None, reasons: tuple[Reason, ...]
) -> None:
    before = Account(existing, "login", "name") if existing else None
    assert reasons_to_confirm(email, Account("1", "login", "name", account), before, unproved=unproved) == reasons


def test_an_app_without_revocation_leaves_nothing_to_revoke() -> None:
    none = replace(SALESFORCE, oauth=replace(SALESFORCE.server, revocation=None))
    assert not may_revoke(none, "1", beside=None)
    assert may_revoke(SALESFORCE, None, beside=None)
