"""Asks for a new link, which goes to the link's own person in chat and never to the browser that asks."""

from dataclasses import dataclass

from countersign.domain.catalog import Catalog
from countersign.domain.pages import Page, PageKind, page_about
from countersign.domain.queue_messages import new_link_message
from countersign.domain.sign_in import LINK_SECONDS, Intent, LinkState, hash_of, link_state
from countersign.ports.admin import Pauses
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock, Queue, Randomness
from countersign.usecases.open_sign_in import OpenSignIn


@dataclass(frozen=True)
class SendNewLink:
    """Queues the request, once per link in ten minutes, whoever asks: the person's own limit counts besides."""

    sign_ins: SignInStore
    open_sign_in: OpenSignIn
    pauses: Pauses
    catalog: Catalog
    actions_queue: Queue
    randomness: Randomness
    clock: Clock

    def __call__(self, secret: str) -> Page:
        """A page that says where to look. ``secret``: of the link, or of a leg of its journey.

        Raises StoreUnavailable.
        """
        intent = self._intent(hash_of(secret))
        if intent is None or intent.app not in self.catalog.apps:
            return Page(PageKind.UNKNOWN)
        now = self.clock()
        by_link = intent.id_hash == hash_of(secret)
        state = link_state(intent, now)
        if state is LinkState.BURNT or (state is LinkState.USABLE and by_link):
            return self.open_sign_in(secret) if by_link else self._page(PageKind.STOPPED, intent)
        if intent.app in self.pauses.paused(intent.workspace):
            return self._page(PageKind.PAUSED, intent)  # not counted as asked: it is to bring one afterwards
        window = now // LINK_SECONDS
        if self.sign_ins.first_sight(f"new_link#{intent.id_hash}#{window}", self.randomness(), now):
            self.actions_queue.send(new_link_message(intent))
        return self._page(PageKind.NEW_LINK_SENT, intent)

    def _intent(self, id_hash: str) -> Intent | None:
        intent = self.sign_ins.get_intent(id_hash)
        if intent is not None:
            return intent
        leg = self.sign_ins.get_leg(id_hash)
        return None if leg is None else self.sign_ins.get_intent(leg.intent_hash)

    def _page(self, kind: PageKind, intent: Intent) -> Page:
        return page_about(kind, intent, self.catalog.apps[intent.app].name)
