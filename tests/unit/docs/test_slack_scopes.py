"""The Slack app asks for what its calls and events need and for nothing else, and says of each scope what it is for."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from countersign.domain.installation import OPTIONAL_SCOPES, REQUIRED_SCOPES

ROOT: Final = Path(__file__).resolve().parents[3]
SOURCE: Final = (ROOT / "docs" / "slack-app-manifest.yaml").read_text()
MANIFEST: Final = yaml.safe_load(SOURCE)
SCOPES: Final = MANIFEST["oauth_config"]["scopes"]
ADAPTERS: Final = ROOT / "layers" / "core" / "python" / "countersign" / "adapters" / "slack"
CALLS: Final = {
    "chat:write": {"chat_postMessage", "chat_postEphemeral", "chat_update"},
    "chat:write.public": {"chat_postMessage"},
    "users:read": {"users_info", "users_list"},
    "users:read.email": {"users_lookupByEmail"},
    "usergroups:read": {"usergroups_users_list"},
    "channels:read": {"conversations_members"},
    "groups:read": {"conversations_members"},
}
"""docs.slack.dev/reference/methods: what each of our calls is refused without."""
EVENTS: Final = {
    "im:history": {"message.im"},
    "app_mentions:read": {"app_mention"},
    "users:read": {"user_change"},
    "channels:read": {"channel_id_changed"},
}
"""docs.slack.dev/reference/events."""
FREE_CALLS: Final = {"auth_test", "auth_teams_list", "views_open", "views_update", "views_publish"}
FREE_EVENTS: Final = {
    "app_home_opened",
    "app_uninstalled",
    "tokens_revoked",
    "team_access_granted",
    "team_access_revoked",
    "grid_migration_started",
    "grid_migration_finished",
}


def calls() -> set[str]:
    """Every method of Slack's that our code calls."""
    return {name for path in ADAPTERS.glob("*.py") for name in re.findall(r"\bclient\.(\w+_\w+)\(", path.read_text())}


def test_the_manifest_asks_for_what_the_installation_asks_for() -> None:
    assert sorted(SCOPES["bot"]) == sorted((*REQUIRED_SCOPES, *OPTIONAL_SCOPES))
    assert sorted(SCOPES["bot_optional"]) == sorted(OPTIONAL_SCOPES)


def test_every_call_and_event_has_its_scope_and_no_scope_is_left_over() -> None:
    events = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert calls() == set().union(*CALLS.values()) | FREE_CALLS
    assert events == set().union(*EVENTS.values()) | FREE_EVENTS
    assert MANIFEST["features"]["slash_commands"], "what the scope commands is for"
    assert set(SCOPES["bot"]) == {"commands", *CALLS, *EVENTS}


@pytest.mark.parametrize("scope", SCOPES["bot"])
def test_each_scope_has_its_reason(scope: str) -> None:
    lines = [line.strip().removeprefix("# ") for line in SOURCE.splitlines() if line.strip().startswith("#")]
    assert re.search(rf"(^|[ ,]){re.escape(scope)}(, [\w:., ]+)?( \(optional\))?: \S", "\n".join(lines), re.MULTILINE)
