"""What people and bots write in chat (C11): who asked for something is answered once, in private; nobody else is."""

import json
from collections.abc import Mapping
from typing import Any, Final

from countersign.entrypoints.queues import handle_actions, handle_connections
from tests.support.hostile_strings import HOSTILE
from tests.support.slack_requests import body_of, load, signed
from tests.torture.hostile.judge import Judge, Verdicts
from tests.torture.hostile.mutation import Mutator, with_body
from tests.torture.hostile.slack_routes import SlackWorld, slack_function
from tests.torture.measure import Share

LIST: Final = "Your connections"
SAME: Final = (
    "connections",
    "Connections",
    " CONNECTIONS ",
    "\tconnections\n",
    "*connections*",
    "_connections_",
    "`connections`",
    '"connections"',
    "“connections”",
    "connections!",
    "connections?",
    "\uff23\uff4f\uff4e\uff4e\uff45\uff43\uff54\uff49\uff4f\uff4e\uff53",
    "con\u200bnections",
    "\u202econnections\u202c",
    "<@U0APP> connections",
    "<@U0APP|countersign> Connections",
)
"""Ways to write the one word."""
OTHER: Final = (
    "connection s",
    "connexions",
    "Verbindungen",
    "conexiones",
    "接続",
    "الاتصالات",
    "connections please",
    "con nections",
    "connections\u0301",
    "&lt;connections&gt;",
    "disconnect",
    "delete everything",
    "approve_change",
    "c\u043ennections",  # a letter of another alphabet
    "",
)
"""Words that are none of ours."""
PLACES: Final = ("im", "im", "im, thread", "mention", "mention, thread", "channel", "group", "mpim")
ANSWERED: Final = frozenset({"im", "im, thread", "mention", "mention, thread"})
BOTS: Final[tuple[Mapping[str, Any], ...]] = (
    {"bot_id": "B0OTHER"},
    {"bot_id": "B0APP", "user": "U0APP"},
    {"subtype": "bot_message", "user": None},
    {"user": "USLACKBOT"},
    {"subtype": "message_changed", "message": {"text": "connections"}},
    {"edited": {"user": "U0JOSIE", "ts": "1.2"}},
    {"subtype": "message_deleted"},
    {"subtype": "channel_join"},
    {"subtype": "thread_broadcast"},
)
"""Events that nobody wrote, or nobody anew."""


class ChatText:
    """Makes them of the recorded ones."""

    def __init__(self, mutator: Mutator) -> None:
        self.mutator, self.chance, self.made = mutator, mutator.chance, 0
        self.message = json.loads(body_of(load("event_message_connections")))
        self.mention = json.loads(body_of(load("event_mention")))

    def one(self) -> tuple[str, str, dict[str, Any], bool]:
        """(where, text, delivery, whether a person's own message to us)."""
        self.made += 1
        where = self.chance.choice(PLACES)
        text = self.chance.choice((self.chance.choice(SAME), self.chance.choice(OTHER), self.chance.choice(HOSTILE)))
        text = text.encode("utf-8", "replace").decode()
        envelope = self.mention if where.startswith("mention") else self.message
        event = {**envelope["event"], "text": text}
        if not where.startswith("mention"):
            event["channel_type"] = where.partition(",")[0]
        if where.endswith("thread"):
            event["thread_ts"] = "1785578000.000100"
        by_bot = self.chance.random() < 1 / 4
        if by_bot:
            event |= self.chance.choice(BOTS)
        delivery = {**envelope, "event": event, "event_id": f"Ev{self.made:09}"}
        return f"{where}{', by a bot' if by_bot else ''}", text, delivery, not by_bot and where in ANSWERED


def attack_chat(share: Share) -> Verdicts:
    """So many messages through both functions; some delivered twice, as Slack does."""
    verdicts, texts = Verdicts(), ChatText(Mutator(share.seed))
    recorded = load("event_message_connections")
    with slack_function() as (handle, world):
        judge = Judge(handle, verdicts)
        for number in range(share.count):
            where, text, delivery, asked = texts.one()
            verdicts.classes["C11"] += 1
            what = f"seed {share.seed}, text {number} ({where}: {text[:40]!r})"
            world.forget()
            for _ in range(texts.chance.choice((1, 1, 1, 3))):
                judge(signed(with_body(recorded, json.dumps(delivery).encode())), what)
            for fault in _answered(world, number, text, asked=asked):
                verdicts.fault(f"{what}: {fault}")
    verdicts.requests = 0  # these are counted by their own class
    return verdicts


def _answered(world: SlackWorld, number: int, text: str, *, asked: bool) -> list[str]:
    """What is wrong with what was said to that, once the queues are worked off."""
    queues = ((world.connections_queue, handle_connections), (world.actions_queue, handle_actions))
    failed = []
    for queue, work in queues:
        bodies = [json.dumps(message) for message in queue.sent]
        records = [{"messageId": f"m{number}-{place}", "body": body} for place, body in enumerate(bodies)]
        failed += work({"Records": records}, world)["batchItemFailures"]
    said = [
        json.dumps([getattr(block, "text", "") for block in message.blocks], default=str)
        for _, message in world.slack.told
    ]
    faults = ["the message failed"] if failed else []
    if len(said) != int(asked):
        faults.append(f"answered {len(said)} times")
    if world.slack.posted or world.slack.replied:
        faults.append("answered for everyone to read")
    if asked and said and (LIST in said[0]) != (text in SAME):
        faults.append("another answer than the word asks for")
    return faults
