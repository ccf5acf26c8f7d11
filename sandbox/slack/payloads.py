"""The JSON that Slack sends: interaction payloads, slash command fields, event envelopes. Pure shapes.

Source: docs.slack.dev/reference/interaction-payloads, …/interactivity/implementing-slash-commands, …/apis/events-api.
Interactions carry no `user.team_id` where Slack's own samples leave it out.
"""

import secrets
from dataclasses import dataclass

from sandbox.people import Person
from sandbox.slack.config import SlackConfig
from sandbox.slack.model import BOT_USER, Conversation, Json, Message
from sandbox.slack.workspace import Workspace

ENTERPRISE_NAME = "Acme Group"


@dataclass(frozen=True)
class Payloads:
    """Builds payloads for one app; `token` is the deprecated verification token, which nobody should look at."""

    config: SlackConfig
    token: str

    def block_actions_in_message(
        self, workspace: Workspace, person: Person, message: Message, state: Json, *, trigger_id: str, response_url: str
    ) -> Json:
        """A click in a message, without its `actions`. An ephemeral message is not sent along."""
        ephemeral = message.only_for is not None
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": ephemeral,
        }
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        payload = self._interaction("block_actions", workspace, person) | {
            "container": container,
            "trigger_id": trigger_id,
            "channel": _channel(workspace.conversation(message.channel)),
            "state": {"values": state},
            "response_url": response_url,
        }
        if not ephemeral:
            payload["message"] = message.as_json(workspace.id, self.config.app_id)
        return payload

    def block_actions_in_view(self, workspace: Workspace, person: Person, view: Json, trigger_id: str) -> Json:
        """A click in a form or Home tab, without its `actions`. It brings no response URL."""
        return self._interaction("block_actions", workspace, person) | {
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": trigger_id,
            "view": view,
        }

    def view_submission(self, workspace: Workspace, person: Person, view: Json, trigger_id: str) -> Json:
        """A form sent."""
        return self._interaction("view_submission", workspace, person, home=False) | {
            "trigger_id": trigger_id,
            "view": view,
            "response_urls": [],
        }

    def view_closed(self, workspace: Workspace, person: Person, view: Json, *, is_cleared: bool) -> Json:
        """A form closed without being sent."""
        return self._interaction("view_closed", workspace, person, home=False) | {
            "view": view,
            "is_cleared": is_cleared,
        }

    def shortcut(self, workspace: Workspace, person: Person, callback_id: str, trigger_id: str, ts: str) -> Json:
        """A global shortcut: no channel, no response URL."""
        return self._interaction("shortcut", workspace, person) | {
            "callback_id": callback_id,
            "trigger_id": trigger_id,
            "action_ts": ts,
        }

    def message_action(
        self,
        workspace: Workspace,
        person: Person,
        message: Message,
        *,
        callback_id: str,
        trigger_id: str,
        response_url: str,
    ) -> Json:
        """A message shortcut."""
        return self._interaction("message_action", workspace, person, home=False) | {
            "callback_id": callback_id,
            "trigger_id": trigger_id,
            "response_url": response_url,
            "action_ts": workspace.next_ts(),
            "message_ts": message.ts,
            "channel": _channel(workspace.conversation(message.channel)),
            "message": message.as_json(workspace.id, self.config.app_id),
        }

    def command(
        self,
        workspace: Workspace,
        person: Person,
        conversation: Conversation,
        text: str,
        *,
        trigger_id: str,
        response_url: str,
    ) -> dict[str, str]:
        """A slash command's flat fields; those about the organisation only where there is one."""
        fields = {
            "token": self.token,
            "team_id": workspace.id,
            "team_domain": workspace.domain,
            "channel_id": conversation.id,
            "channel_name": _channel(conversation)["name"],
            "user_id": person.id,
            "user_name": person.name,
            "command": self.config.command,
            "text": text,
            "api_app_id": self.config.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }
        if workspace.enterprise_id:
            fields |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": ENTERPRISE_NAME}
        return fields

    def organisation_event(self, enterprise_id: str, event: Json, event_time: int) -> Json:
        """The envelope of an event about an installation on a whole organisation: it names no workspace."""
        envelope = self._envelope(None, enterprise_id, event, event_time)
        envelope["authorizations"][0]["is_enterprise_install"] = True
        return envelope

    def event(self, workspace: Workspace, event: Json, event_time: int) -> Json:
        """An event's envelope, under an event id of its own."""
        return self._envelope(workspace.id, workspace.enterprise_id, event, event_time)

    def _envelope(self, team_id: str | None, enterprise_id: str | None, event: Json, event_time: int) -> Json:
        return {
            "token": self.token,
            "team_id": team_id,
            "enterprise_id": enterprise_id,
            "context_team_id": team_id,
            "context_enterprise_id": enterprise_id,
            "api_app_id": self.config.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": event_time,
            "authorizations": [
                {
                    "enterprise_id": enterprise_id,
                    "team_id": team_id,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{secrets.token_urlsafe(24)}",
        }

    def _interaction(self, kind: str, workspace: Workspace, person: Person, *, home: bool = True) -> Json:
        team = {"id": workspace.id, "domain": workspace.domain}
        enterprise = None
        if workspace.enterprise_id:
            team |= {"enterprise_id": workspace.enterprise_id, "enterprise_name": ENTERPRISE_NAME}
            enterprise = {"id": workspace.enterprise_id, "name": ENTERPRISE_NAME}
        user = {"id": person.id, "username": person.name, "name": person.name}
        if home:
            user["team_id"] = workspace.enterprise_id or workspace.id
        return {
            "type": kind,
            "user": user,
            "api_app_id": self.config.app_id,
            "token": self.token,
            "team": team,
            "enterprise": enterprise,
            "is_enterprise_install": False,
        }


def _channel(conversation: Conversation) -> dict[str, str]:
    name = "directmessage" if conversation.kind == "dm" else conversation.name
    return {"id": conversation.id, "name": name}
