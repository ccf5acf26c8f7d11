"""Sign-ins on DynamoDB: intents, single-use legs, which deliveries were seen, and how often what was asked for."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Final

from countersign.adapters.dynamodb.rows import account_item, read_account, read_sealed, sealed_item, without_nothing
from countersign.adapters.dynamodb.table import Item, Table
from countersign.domain.connection import Site
from countersign.domain.errors import Conflict
from countersign.domain.identity import Person
from countersign.domain.limits import Limit
from countersign.domain.sign_in import Intent, IntentStatus, Leg, LegStep
from countersign.domain.tokens import Sealed

HELP_AFTER: Final = 180
"""Seconds after which a person whose browser set out and never came back gets help."""
_KEEP: Final = 86_400
"""Seconds that spent rows stay, so that a late click gets a page that says what happened."""
_SEEN_SECONDS: Final = 26 * 3_600
"""Slack may deliver an event again for 24 hours (docs.slack.dev/apis/events-api, Delayed Events)."""
_DUE_HELP, _DUE_TOKENS = "sign_in_help", "unconfirmed_tokens"


class DynamoSignInStore:
    """Implements ``ports.SignInStore``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_intent(self, intent: Intent) -> None:
        """Write a new intent."""
        self._table.put(_intent_item(intent), "attribute_not_exists(pk)")

    def get_intent(self, id_hash: str) -> Intent | None:
        """The intent of a link, by the hash of its id."""
        item = self._table.get(f"intent#{id_hash}", "intent")
        return None if item is None else _read_intent(item)

    def save_intent(self, intent: Intent, *, was: Intent) -> None:
        """Write status, tries and opening if status and tries are still as they were. Raises Conflict.

        Only these: the prompt's address and the help are written by others at the same time.
        """
        change = "SET #status = :status, wrong_workspace_tries = :tries"
        values = {"status": intent.status.value, "tries": intent.wrong_workspace_tries}
        if intent.opened_at is not None:
            change += ", opened_at = :opened_at"
            values["opened_at"] = intent.opened_at
        if _help_is_due(intent):
            change += ", due_kind = :due_kind, due_at = :due_at"
            values |= {"due_kind": _DUE_HELP, "due_at": (intent.opened_at or 0) + HELP_AFTER}
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
        self._table.put(_leg_item(leg), "attribute_not_exists(pk)")

    def get_leg(self, id_hash: str) -> Leg | None:
        """A leg, spent or not."""
        item = self._table.get(f"leg#{id_hash}", "leg")
        return None if item is None else _read_leg(item)

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
        values = {"yes": True, "due_kind": _DUE_TOKENS, "now": now}
        try:
            self._table.update(f"leg#{leg.id_hash}", "leg", change, condition, values)
        except Conflict:
            return False
        return True

    def due(self, now: int, limit: int) -> Sequence[Intent | Leg]:
        """Intents whose person needs help; legs whose sealed tokens nobody confirmed."""
        intents = self._table.due(_DUE_HELP, now, limit, _read_intent)
        legs = self._table.due(_DUE_TOKENS, now, limit, _read_leg)
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
        until = now + _SEEN_SECONDS
        row = {"pk": f"seen#{key}", "sk": "seen", "delivery": delivery, "until": until, "ttl": until}
        condition = "attribute_not_exists(pk) OR #until < :now OR delivery = :delivery"
        try:
            self._table.put(row, condition, {"now": now, "delivery": delivery})
        except Conflict:
            return False
        return True

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


def _help_is_due(intent: Intent) -> bool:
    return intent.opened_at is not None and intent.status is IntentStatus.OPEN and not intent.helped


def _intent_item(intent: Intent) -> Item:
    help_due = _help_is_due(intent)
    return without_nothing(
        {
            "pk": f"intent#{intent.id_hash}",
            "sk": "intent",
            "person": intent.person.key,
            "workspace": intent.workspace,
            "tenant": intent.person.tenant,
            "organisation": intent.organisation,
            "app": intent.app,
            "base_url": intent.base_url,
            "person_name": intent.person_name,
            "person_email": intent.person_email,
            "workspace_name": intent.workspace_name,
            "created_at": intent.created_at,
            "expires_at": intent.expires_at,
            "status": intent.status.value,
            "wrong_workspace_tries": intent.wrong_workspace_tries,
            "opened_at": intent.opened_at,
            "prompt": sealed_item(intent.prompt),
            "helped": intent.helped,
            "trace_id": intent.trace_id,
            "shared": intent.shared or None,
            "step_up": intent.step_up or None,
            "due_kind": _DUE_HELP if help_due else None,
            "due_at": (intent.opened_at or 0) + HELP_AFTER if help_due else None,
            "ttl": intent.expires_at + _KEEP,
        }
    )


def _read_intent(item: Item) -> Intent:
    return Intent(
        id_hash=item["pk"].removeprefix("intent#"),
        person=Person.from_key(item["person"]),
        workspace=item["workspace"],
        organisation=item.get("organisation"),
        app=item["app"],
        base_url=item["base_url"],
        person_name=item["person_name"],
        person_email=item.get("person_email"),
        workspace_name=item["workspace_name"],
        created_at=item["created_at"],
        expires_at=item["expires_at"],
        status=IntentStatus(item["status"]),
        wrong_workspace_tries=item["wrong_workspace_tries"],
        opened_at=item.get("opened_at"),
        prompt=read_sealed(item.get("prompt")),
        helped=item["helped"],
        trace_id=item.get("trace_id", ""),
        shared=item.get("shared", False),
        step_up=item.get("step_up", False),
    )


def _leg_item(leg: Leg) -> Item:
    return without_nothing(
        {
            "pk": f"leg#{leg.id_hash}",
            "sk": "leg",
            "intent": leg.intent_hash,
            "app": leg.app,
            "cookie": leg.cookie_hash,
            "step": leg.step.value,
            "expires_at": leg.expires_at,
            "nonce": leg.nonce,
            "account": account_item(leg.account),
            "sealed": sealed_item(leg.sealed),
            "scopes": list(leg.scopes),
            "token_expires_at": leg.token_expires_at,
            "version": leg.version,
            "person_email": leg.person_email,
            "sites": [asdict(site) for site in leg.sites] or None,
            "site": leg.site or None,
            "declined": leg.declined or None,
            "due_kind": _DUE_TOKENS if leg.sealed else None,
            "due_at": leg.expires_at if leg.sealed else None,
            "ttl": leg.expires_at + _KEEP,
        }
    )


def _read_leg(item: Item) -> Leg:
    return Leg(
        id_hash=item["pk"].removeprefix("leg#"),
        intent_hash=item["intent"],
        app=item["app"],
        cookie_hash=item["cookie"],
        step=LegStep(item["step"]),
        expires_at=item["expires_at"],
        nonce=item["nonce"],
        account=read_account(item.get("account")),
        sealed=read_sealed(item.get("sealed")),
        scopes=tuple(item["scopes"]),
        token_expires_at=item.get("token_expires_at"),
        version=item["version"],
        person_email=item.get("person_email"),
        sites=tuple(Site(**site) for site in item.get("sites", ())),
        site=item.get("site", ""),
        declined=item.get("declined", False),
    )
