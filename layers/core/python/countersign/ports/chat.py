"""Ports to the chat service: to speak in it, to ask it, to sign in with it, and to be installed in it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from countersign.domain.card import MessageRef
from countersign.domain.identity import Person, Workspace
from countersign.domain.installation import Granted, Installation
from countersign.domain.interaction import FormRef, ReplyTo
from countersign.domain.member import Member
from countersign.domain.message import Form, Message
from countersign.domain.openid import IdTokenClaims
from countersign.domain.secret import Secret


class Messenger(Protocol):
    """Speaks in chat. Raises ChatUnavailable (try again) and ChatRefused (never)."""

    def within(self, workspace: Workspace) -> "Messenger":
        """The same, speaking as the bot of this very workspace; by itself a person's tenant says whose."""

    def post(self, channel: str, message: Message) -> MessageRef: ...
    def update(self, ref: MessageRef, message: Message) -> None: ...
    def reply(self, ref: MessageRef, message: Message) -> None:
        """Post in the thread of a message."""

    def direct(self, person: Person, message: Message) -> MessageRef: ...
    def whisper(self, person: Person, reply_to: ReplyTo, message: Message) -> None:
        """In private: reply address, else an ephemeral message in the channel, else a direct message."""

    def replace(self, reply_url: str, message: Message) -> None:
        """Replace the private message whose button gave this reply address."""

    def open_form(self, trigger_id: str, form: Form) -> FormRef: ...
    def update_form(self, ref: FormRef, form: Form) -> None:
        """Redraw an open form. Raises FormClosed when it is not open any more, or shows something newer."""

    def publish_home(self, person: Person, message: Message) -> None: ...


class People(Protocol):
    """What chat knows of people. Raises ChatUnavailable, ChatRefused."""

    def within(self, workspace: Workspace) -> "People":
        """The same, asking as the bot of this very workspace."""

    def find_by_email(self, email: str) -> Person | None: ...
    def profile(self, person: Person) -> Mapping[str, str]:
        """``name`` (display), ``email`` (may be missing), ``workspace_name`` where known.

        ``gone`` and ``guest`` are ``yes`` or missing.
        """

    def workspace(self) -> Workspace:
        """The workspace that the bot is installed in."""

    def is_admin(self, person: Person, workspace: Workspace) -> bool:
        """Whether chat says that they administer this workspace, or its organisation. Doubt counts as no."""

    def in_user_group(self, group: str, workspace: Workspace) -> frozenset[str]:
        """User ids of a user group's members, at most ten minutes old."""

    def in_channel(self, channel: str, workspace: Workspace) -> frozenset[str]:
        """User ids of a channel's members, at most ten minutes old."""


class ChatOpenId(Protocol):
    """Sign in with the chat service (OpenID Connect)."""

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, workspace: str) -> str: ...
    def identify(self, code: Secret, redirect_uri: str, nonce: str, *, organisation: bool) -> IdTokenClaims:
        """Exchange and verify. Raises Unverified or ChatUnavailable. ``organisation``: also ask userInfo for it."""


class ChatInstall(Protocol):
    """Installs Countersign in workspaces of the chat service (OAuth 2.0)."""

    def authorization_url(self, redirect_uri: str, state: str) -> str: ...
    def exchange(self, code: Secret, redirect_uri: str, now: int) -> Granted:
        """What a code is for. Raises Unverified (no good any more), ChatUnavailable, ConfigurationError."""

    def withdraw(self, granted: Granted) -> None:
        """Take an installation back, and its tokens. Raises ChatUnavailable, ChatRefused."""

    def workspaces_page(self, installation: Installation) -> str:
        """Where an admin adds an organisation's installation to workspaces; where the chat opens for any other."""


class Members(Protocol):
    """Who belongs to a workspace. Raises ChatUnavailable (with ``retry_after`` where chat names it), ChatRefused."""

    def page(self, workspace: Workspace, cursor: str) -> tuple[Sequence[Member], str]:
        """Some of them, deactivated ones too, and where the next page begins; empty: at the start, or that was all."""

    def is_gone(self, person: Person, workspace: Workspace) -> bool:
        """Whether somebody's account in this workspace is switched off at this very moment."""

    def workspaces(self, installed_in: Workspace) -> Sequence[Workspace]:
        """The workspaces that an installation reaches."""
