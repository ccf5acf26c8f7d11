"""Asks a person, in private, to sign in to an app."""

from dataclasses import dataclass

from countersign.domain.catalog import App, Catalog
from countersign.domain.errors import ChatRefused, ChatUnavailable, Refused
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import ReplyTo
from countersign.domain.limits import LINKS
from countersign.domain.message import Message
from countersign.domain.texts import sign_in as texts
from countersign.domain.texts.admin import is_paused
from countersign.domain.texts.shared import shared_prompt
from countersign.ports.admin import Pauses
from countersign.ports.chat import Messenger, People
from countersign.usecases.begin_sign_in import BeginSignIn, BegunSignIn


@dataclass(frozen=True)
class AskToConnect:
    """Makes a link for this person and app alone, and whispers it. Too many open links: says that, a few times."""

    begin: BeginSignIn
    messenger: Messenger
    people: People
    catalog: Catalog
    pauses: Pauses

    def __call__(
        self,
        person: Person,
        workspace: Workspace,
        app_id: str,
        reply_to: ReplyTo,
        *,
        trace_id: str,
        why: str | None = None,
        shared: bool = False,
        step_up: bool = False,
    ) -> None:
        """Ask. Raises ChatUnavailable when it could not be said, StoreUnavailable when nothing was written.

        ``shared``: for the whole workspace; that ``person`` is one of its admins was asked before.
        ``step_up``: they are connected, and have to show again that it is them.
        """
        app = self.catalog.apps[app_id]
        if app_id in self.pauses.paused(workspace.id):
            self.messenger.within(workspace).whisper(person, reply_to, is_paused(app.name))
            return
        try:
            begun = self.link(person, workspace, app_id, trace_id=trace_id, shared=shared, step_up=step_up)
        except Refused:
            if self.begin.refusal_is_news(person):
                self.messenger.within(workspace).whisper(person, reply_to, texts.too_many_links(LINKS.most))
            return
        self.messenger.within(workspace).whisper(person, reply_to, self._prompt(app, begun, why))

    def link(
        self,
        person: Person,
        workspace: Workspace,
        app_id: str,
        *,
        trace_id: str,
        shared: bool = False,
        step_up: bool = False,
    ) -> BegunSignIn:
        """A link alone, for who says it elsewhere. Raises Refused when too many are open, StoreUnavailable."""
        try:
            profile = self.people.within(workspace).profile(person)
        except (ChatUnavailable, ChatRefused):
            profile = {}  # names are for show; without them the page shows ids
        return self.begin(person, workspace, app_id, profile, trace_id=trace_id, shared=shared, step_up=step_up)

    def _prompt(self, app: App, begun: BegunSignIn, why: str | None) -> Message:
        intent = begun.intent
        if not intent.shared:
            return texts.connect_prompt(app.name, begun.url, intent.id_hash, why)
        recipes = [recipe.title for recipe in self.catalog.acting(app.id, shared=True)]
        return shared_prompt(app.name, intent.workspace_name, recipes, begun.url, intent.id_hash)
