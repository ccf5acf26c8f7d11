"""Sign in with Slack against a provider on loopback: forged, swapped and stale id_tokens, rotated keys, its errors."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from countersign.adapters.bounded import Limits
from countersign.adapters.http import HardenedHttp
from countersign.domain.errors import ChatUnavailable, ConfigurationError, CountersignError, Unverified
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.openid import IdTokenClaims
from countersign.domain.secret import Secret
from tests.support.openid_provider import Key, Provider
from tests.support.scripted_server import hangs_up, says, serve
from tests.support.sign_in_world import Ticking

REDIRECT = "https://api.example.com/prod/oauth/slack/callback"
KEY, OTHER = Key("key-1"), Key("key-2")
HTTP = HardenedHttp(LocalHosts(), local=True, limits=Limits(1, 1, 2))


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serve() as server:
        yield Provider(server, Ticking(), KEY)


def _identify(
    provider: Provider, *, nonce: str = "n" * 64, organisation: bool = False, secrets: tuple[str, ...] = ()
) -> IdTokenClaims:
    client = provider.client(HTTP, *secrets)
    callback = provider.sign_in(client.authorization_url(REDIRECT, "s" * 64, "n" * 64, "T0ACME"), "U0JOSIE")
    return client.identify(Secret(callback["code"]), REDIRECT, nonce, organisation=organisation)


def test_the_authorization_address_says_what_slack_wants_and_nothing_it_refuses(provider: Provider) -> None:
    url = provider.client(HTTP).authorization_url(REDIRECT, "s" * 64, "n" * 64, "T0ACME")
    assert url.startswith(f"{provider.server.url}/openid/connect/authorize?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "scope": ["openid email"],
        "client_id": ["111.222"],
        "redirect_uri": [REDIRECT],
        "state": ["s" * 64],
        "nonce": ["n" * 64],
        "team": ["T0ACME"],
    }


def test_an_organisations_id_is_never_sent_as_the_team(provider: Provider) -> None:
    """It would end on a page of Slack's own that never comes back (slackapi/bolt-python#1157)."""
    url = provider.client(HTTP).authorization_url(REDIRECT, "s" * 64, "n" * 64, "E0ACME")

    assert "team" not in parse_qs(urlsplit(url).query)


def test_a_good_token_is_believed_and_the_access_token_dropped(provider: Provider) -> None:
    client = provider.client(HTTP)
    code = provider.sign_in(client.authorization_url(REDIRECT, "s" * 64, "n" * 64, "T0ACME"), "U0JOSIE")["code"]
    found = client.identify(Secret(code), REDIRECT, "n" * 64, organisation=False)
    assert found == IdTokenClaims("U0JOSIE", "T0ACME", None, "josie@acme.com", None)
    assert [request.path for request in provider.server.received] == [
        "/api/openid.connect.token",
        "/openid/connect/keys",
    ]
    assert provider.server.received[0].form == {
        "client_id": "111.222",
        "client_secret": "slack-secret",
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
    }


def test_the_organisation_is_asked_for_where_there_is_one(provider: Provider) -> None:
    provider.organisation = "E0ACME"
    assert _identify(provider, organisation=True).organisation == "E0ACME"
    provider.organisation = None
    assert _identify(provider, organisation=True).organisation is None
    provider.userinfo_sub = "U0TOM"
    with pytest.raises(Unverified):
        _identify(provider, organisation=True)


def _unsigned(claims: Mapping[str, Any]) -> str:
    return jwt.encode(dict(claims), None, "none", {"kid": "key-1"})


def _signed_with_the_public_key(claims: Mapping[str, Any]) -> str:
    pem = KEY.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [_part({"alg": "HS256", "kid": "key-1", "typ": "JWT"}), _part(claims)]
    signing = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return ".".join(
        [*parts, base64.urlsafe_b64encode(signing.sign(".".join(parts).encode(), pem)).decode().rstrip("=")]
    )


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _by(key: Key, algorithm: str = "RS256", **header: Any) -> Callable[[Mapping[str, Any]], str]:
    named = {"kid": key.key_id} | header
    return lambda claims: jwt.encode(dict(claims), key.private, algorithm, named)


def _swapped(claims: Mapping[str, Any]) -> str:
    head, _, signature = _by(KEY)(claims).split(".")
    return ".".join((head, _part({**claims, "sub": "U0TOM", "https://slack.com/user_id": "U0TOM"}), signature))


