"""The protocol's small pieces: addresses, verifiers, callbacks, claims, hosts, policy."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from countersign.domain.callback import Callback, read_callback
from countersign.domain.catalog import ClientAuthentication
from countersign.domain.connection import Account
from countersign.domain.errors import ConfigurationError, HostNotAllowed, Malformed, Unverified
from countersign.domain.hosts import allowed_hosts, fill_settings, host_allowed, require_allowed
from countersign.domain.oauth import authorization_url, code_challenge, revocation_request
from countersign.domain.openid import IdTokenClaims, check_claims
from countersign.domain.revocation import may_revoke
from countersign.domain.secret import Secret
from countersign.domain.sign_in import code_verifier, confirm_secret, is_secret
from countersign.domain.sign_in_policy import Reason, reasons_to_confirm
from countersign.domain.tokens import Tokens
from tests.support.shipped_catalog import SETTINGS, shipped

STATE = "ab" * 32
SALESFORCE = shipped().apps["salesforce"]
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


def test_verifier_and_confirm_secret_belong_to_cookie_and_state() -> None:
    made = {f(cookie, state) for f in (code_verifier, confirm_secret) for cookie in "ab" for state in "xy"}
    assert len(made) == 8
    assert all(map(is_secret, made))


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
