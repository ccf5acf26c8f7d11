"""Opens a link: looks, and changes nothing, because scanners and previews open links too."""

from dataclasses import dataclass

from countersign.domain.catalog import Catalog
from countersign.domain.page_texts.sign_in import PROOFS
from countersign.domain.pages import Page, PageKind, connect_address, for_everyone, page_about, unusable_link
from countersign.domain.proof import Proof
from countersign.domain.sign_in import LinkState, hash_of, link_state
from countersign.ports.admin import Pauses
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock


@dataclass(frozen=True)
class OpenSignIn:
    """The page behind a link."""

    sign_ins: SignInStore
    catalog: Catalog
    pauses: Pauses
    proof: Proof
    clock: Clock

    def __call__(self, secret: str) -> Page:
        """For whom and what the link is, or why it is of no use. Raises StoreUnavailable."""
        intent = self.sign_ins.get_intent(hash_of(secret))
        if intent is None or intent.app not in self.catalog.apps:
            return Page(PageKind.UNKNOWN)
        name = self.catalog.apps[intent.app].name
        state = link_state(intent, self.clock())
        if state is not LinkState.USABLE:
            return unusable_link(intent, state, name, secret)
        if intent.app in self.pauses.paused(intent.workspace):
            return page_about(PageKind.PAUSED, intent, name)
        page = page_about(PageKind.CONNECT, intent, name, connect_address(intent, secret), proof=PROOFS[self.proof])
        return for_everyone(page, self.catalog.acting_titles(intent.app)) if intent.shared else page
