"""What Slack's errors mean where the app is installed, and where its bots' tokens are renewed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from countersign.adapters.slack.error_names import readable
from countersign.adapters.slack.install import SlackInstall, SlackTokenServer
from countersign.domain.errors import (
    AppUnavailable,
    ChatUnavailable,
    ConfigurationError,
    CountersignError,
    InvalidClient,
    InvalidGrant,
    Unverified,
)
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.installation import CHAT
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens

TOKENS = Tokens(Secret("xoxe.xoxb-1"), Secret("xoxe-1"))
TOKEN = {"ok": True, "access_token": "xoxe.xoxb-2", "refresh_token": "xoxe-2", "expires_in": 43_200}


@dataclass
class Refusing:
    """Slack's token endpoint, which answers each call with the next error; then with tokens."""

    errors: list[object]
    secrets: list[str] = field(default_factory=list)

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        assert allowed_hosts == ["slack.com"]
        self.secrets.append((request.form or {})["client_secret"])
        return HttpAnswer(200, {"ok": False, "error": self.errors.pop(0)} if self.errors else TOKEN)


def slack(*errors: object, secrets: Sequence[str] = ("new", "old")) -> tuple[SlackInstall, Refusing]:
    http = Refusing(list(errors))
    client = ClientCredentials("1.2", tuple(map(Secret, secrets)))
    return SlackInstall(http, "https://slack.com/api/", "https://slack.com", lambda: client), http


PASSING = [
    "external_channel_migrating",
    "fatal_error",
    "internal_error",
    "rate_limited",
    "ratelimited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "update_failed",
]
OURS = ["bad_client_secret", "bad_redirect_uri", "invalid_client", "invalid_client_id", "pkce_not_allowed"]
NO_NAMES = ["<!channel>", "Bad", "a b", "a" * 81, "", None, 7, {"x": 1}]


@pytest.mark.parametrize(
    ("errors", "of_an_installation", "of_a_refresh"),
    [
        (PASSING, ChatUnavailable, AppUnavailable),
        (NO_NAMES, ChatUnavailable, AppUnavailable),
        (OURS, ConfigurationError, InvalidClient),
        (["invalid_code", "invalid_refresh_token", "a_name_that_is_new"], Unverified, InvalidGrant),
    ],
    ids=["passing", "no names", "ours", "final"],
)
def test_what_passes_by_itself_ends_no_installation_and_no_bots_token(
    errors: Sequence[object], of_an_installation: type[CountersignError], of_a_refresh: type[CountersignError]
) -> None:
    """A bot whose refresh token is taken for dead is silent until an admin installs the app anew."""
    for error in errors:
        with pytest.raises(of_an_installation):
            slack(error, error)[0].exchange(Secret("code"), "https://c/oauth_redirect", 0)
        with pytest.raises(of_a_refresh):
            SlackTokenServer(slack(error, error)[0]).refresh(CHAT, TOKENS, "")


def test_the_older_client_secret_is_tried_where_slack_does_not_know_the_newer_one_yet() -> None:
    install, http = slack("bad_client_secret")
    assert install.refresh(Secret("xoxe-1")).expires_in == 43_200
    assert http.secrets == ["new", "old"]


@pytest.mark.parametrize("error", ["internal_error", "invalid_refresh_token"])
def test_no_other_secret_is_tried_for_what_is_no_secrets_fault(error: str) -> None:
    install, http = slack(error)
    with pytest.raises((ChatUnavailable, Unverified)):
        install.refresh(Secret("xoxe-1"))
    assert http.secrets == ["new"]


def test_without_a_client_secret_nothing_is_sent() -> None:
    install, http = slack(secrets=())
    with pytest.raises(ConfigurationError, match="no client secret"):
        install.refresh(Secret("xoxe-1"))
    assert http.secrets == []


def test_what_is_no_name_comes_into_no_log() -> None:
    assert [readable(error) for error in NO_NAMES] == [None] * len(NO_NAMES)
