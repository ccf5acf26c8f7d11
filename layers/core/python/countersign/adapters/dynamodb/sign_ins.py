"""Sign-ins on DynamoDB: intents, single-use legs, which deliveries were seen, and how often what was asked for."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from countersign.adapters.dynamodb.rows import sealed_item
from countersign.adapters.dynamodb.sign_in_rows import (
    DUE_HELP,
    DUE_TOKENS,
    HELP_AFTER,
    code_item,
    help_is_due,
    intent_item,
    leg_item,
    link_item,
    read_code,
    read_intent,
    read_leg,
)
from countersign.adapters.dynamodb.table import Table
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.domain.limits import Limit
from countersign.domain.proof import WantedCode
from countersign.domain.sign_in import CODE_SECONDS, Intent, Leg
from countersign.domain.tokens import Sealed

_SEEN_SECONDS: Final = 26 * 3_600
"""Slack may deliver an event again for 24 hours (docs.slack.dev/apis/events-api, Delayed Events)."""


class DynamoSignInStore:
    """Implements ``ports.sign_ins.SignInStore``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_intent(self, intent: Intent) -> None:
        """Write a new intent; that its person has it first, so that none can be overlooked."""
        self._table.put(link_item(intent))
        self._table.put(intent_item(intent), "attribute_not_exists(pk)")

    def get_intent(self, id_hash: str) -> Intent | None:
        """The intent of a link, by the hash of its id."""
        item = self._table.get(f"intent#{id_hash}", "intent")
        return None if item is None else read_intent(item)

    def links_of(self, person: Person, since: int, after: str | None, limit: int) -> tuple[Sequence[str], str | None]:
        """One page of them, oldest first."""
        values = {"pk": f"links#{person.key}", "since": f"{since:010}"}
        rows, following = self._table.page(None, "pk = :pk AND sk >= :since", values, after, limit)
        return [row["sk"].partition("#")[2] for row in rows], following

    def save_intent(self, intent: Intent, *, was: Intent) -> None:
        """Write status, tries and opening if status and tries are still as they were. Raises Conflict.

        Only these: the prompt's address and the help are written by others at the same time.
        """
        change = "SET #status = :status, wrong_workspace_tries = :tries"
        values = {"status": intent.status.value, "tries": intent.wrong_workspace_tries}
        if intent.opened_at is not None:
            change += ", opened_at = :opened_at"
            values["opened_at"] = intent.opened_at
        if help_is_due(intent):
            change += ", due_kind = :due_kind, due_at = :due_at"
            values |= {"due_kind": DUE_HELP, "due_at": (intent.opened_at or 0) + HELP_AFTER}
        else:
            change += " REMOVE due_kind, due_at"
        self._table.update(
            f"intent#{intent.id_hash}",
            "intent",
            change,
            "#status = :was AND wrong_workspace_tries = :were",
            {**values, "was": was.status.value, "were": was.wrong_workspace_tries},
        )

    def save_prompt(self, id_hash: str, prompt: Sealed) -> None:
        """Keep the prompt's sealed reply address; an intent that is not there is no error."""
        try:
            self._table.update(
                f"intent#{id_hash}",
                "intent",
                "SET prompt = :prompt",
                "attribute_exists(pk)",
                {"prompt": sealed_item(prompt)},
            )
        except Conflict:
            return

    def put_leg(self, leg: Leg) -> None:
        """Write a new leg."""
        self._table.put(leg_item(leg), "attribute_not_exists(pk)")

    def get_leg(self, id_hash: str) -> Leg | None:
        """A leg, spent or not."""
        item = self._table.get(f"leg#{id_hash}", "leg")
        return None if item is None else read_leg(item)

    def consume_leg(self, leg: Leg) -> bool:
        """Spend it: True for exactly one caller. Its tokens stay due until ``settle``: whoever stores them says so."""
        condition = "attribute_exists(pk) AND attribute_not_exists(spent)"
        try:
            self._table.update(f"leg#{leg.id_hash}", "leg", "SET spent = :yes", condition, {"yes": True})
        except Conflict:
            return False
        return True

    def decline_leg(self, leg: Leg, now: int) -> bool:
        """Spend it for good, its tokens due at once: True for exactly one caller."""
        change = "SET spent = :yes, declined = :yes, due_kind = :due_kind, due_at = :now"
        condition = "attribute_exists(pk) AND attribute_not_exists(spent)"
        values = {"yes": True, "due_kind": DUE_TOKENS, "now": now}
        try:
            self._table.update(f"leg#{leg.id_hash}", "leg", change, condition, values)
        except Conflict:
            return False
        return True

    def due(self, now: int, limit: int) -> Sequence[Intent | Leg]:
        """Intents whose person needs help; legs whose sealed tokens nobody confirmed."""
        intents = self._table.due(DUE_HELP, now, limit, read_intent)
        legs = self._table.due(DUE_TOKENS, now, limit, read_leg)
        return [*intents, *legs]

    def settle(self, row: Intent | Leg) -> bool:
        """Take a due row off the list, and forget what is sealed on a leg: True for exactly one caller."""
        kind = "intent" if isinstance(row, Intent) else "leg"
        try:
            self._table.update(
                f"{kind}#{row.id_hash}",
                kind,
                "SET helped = :yes REMOVE due_kind, due_at, sealed",
                "attribute_exists(due_at)",
                {"yes": True},
            )
        except Conflict:
            return False
        return True

    def postpone(self, row: Intent | Leg, due_at: int) -> None:
        """Move the row's place in the due index; settled meanwhile is no error."""
        kind = "intent" if isinstance(row, Intent) else "leg"
        condition = "attribute_exists(due_at)"
        try:
            self._table.update(f"{kind}#{row.id_hash}", kind, "SET due_at = :due_at", condition, {"due_at": due_at})
        except Conflict:
            return

    def first_sight(self, key: str, delivery: str, now: int) -> bool:
        """True the first time in 26 hours, and for the queue's redelivery of that very message.

        The expiry is checked here, because rows outlive their ``ttl``.
        """
        return self._claim("seen", key, delivery, now, now + _SEEN_SECONDS)

    def claim_code(self, mark: str, whose: str, now: int) -> bool:
        """True the first time in 30 minutes, and for whoever it was."""
        return self._claim("code_seen", mark, whose, now, now + CODE_SECONDS)

    def _claim(self, kind: str, key: str, delivery: str, now: int, until: int) -> bool:
        row = {"pk": f"{kind}#{key}", "sk": kind, "delivery": delivery, "until": until, "ttl": until}
        condition = "attribute_not_exists(pk) OR #until < :now OR delivery = :delivery"
        try:
            self._table.put(row, condition, {"now": now, "delivery": delivery})
        except Conflict:
            return False
        return True

    def want_code(self, wanted: WantedCode) -> None:
        """Write it over whatever code its person was to type before."""
        self._table.put(code_item(wanted))

    def wanted_code(self, person: Person) -> WantedCode | None:
        """The newest code that a person is to type, over or not."""
        item = self._table.get(f"code#{person.key}", "code")
        return None if item is None else read_code(person, item)

    def save_code(self, wanted: WantedCode, *, was: WantedCode) -> None:
        """Write tries and proof if both are still those of ``was``, and it is the same code. Raises Conflict."""
        values = {"leg": was.leg_hash, "were": was.tries, "was": was.proved}
        self._table.put(code_item(wanted), "leg = :leg AND tries = :were AND proved = :was", values)

    def take(self, limit: Limit, whose: str, now: int) -> bool:
        """Count one more, if ``limit`` allows. The end of its time is checked here: rows outlive their ``ttl``."""
        key, values = f"limit#{limit.name}#{whose}", {"now": now, "one": 1, "most": limit.most}
        until = now + limit.seconds
        fresh = {"pk": key, "sk": "limit", "used": 1, "since": now, "until": until, "ttl": until}
        for _ in range(2):  # the second time another's first one may stand there
            with suppress(Conflict):
                self._table.update(key, "limit", "SET used = used + :one", "#until > :now AND used < :most", values)
                return True
            with suppress(Conflict):
                self._table.put(fresh, "attribute_not_exists(pk) OR #until <= :now", {"now": now})
                return True
        return False

    def give_back(self, limit: Limit, whose: str, taken_at: int) -> None:
        """Count one less, if those seconds still count."""
        condition = "since <= :at AND #until > :at AND used > :none"
        values = {"at": taken_at, "none": 0, "one": 1}
        with suppress(Conflict):
            self._table.update(f"limit#{limit.name}#{whose}", "limit", "SET used = used - :one", condition, values)
