"""Verified bytes from Slack's Events API → what a person typed or opened. docs.slack.dev/apis/events-api."""

from typing import Final

from countersign.adapters.slack.command_text import command_words
from countersign.adapters.slack.inbound import ChannelMoved, Ignored, Inbound, LifecycleEvent, Received, UrlVerification
from countersign.adapters.slack.origin import event_installation, of_event
from countersign.adapters.slack.payload import Json, first, identifier, mapping, read_json, safe_name, string
from countersign.domain.errors import Malformed
from countersign.domain.interaction import Interaction, Kind, ReplyTo

LIFECYCLE: Final = frozenset(
    {
        "app_uninstalled",
        "tokens_revoked",
        "team_access_granted",
        "team_access_revoked",
        "user_change",
        "grid_migration_started",
        "grid_migration_finished",
    }
)


def parse_event(body: bytes, trace_id: str) -> Inbound:
    """A delivery to the events address. Raises Malformed."""
    envelope = read_json(body)
    kind = string(envelope, "type")
    if kind == "url_verification":
        return UrlVerification(string(envelope, "challenge"))
    if not kind:
        raise Malformed("a delivery without a type")
    if kind != "event_callback":
        return Ignored(f"type {safe_name(kind)}")
    return _event(envelope, trace_id)


def _event(envelope: Json, trace_id: str) -> Inbound:
    event, event_id = mapping(envelope, "event"), identifier(envelope, "event_id")
    kind = string(event, "type")
    if not kind or not event_id:
        raise Malformed("an event without a type or an id")
    if kind in LIFECYCLE:
        return _lifecycle(envelope, kind, event_id, trace_id)
    if kind == "channel_id_changed":
        return _channel_moved(envelope, event, trace_id)
    reason = _why_not(kind, event, envelope)
    if reason:
        return Ignored(reason)
    origin, home = of_event(envelope), kind == "app_home_opened"
    interaction = Interaction(
        id=event_id,
        kind=Kind.HOME if home else Kind.TEXT,
        person=origin.person,
        workspace=origin.workspace,
        reply_to=ReplyTo(identifier(event, "channel"), string(event, "thread_ts") or None),
        value="" if home else command_words(string(event, "text")),
        foreign=origin.foreign,
        trace_id=trace_id,
    )
    return Received(interaction, None, origin.installed_in)


def _why_not(kind: str, event: Json, envelope: Json) -> str | None:
    """Why an event is nobody's command: messages by bots (us included), edits, joins, other channels, other tabs."""
    if kind == "app_home_opened":
        return None if string(event, "tab") == "home" else "another tab"
    if kind not in {"message", "app_mention"}:
        return f"event {safe_name(kind)}"
    if kind == "message" and string(event, "channel_type") != "im":
        return "not in the direct message"
    if event.get("bot_id") or event.get("subtype") or event.get("edited"):
        return "by a bot, or no plain message"
    authorization = first(envelope, "authorizations")
    ours = authorization.get("user_id") if authorization.get("is_bot") else None
    return "by a bot, or no plain message" if event.get("user") in (None, "", "USLACKBOT", ours) else None


def _lifecycle(envelope: Json, kind: str, event_id: str, trace_id: str) -> Inbound:
    """``user_change`` comes for every status and picture: only a deactivation matters."""
    if kind == "user_change" and mapping(mapping(envelope, "event"), "user").get("deleted") is not True:
        return Ignored("user_change")
    from countersign.adapters.slack.parse_departure import departures  # noqa: PLC0415 - a cold click needs none of it

    installed_in = frozenset(filter(None, event_installation(envelope)))
    return LifecycleEvent(kind, event_id, installed_in, departures(envelope, kind, trace_id))


def _channel_moved(envelope: Json, event: Json, trace_id: str) -> Inbound:
    """docs.slack.dev/reference/events/channel_id_changed."""
    old, new = identifier(event, "old_channel_id"), identifier(event, "new_channel_id")
    if not old or not new:
        raise Malformed("a channel's new id without both ids")
    return ChannelMoved(old, new, trace_id, frozenset(filter(None, event_installation(envelope))))
