"""Begins a sign-in in chat: a link for one person, one app and ten minutes."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.app_text import clean
from countersign.domain.errors import Refused
from countersign.domain.identity import Person, Workspace
from countersign.domain.limits import LINKS, REFUSALS
from countersign.domain.pages import connect_address
from countersign.domain.sign_in import LINK_SECONDS, Intent, hash_of
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock, Randomness


@dataclass(frozen=True, slots=True)
class BegunSignIn:
    """The stored intent, and the link's address: the one place where its secret stands. For a button, never a text."""

    intent: Intent
    url: str

    def __repr__(self) -> str:
        """Without the address."""
        return f"BegunSignIn({self.intent.id_hash[:8]}…)"


@dataclass(frozen=True)
class BeginSignIn:
    """Writes the intent. ``base_url``: public address of the routes, no slash at its end."""

    sign_ins: SignInStore
    randomness: Randomness
    clock: Clock
    base_url: str

    def __call__(
        self,
        person: Person,
        workspace: Workspace,
        app_id: str,
        profile: Mapping[str, str],
        *,
        trace_id: str = "",
        shared: bool = False,
        step_up: bool = False,
    ) -> BegunSignIn:
        """Begin. Raises Refused when the person has too many open links already, StoreUnavailable.

        ``profile``: ``name``, ``email``, ``workspace_name``, each where known; names are for show only.
        ``shared``: for the whole workspace; whether ``person`` is an admin was asked before.
        ``step_up``: the app is asked to make sure again who it is, where it can be.
        """
        now = self.clock()
        if not self.sign_ins.take(LINKS, person.key, now):
            raise Refused("too many open sign-in links")
        secret = self.randomness()
        name, email = clean(profile.get("name", "")), profile.get("email", "")
        intent = Intent(
            id_hash=hash_of(secret),
            person=person,
            workspace=workspace.id,
            organisation=workspace.organisation,
            app=app_id,
            base_url=self.base_url,
            person_name=f"@{name.removeprefix('@')}" if name else person.user_id,
            # An address that looks like another one is none: it is held against the account's.
            person_email=email if email and email == clean(email) else None,
            workspace_name=clean(profile.get("workspace_name", "")) or workspace.id,
            created_at=now,
            expires_at=now + LINK_SECONDS,
            trace_id=trace_id,
            shared=shared,
            step_up=step_up,
        )
        self.sign_ins.put_intent(intent)
        return BegunSignIn(intent, connect_address(intent, secret))

    def refusal_is_news(self, person: Person) -> bool:
        """Whether to say once more that there are too many. Raises StoreUnavailable."""
        return self.sign_ins.take(REFUSALS, person.key, self.clock())
