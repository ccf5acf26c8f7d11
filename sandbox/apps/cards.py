"""The app's business rule: post a record's card to Countersign's hook, and again when it was decided in the app."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import requests

from sandbox.apps.records import Records

ANSWER_CHARACTERS = 500


@dataclass(frozen=True)
class Hook:
    """Where a recipe's cards go, and the secret that proves who sends them."""

    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Delivery:
    """One call of a hook: `status` is None when nothing answered, `answer` is what came (or the error's name)."""

    at: float
    record_id: str
    recipe: str
    status: int | None
    answer: str

    def as_json(self) -> dict[str, Any]:
        """The delivery as a JSON object."""
        return {
            "at": self.at,
            "record_id": self.record_id,
            "recipe": self.recipe,
            "status": self.status,
            "answer": self.answer,
        }


class CardSender:
    """Posts cards with `Authorization: Bearer`, as the hook's contract says, and remembers which records have one."""

    def __init__(
        self, records: Records, hooks: Mapping[str, Hook], clock: Callable[[], float], timeout_seconds: float = 20
    ) -> None:
        self._records = records
        self._hooks = hooks
        self._clock = clock
        self._timeout = timeout_seconds
        self._deliveries: list[Delivery] = []
        self._with_card: set[str] = set()
        self._lock = threading.Lock()

    def send(self, record_id: str) -> Delivery:
        """Post the record's card now; raises `KeyError` where the record has none or no hook is set up for it."""
        card = self._records.card(record_id)
        if card is None or card.recipe not in self._hooks:
            raise KeyError(record_id)
        hook = self._hooks[card.recipe]
        status: int | None = None
        try:
            response = requests.post(
                hook.url,
                json=card.body,
                headers={"Authorization": f"Bearer {hook.secret}"},
                timeout=self._timeout,
                allow_redirects=False,
            )
            status, answer = response.status_code, response.text[:ANSWER_CHARACTERS]
        except requests.RequestException as error:
            answer = type(error).__name__
        return self._remember(Delivery(self._clock(), record_id, card.recipe, status, answer))

    def update(self, record_id: str) -> None:
        """Call the hook again for a record that has a card; nothing to do for others."""
        if record_id in self._with_card:
            self.send(record_id)

    def deliveries(self, record_id: str | None = None) -> list[Delivery]:
        """What was sent (for one record, or all), newest last."""
        with self._lock:
            return [delivery for delivery in self._deliveries if record_id in {None, delivery.record_id}]

    def _remember(self, delivery: Delivery) -> Delivery:
        with self._lock:
            self._deliveries.append(delivery)
            if delivery.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
                self._with_card.add(delivery.record_id)
        return delivery
