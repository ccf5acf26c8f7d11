"""The table of Web API methods: what each does, which token and scope it wants."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sandbox.slack.model import Json
from sandbox.slack.state import SlackState
from sandbox.slack.web_api import auth, chat, conversations, forms, users
from sandbox.slack.web_api.call import Call


@dataclass(frozen=True)
class Method:
    """A method that wants a token.

    Attributes:
        scope: The scope that the token must have, if any.
        kind: Which kind of token it takes.
    """

    run: Callable[[SlackState, Call], Json]
    scope: str | None = None
    kind: Literal["bot", "user", "any"] = "bot"


METHODS: dict[str, Method] = {
    "apps.uninstall": Method(auth.uninstall),
    "auth.revoke": Method(auth.revoke, kind="any"),
    "auth.teams.list": Method(auth.teams),
    "auth.test": Method(auth.test, kind="any"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "conversations.history": Method(conversations.history, "im:history"),
    "conversations.info": Method(conversations.info, "channels:read"),
    "conversations.list": Method(conversations.list_conversations, "channels:read"),
    "conversations.members": Method(conversations.members, "channels:read"),
    "conversations.open": Method(conversations.open_conversation, "chat:write"),
    "openid.connect.userInfo": Method(auth.sign_in_user_info, kind="any"),
    "usergroups.list": Method(users.list_user_groups, "usergroups:read"),
    "usergroups.users.list": Method(users.list_user_group_members, "usergroups:read"),
    "users.info": Method(users.info, "users:read"),
    "users.list": Method(users.list_users, "users:read"),
    "users.lookupByEmail": Method(users.lookup_by_email, "users:read.email"),
    "views.open": Method(forms.open_view),
    "views.publish": Method(forms.publish_view),
    "views.push": Method(forms.push_view),
    "views.update": Method(forms.update_view),
}

CODE_METHODS: dict[str, Callable[[SlackState, Json], Json]] = {
    "oauth.v2.access": auth.redeem_install,
    "openid.connect.token": auth.redeem_sign_in,
}
"""Methods that authenticate by client id and secret instead of a token."""
