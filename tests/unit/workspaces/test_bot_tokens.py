"""Which bot speaks where, and how its token stays good."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

import pytest

from countersign.bootstrap.workspaces import Workspaces
from countersign.config import Settings
from countersign.domain.catalog import App
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import (
    AppUnavailable,
    ChatRefused,
    ChatUnavailable,
    ConfigurationError,
    InvalidGrant,
)
from countersign.domain.identity import Workspace
from countersign.domain.installation import CHAT, Installation, bot_connection, bot_of, bot_seal_owner
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from tests.support.acting_world import ENVIRONMENT, ActingWorld
from tests.support.memory_workspaces import ACME, LABS, ORGANISATION, SALES, granted


@dataclass
class Rotating:
    """Slack's token endpoint: refresh tokens are used once, and each answer is the next in number."""

    live: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    fails: Exception | None = None
    meanwhile: Callable[[], object] | None = None
    """What happens while Slack works on the answer."""

    def refresh(self, app: App, tokens: Tokens, redirect_uri: str) -> TokenAnswer:  # noqa: ARG002
        self.calls += 1
        if self.fails is not None:
            raise self.fails
        used = tokens.refresh_token.reveal() if tokens.refresh_token else ""
        name, _, number = used.removeprefix("xoxe-").rpartition("-")
        if self.live.setdefault(name, used) != used:
            raise InvalidGrant("used before")
        following = int(number) + 1
        self.live[name] = f"xoxe-{name}-{following}"
        if self.meanwhile is not None:
            self.meanwhile()
        return TokenAnswer(Secret(f"xoxb-{name}-{following}"), Secret(self.live[name]), 43_200, None)


class Speaking(ActingWorld):
    """A deployment that speaks in several workspaces; ``given``: an operator gave it a bot of this workspace too."""

    def __init__(
        self, allowed: str = "T0ACME,T1LABS,E0ACME", given: Workspace | None = None, renews: str = "yes"
    ) -> None:
        super().__init__()
        self.settings = Settings({**ENVIRONMENT, "ALLOWED_WORKSPACES": allowed, "RENEWS_BOT_TOKENS": renews})
        self.given = given
        self.slack_server = Rotating()
        self.asked_home = 0

    serves_several = Workspaces.serves_several

    @cached_property
    def secrets(self) -> "GivenSecrets":  # type: ignore[override]
        return GivenSecrets(self.given is not None)

    def _home_of(self, given: Secret) -> Workspace:
        assert given.reveal() == "xoxb-given"
        self.asked_home += 1
        assert self.given is not None
        return self.given

    @property
    def bot_token_server(self) -> Rotating:
        return self.slack_server

    def install(self, installation: Installation, *, expires_in: int | None = None) -> Connection:
        made = granted(replace(installation, installed_at=self.now), expires_in=expires_in)
        sealed = self.bot_opener.seal(pack(made.tokens), bot_seal_owner(made.installation, 1))
        connection = bot_connection(made, sealed, 1)
        self.bot_connections.put(connection, replaces=None)
        self.installations.put(made.installation)
        return connection

    def be_another_worker(self) -> None:
        self.worker = f"worker-{self.randomness()[-4:]}"
        for name in ("bot_tokens", "installed", "fresh_bot_token"):
            self.__dict__.pop(name, None)

    def speaks(self, workspace: Workspace | None) -> str:
        return self.bot_token(workspace).reveal()


@dataclass
class GivenSecrets:
    """The deployment's secret, with a bot token or without."""

    has_token: bool

    def bot_token(self) -> Secret:
        if not self.has_token:
            raise ConfigurationError("not filled in")
        return Secret("xoxb-given")


def test_each_workspace_has_its_own_bot() -> None:
    world = Speaking()
    world.install(ACME)
    world.install(LABS)
    assert [world.speaks(Workspace("T0ACME")), world.speaks(Workspace("T1LABS"))] == ["xoxb-T0ACME-1", "xoxb-T1LABS-1"]


def test_an_organisations_bot_speaks_in_each_of_its_workspaces() -> None:
    world = Speaking()
    world.install(ORGANISATION)
    assert world.speaks(Workspace("T0SALES", "E0ACME")) == "xoxb-E0ACME-1"


def test_a_workspaces_own_bot_comes_before_its_organisations() -> None:
    world = Speaking()
    world.install(ORGANISATION)
    world.install(SALES)
    assert world.speaks(Workspace("T0SALES", "E0ACME")) == "xoxb-T0SALES-1"


@pytest.mark.parametrize(
    ("allowed", "workspace"),
    [
        ("T0ACME,T0OTHER", Workspace("T1LABS")),
        ("T0ACME,T0OTHER", Workspace("T0SALES", "E0ACME")),
        ("T0ACME,T0OTHER", Workspace("E0ACME", "E0ACME")),
        ("T0ACME,T0OTHER", Workspace("T0HOME")),
    ],
)
def test_a_bot_says_nothing_where_it_was_taken_off_the_list(allowed: str, workspace: Workspace) -> None:
    """Its own, an organisation's, one of an organisation's workspaces, and the one that an operator gave."""
    for listed, speaks in ((f"{allowed},{workspace.organisation or workspace.id}", True), (allowed, False)):
        world = Speaking(allowed=listed, given=Workspace("T0HOME"))
        for installation in (ACME, LABS, SALES):
            world.install(installation)
        if speaks:
            assert world.speaks(workspace)
        else:
            with pytest.raises(ChatRefused):
                world.speaks(workspace)


def test_where_one_alone_is_left_on_the_list_it_is_the_only_one() -> None:
    world = Speaking(allowed="T0ACME,T0OTHER")
    world.install(ACME)
    world.install(LABS)
    assert world.speaks(None) == "xoxb-T0ACME-1"


