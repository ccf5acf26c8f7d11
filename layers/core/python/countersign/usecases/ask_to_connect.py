"""Asks a person, in private, to sign in to an app."""

from dataclasses import dataclass

from countersign.domain.catalog import Catalog
from countersign.domain.errors import ChatRefused, ChatUnavailable, Refused
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import ReplyTo
from countersign.domain.texts import sign_in as texts
from countersign.ports import Messenger, People
from countersign.usecases.begin_sign_in import BeginSignIn


@dataclass(frozen=True)
class AskToConnect:
    """Makes a link for this person and app alone, and whispers it. Too many open links: says so instead."""

    begin: BeginSignIn
    messenger: Messenger
    people: People
    catalog: Catalog

    def __call__(
        self,
        person: Person,
        workspace: Workspace,
        app_id: str,
        reply_to: ReplyTo,
        *,
        trace_id: str,
        why: str | None = None,
    ) -> None:
        """Ask. Raises ChatUnavailable when it could not be said, StoreUnavailable when nothing was written."""
        app = self.catalog.apps[app_id]
        try:
            profile = self.people.profile(person)
        except (ChatUnavailable, ChatRefused):
            profile = {}  # names are for show; without them the page shows ids
        try:
            begun = self.begin(person, workspace, app_id, profile, trace_id=trace_id)
        except Refused:
            self.messenger.whisper(person, reply_to, texts.too_many_links(app.name))
            return
        prompt = texts.connect_prompt(app.name, begun.url, begun.intent.id_hash, why)
        self.messenger.whisper(person, reply_to, prompt)
