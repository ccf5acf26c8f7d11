"""Every message that rides a queue, by who sends it and who takes it. Ids and words, never a token or an app's code.

What a form was answered rides along; secret answers are sealed. So does what a person typed, the code of a sign-in too:
it counts in a message alone that the chat service signed as theirs, and nobody else can do anything with it.

| kind | sent by | taken by |
|---|---|---|
| ``interaction`` | SlackInteractions | AppActions or Connections |
| ``connected`` | OAuthCallback, when a connection is stored; Housekeeping, when that got lost | AppActions |
| ``sign_in_burnt`` | OAuthCallback, when another person's browser was stopped | AppActions |
| ``new_link`` | OAuthCallback, for an expired link's page | AppActions |
| ``revoke`` | Connections | AppActions |
| ``renew`` | Housekeeping, for tokens that would lapse | AppActions |
| ``channel_moved`` | SlackInteractions | AppActions |
| ``left`` | SlackInteractions, when somebody leaves; Connections and operators, for who is cut off | AppActions |
| ``purge`` | AppActions, until all that they leave is cleared up | AppActions |
| ``cut_app`` | Connections or an operator, and AppActions for the next page | AppActions |
| ``sweep`` | Housekeeping every night, and AppActions for the next page | AppActions |
| ``resume`` | AppActions and Housekeeping | AppActions |
| ``audit`` | every function that could not write an event into the audit trail | AppActions |
"""

from typing import TYPE_CHECKING, Any, Final

from countersign.domain.action import Action
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction
from countersign.domain.sign_in import Intent

if TYPE_CHECKING:  # the Slack function needs it for hardly any request
    from countersign.domain.audit import LateEvent
    from countersign.domain.cut_app import CutApp
    from countersign.domain.departure import Departure, Purge

VERSION: Final = 1

type Message = dict[str, Any]


def interaction_message(interaction: Interaction) -> Message:
    """What a person did. Its ``reply_url`` alone, of all that is secret, may ride a queue in clear."""
    return _message("interaction", interaction.trace_id, interaction=interaction.as_json())


def connected_message(intent: Intent) -> Message:
    """A connection was stored: its person is told, and what waited for it goes on."""
    return _message("connected", intent.trace_id, **_of(intent.owner), app=intent.app, intent=intent.id_hash)


def waiting_message(action: Action) -> Message:
    """The sign-in that an action waits for has come, and the message about it got lost."""
    return _message("connected", action.trace_id, **_of(action.person), app=action.waiting_for, intent="")


def sign_in_burnt_message(intent: Intent) -> Message:
    """Somebody else opened the link."""
    return _message("sign_in_burnt", intent.trace_id, intent=intent.id_hash)


def new_link_message(intent: Intent) -> Message:
    """A new link is wanted, in chat."""
    return _message("new_link", intent.trace_id, intent=intent.id_hash)


def revoke_message(owner: Person, app: str, trace_id: str) -> Message:
    """A connection was cut and is to be ended at its app."""
    return _message("revoke", trace_id, **_of(owner), app=app)


def renew_message(owner: Person, app: str) -> Message:
    """A connection's tokens are to be renewed, because nobody uses them and they would lapse."""
    return _message("renew", "", **_of(owner), app=app)


def channel_moved_message(old: str, new: str, trace_id: str) -> Message:
    """A channel has another id."""
    return _message("channel_moved", trace_id, old=old, new=new)


def left_message(departure: "Departure") -> Message:
    """Somebody left."""
    return _message("left", departure.trace_id, departure=departure.as_json())


def purge_message(purge: "Purge") -> Message:
    """What they leave is to be cleared up, from here on."""
    return _message("purge", purge.departure.trace_id, purge=purge.as_json())


def cut_app_message(cutting: "CutApp") -> Message:
    """Everybody's connection to an app is to be cut, from here on."""
    return _message("cut_app", cutting.trace_id, cut=cutting.as_json())


def sweep_message(workspace: Workspace, cursor: str) -> Message:
    """A page of a workspace's members is to be looked through."""
    return _message("sweep", "", workspace=workspace.id, organisation=workspace.organisation, cursor=cursor)


def resume_message(action: Action) -> Message:
    """An action is to be taken up again."""
    return _message("resume", action.trace_id, **_of(action.person), action=action.id)


def audit_message(late: "LateEvent") -> Message:
    """An event that the audit trail could not take is to be written, under the time at which it happened."""
    return _message("audit", late.facts.get("trace_id", ""), event=late.as_json())


def _of(person: Person) -> dict[str, str]:
    return {"tenant": person.tenant, "user_id": person.user_id}


def _message(kind: str, trace_id: str, **content: Any) -> Message:
    return {"v": VERSION, "kind": kind, "trace_id": trace_id, **content}
