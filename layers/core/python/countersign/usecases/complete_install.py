"""Completes an installation: proves the browser, exchanges the code, and keeps what may stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countersign.domain.callback import Callback, read_callback
from countersign.domain.errors import ChatRefused, ChatUnavailable, Conflict, Malformed, Unverified
from countersign.domain.install_pages import InstallKind, InstallPage
from countersign.domain.installation import (
    CHAT,
    OPTIONAL_SCOPES,
    Granted,
    Installation,
    InstallState,
    bot_connection,
    bot_of,
    bot_seal_owner,
)
from countersign.domain.page_texts.install import WITHOUT_OPTIONAL
from countersign.domain.sign_in import hash_of
from countersign.domain.token_codec import pack
from countersign.ports.chat import ChatInstall
from countersign.ports.keys import Sealer
from countersign.ports.records import AuditLog
from countersign.ports.stores import ConnectionStore, InstallationStore
from countersign.ports.system import Clock
from countersign.usecases.admit_workspace import AdmitWorkspace

type Query = Mapping[str, Sequence[str]]

TRIES = 3
"""Times that the bot's row is written again because a refresh moved it in the same moment."""


@dataclass(frozen=True)
class CompleteInstall:
    """Back from the chat service. ``install_url``: where an installation begins.

    A workspace that may not have Countersign loses it again at once: whoever knows a distributed app's link can install
    it, and the code is exchanged only to be able to take it back. Raises StoreUnavailable, ConfigurationError.
    """

    installations: InstallationStore
    tokens: ConnectionStore
    sealer: Sealer
    chat: ChatInstall
    admit: AdmitWorkspace
    audit: AuditLog
    clock: Clock

    def __call__(self, query: Query, cookie: str | None, install_url: str) -> InstallPage:
        """The page that says how it went."""
        if "state" not in query:
            return self._without_state(query, install_url)
        try:
            callback = read_callback(query, None)
        except Malformed as error:
            return InstallPage(InstallKind.BAD_REQUEST, link=install_url, cause=str(error))
        state = self.installations.get_state(hash_of(callback.state))
        if state is None or self.clock() >= state.expires_at:
            return InstallPage(InstallKind.OVER, link=install_url)
        if cookie is None or hash_of(cookie) != state.cookie_hash:
            return InstallPage(InstallKind.LOST_COOKIE, link=install_url)
        if not self.installations.consume_state(state):
            return InstallPage(InstallKind.OVER, link=install_url)
        return self._answered(callback, state, install_url)

    def _without_state(self, query: Query, install_url: str) -> InstallPage:
        """Begun at the chat service itself (docs.slack.dev, "Installing with OAuth"): nobody's browser is proved."""
        kind = InstallKind.START_AGAIN if "code" in query else InstallKind.BAD_REQUEST
        return InstallPage(kind, link=install_url, cause="no state")

    def _answered(self, callback: Callback, state: InstallState, install_url: str) -> InstallPage:
        if callback.code is None:
            kind = InstallKind.CANCELLED if callback.error == "access_denied" else InstallKind.SLACK_ERROR
            return InstallPage(kind, {"error": callback.error or ""}, install_url, cause=callback.error or "")
        try:
            granted = self.chat.exchange(callback.code, state.redirect_uri, self.clock())
        except Unverified as error:
            return InstallPage(InstallKind.CODE_REFUSED, link=install_url, cause=str(error))
        except ChatUnavailable as error:
            return InstallPage(InstallKind.SLACK_TROUBLE, link=install_url, cause=str(error))
        return self._granted(granted, state, install_url)

    def _granted(self, granted: Granted, state: InstallState, install_url: str) -> InstallPage:
        installation = granted.installation
        if not self.admit(installation):
            return self._refused(granted, state)
        if installation.missing_scopes:
            values = {"workspace": installation.name, "scopes": ", ".join(installation.missing_scopes)}
            return InstallPage(InstallKind.SCOPES_MISSING, values, install_url, cause="missing_scope")
        self._keep(granted)
        self.audit.record("workspace.installed", None, _facts(installation), once=state.id_hash)
        return self._welcome(installation)

    def _refused(self, granted: Granted, state: InstallState) -> InstallPage:
        installation = granted.installation
        values = {"workspace": installation.name, "id": installation.workspace.id}
        kind = InstallKind.NOT_LISTED
        try:
            self.chat.withdraw(granted)
        except (ChatUnavailable, ChatRefused):
            kind = InstallKind.NOT_LISTED_AND_LEFT
        withdrawn = "yes" if kind is InstallKind.NOT_LISTED else "no"
        facts = {**_facts(installation), "withdrawn": withdrawn}
        self.audit.record("workspace.refused", None, facts, once=state.id_hash)
        return InstallPage(kind, values, cause="a workspace that is not on the list")

    def _keep(self, granted: Granted) -> None:
        """The tokens first: a row that says *installed* has them. Raises Conflict when it was removed meanwhile."""
        installation = granted.installation
        for attempt in range(TRIES):
            before = self.tokens.get(bot_of(installation.workspace.id), CHAT.id)
            version = before.version + 1 if before else 1
            sealed = self.sealer.seal(pack(granted.tokens), bot_seal_owner(installation, version))
            try:
                self.tokens.put(bot_connection(granted, sealed, version), replaces=before.version if before else None)
                break
            except Conflict:
                if attempt == TRIES - 1:
                    raise
        self.installations.put(installation)

    def _welcome(self, installation: Installation) -> InstallPage:
        missing = [scope for scope in OPTIONAL_SCOPES if scope not in installation.scopes]
        values = {
            "workspace": installation.name,
            "missing": WITHOUT_OPTIONAL.format(scopes=", ".join(missing)) if missing else "",
        }
        whole = installation.on_whole_organisation
        kind = InstallKind.INSTALLED_ON_ORGANISATION if whole else InstallKind.INSTALLED
        return InstallPage(kind, values, self.chat.workspaces_page(installation))


def _facts(installation: Installation) -> dict[str, str]:
    return {
        "workspace": installation.workspace.id,
        "organisation": installation.workspace.organisation or "",
        "installed_by": installation.installed_by,
        "scopes": " ".join(installation.scopes),
    }