def test_where_only_the_organisation_is_known_one_of_its_bots_speaks() -> None:
    world = Speaking()
    world.install(SALES)
    world.install(LABS)
    assert world.speaks(Workspace("E0ACME", "E0ACME")) == "xoxb-T0SALES-1"


def test_nobody_speaks_where_countersign_is_not_installed() -> None:
    world = Speaking()
    world.install(ACME)
    with pytest.raises(ChatRefused, match="not_installed"):
        world.speaks(Workspace("T1LABS"))


def test_where_no_workspace_is_named_the_only_one_is_meant() -> None:
    world = Speaking()
    world.install(ACME)
    assert world.speaks(None) == "xoxb-T0ACME-1"
    world.install(LABS)
    world.be_another_worker()
    with pytest.raises(ChatRefused, match="no_workspace_named"):
        world.speaks(None)


@pytest.mark.parametrize("allowed", ["", "T0ACME"])
def test_a_deployment_for_one_workspace_asks_no_table_and_no_key(allowed: str) -> None:
    world = Speaking(allowed, given=Workspace("T0ACME"))
    for outside in ("installations", "bot_connections", "bot_opener"):
        world.__dict__[outside] = None
    assert [world.speaks(Workspace("T0ACME")), world.speaks(None)] == ["xoxb-given", "xoxb-given"]
    assert world.asked_home == 0


def test_the_bot_that_was_given_speaks_in_its_own_workspace_among_several() -> None:
    world = Speaking(given=Workspace("T0ACME"))
    world.install(LABS)
    assert [world.speaks(Workspace("T0ACME")), world.speaks(Workspace("T1LABS"))] == ["xoxb-given", "xoxb-T1LABS-1"]
    with pytest.raises(ChatRefused, match="not_installed"):
        world.speaks(Workspace("T9OTHER"))


def test_with_no_bot_at_all_the_operator_is_told() -> None:
    with pytest.raises(ConfigurationError):
        Speaking().speaks(None)


def test_a_token_is_kept_for_five_minutes_and_then_looked_up_again() -> None:
    world = Speaking()
    world.install(ACME)
    acme = Workspace("T0ACME")
    assert world.speaks(acme) == "xoxb-T0ACME-1"
    world.bot_connections.rows.clear()
    assert world.speaks(acme) == "xoxb-T0ACME-1"
    world.now += 301
    with pytest.raises(ChatRefused, match="not_installed"):
        world.speaks(acme)


def test_a_token_that_ends_is_renewed_once_and_the_new_one_kept() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.now += 43_200 - 60
    assert world.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-2"
    world.be_another_worker()
    assert world.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-2"
    assert world.slack_server.calls == 1


def test_while_one_worker_renews_the_others_use_the_token_to_its_end_and_then_wait() -> None:
    """Two workers that refresh one single-use token would lose the installation."""
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.now += 43_200 - 60
    there = world.bot_connections.get(bot_of("T0ACME"), CHAT.id)
    assert there is not None
    world.bot_connections.lease(there, "another", world.now + 90, world.now)
    assert world.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-1"
    world.now += 60
    with pytest.raises(ChatUnavailable):
        world.speaks(Workspace("T0ACME"))
    assert world.slack_server.calls == 0


@pytest.mark.parametrize("left", [60, 0])
def test_two_workers_at_once_use_the_refresh_token_once(left: int) -> None:
    """The second asks while Slack works on the first one's answer: it may not spend the token that is spent."""
    one, other = Speaking(), Speaking()
    one.install(ACME, expires_in=43_200)
    for shared in ("bot_connections", "bot_opener", "installations"):
        other.__dict__[shared] = getattr(one, shared)
    other.slack_server, other.worker = one.slack_server, "another"
    one.now = other.now = one.now + 43_200 - left
    seen: list[str] = []

    def asks_too() -> None:
        try:
            seen.append(other.speaks(Workspace("T0ACME")))
        except ChatUnavailable:
            seen.append("later")

    one.slack_server.meanwhile = asks_too
    assert one.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-2"
    other.be_another_worker()
    assert other.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-2"
    assert (one.slack_server.calls, seen) == (1, ["xoxb-T0ACME-1" if left else "later"])


def test_a_function_that_may_not_renew_uses_the_token_to_its_end() -> None:
    world = Speaking(renews="")
    world.install(ACME, expires_in=43_200)
    world.now += 43_200 - 60
    assert world.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-1"
    world.now += 60
    with pytest.raises(ChatUnavailable):
        world.speaks(Workspace("T0ACME"))
    assert world.slack_server.calls == 0


def test_a_refresh_token_that_is_no_good_means_not_installed() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.now += 43_200
    world.slack_server.fails = InvalidGrant("invalid_refresh_token")
    with pytest.raises(ChatRefused, match="not_installed"):
        world.speaks(Workspace("T0ACME"))
    there = world.bot_connections.get(bot_of("T0ACME"), CHAT.id)
    assert there is not None
    assert there.status is Status.NEEDS_SIGN_IN


def test_slack_being_down_while_a_token_is_still_good_harms_nobody() -> None:
    world = Speaking()
    world.install(ACME, expires_in=43_200)
    world.now += 43_200 - 60
    world.slack_server.fails = AppUnavailable("down")
    assert world.speaks(Workspace("T0ACME")) == "xoxb-T0ACME-1"


def test_a_token_moved_to_another_workspaces_row_does_not_open() -> None:
    world = Speaking()
    acme, labs = world.install(ACME), world.install(LABS)
    world.bot_connections.rows[acme.person.key, CHAT.id] = replace(acme, sealed=labs.sealed)
    with pytest.raises(ChatRefused, match="not_installed"):
        world.speaks(Workspace("T0ACME"))