FORGED = {
    "unsigned": _unsigned,
    "HS256 with the public key": _signed_with_the_public_key,
    "another key under the right name": _by(OTHER, kid="key-1"),
    "an unknown key": _by(OTHER),
    "no key name": lambda claims: jwt.encode(dict(claims), KEY.private, "RS256"),
    "another algorithm": _by(KEY, "RS512"),
    "PSS": _by(KEY, "PS256"),
    "claims swapped": _swapped,
    "an encrypted one": lambda _: "a.b.c.d.e",
    "no token": lambda _: "",
    "not text": lambda _: 7,
    "nested": lambda claims: _by(KEY)({"payload": _by(KEY)(claims)}),
    "critical": _by(KEY, crit=["exp"]),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_token_is_not_believed(provider: Provider, forge: Callable[[Mapping[str, Any]], str]) -> None:
    provider.forge = forge
    with pytest.raises(Unverified):
        _identify(provider)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://slack.com"},
        {"aud": "other"},
        {"aud": ["111.222", "other"]},
        {"nonce": ...},
        {"exp": 1_799_999_000},
        {"sub": "U0TOM"},
        {"https://slack.com/team_id": ...},
    ],
)
def test_a_well_signed_token_with_wrong_claims_is_not_believed(provider: Provider, claims: dict[str, Any]) -> None:
    provider.claims = claims
    with pytest.raises(Unverified):
        _identify(provider)


def test_another_legs_nonce_is_not_believed(provider: Provider) -> None:
    with pytest.raises(Unverified):
        _identify(provider, nonce="m" * 64)


def test_a_code_works_once(provider: Provider) -> None:
    client = provider.client(HTTP)
    callback = provider.sign_in(client.authorization_url(REDIRECT, "s", "n", "T0ACME"), "U0JOSIE")
    client.identify(Secret(callback["code"]), REDIRECT, "n", organisation=False)
    with pytest.raises(Unverified, match="invalid_code"):
        client.identify(Secret(callback["code"]), REDIRECT, "n", organisation=False)


def test_keys_are_kept_and_fetched_once_more_for_a_new_one(provider: Provider) -> None:
    client = provider.client(HTTP)

    def identify() -> IdTokenClaims:
        callback = provider.sign_in(client.authorization_url(REDIRECT, "s", "n", "T0ACME"), "U0JOSIE")
        return client.identify(Secret(callback["code"]), REDIRECT, "n", organisation=False)

    def fetched() -> int:
        return sum(request.path == "/openid/connect/keys" for request in provider.server.received)

    identify()
    identify()
    assert fetched() == 1
    provider.key, provider.published = OTHER, [KEY, OTHER]
    identify()
    assert fetched() == 2
    provider.clock.now += 3_601  # type: ignore[attr-defined]
    identify()
    assert fetched() == 3


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("invalid_code", Unverified),
        ("invalid_grant", Unverified),
        ("bad_client_secret", ConfigurationError),
        ("bad_redirect_uri", ConfigurationError),
        ("invalid_client", ConfigurationError),
        ("pkce_not_allowed", ConfigurationError),
        ("ratelimited", ChatUnavailable),
        ("internal_error", ChatUnavailable),
        ("team_added_to_org", ChatUnavailable),
        ("<!channel>", Unverified),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_slacks_errors_are_told_apart(
    provider: Provider, error: str, raised: type[CountersignError], status: int
) -> None:
    provider.server.on("/api/openid.connect.token", says(status, json.dumps({"ok": False, "error": error}).encode()))
    with pytest.raises(raised) as caught:
        _identify(provider)
    assert "<" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "behaviour"),
    [
        ("/api/openid.connect.token", says(500, b"oops")),
        ("/api/openid.connect.token", says(200, b"<html></html>", "text/html")),
        ("/api/openid.connect.token", hangs_up),
        ("/openid/connect/keys", says(503, b"")),
        ("/openid/connect/keys", says(200, b"{}")),
        ("/openid/connect/keys", says(200, b'{"keys": 7}')),
        ("/openid/connect/keys", says(200, b'{"keys": [{"kty": "RSA"}]}')),
    ],
)
def test_when_slack_does_not_answer_it_is_unavailable(provider: Provider, path: str, behaviour: Any) -> None:
    provider.server.on(path, behaviour)
    with pytest.raises(ChatUnavailable):
        _identify(provider)


def test_both_client_secrets_are_tried_while_one_is_rotated(provider: Provider) -> None:
    token = provider._token
    refused = says(200, b'{"ok": false, "error": "bad_client_secret"}')
    provider.server.on("/api/openid.connect.token", refused, token)
    assert _identify(provider, secrets=("new", "old")).user_id == "U0JOSIE"
    assert [request.form.get("client_secret") for request in provider.server.received[:2]] == ["new", "old"]
