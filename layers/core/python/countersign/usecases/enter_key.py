"""Takes the key that a person entered, for an app without OAuth: checks it at the app, and binds it."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.connection import Account
from countersign.domain.errors import AppError, AppUnavailable, ConfigurationError, HostNotAllowed, TooLarge
from countersign.domain.grant import grant_of_key
from countersign.domain.key import TRIES, read_key
from countersign.domain.pages import Alert, Page, PageKind
from countersign.domain.secret import Secret
from countersign.domain.sign_in import IntentStatus, LegStep
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock, Randomness
from countersign.usecases.bind_account import BindAccount
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.identify_account import IdentifyAccount
from countersign.usecases.show_key_form import ShowKeyForm


@dataclass(frozen=True)
class EnterKey:
    """Three keys a page, each counted before the app is asked; the leg is spent with the first that it takes."""

    browser_leg: BrowserLeg
    show_form: ShowKeyForm
    identify: IdentifyAccount
    bind_account: BindAccount
    sign_ins: SignInStore
    audit: AuditLog
    randomness: Randomness
    clock: Clock

    def look(self, secret: str, cookie: str | None) -> Page:
        """The form, for a browser that comes back to it. Raises StoreUnavailable, ConfigurationError."""
        found = self._found(secret, cookie)
        return found if isinstance(found, Page) else self.show_form(found.intent, found.app, secret)

    def __call__(self, secret: str, cookie: str | None, entered: Mapping[str, str]) -> Page:
        """The confirm page, or the form again with what was wrong. Raises StoreUnavailable, ConfigurationError."""
        found = self._found(secret, cookie)
        if isinstance(found, Page):
            return found
        key = read_key(found.app.credential, entered) if found.app.credential else None
        if key is None:
            return self.show_form(found.intent, found.app, secret, Alert.KEY_FORM)
        left = self._count_try(found)
        if left is None:
            return found.page(PageKind.KEY_REFUSED)
        account = self._check(found, key, left)
        if isinstance(account, Page):
            return account
        if not self.browser_leg.spend(found):
            return self._after(found)
        return self.bind_account(found, grant_of_key(key, self.clock()), account)

    def _found(self, secret: str, cookie: str | None) -> Journey | Page:
        """The journey whose key is wanted; a page where it is over, or where its key waits to be confirmed."""
        found = self.browser_leg(secret, cookie, LegStep.KEY)
        if isinstance(found, Page):
            return found
        if found.intent.status is IntentStatus.DONE:
            return self.bind_account.finished(found)
        return self.bind_account.pending(found) or found

    def _after(self, journey: Journey) -> Page:
        """A second press of the same button lost to the first."""
        return self.bind_account.pending(journey) or journey.page(PageKind.REPLAYED)

    def _count_try(self, journey: Journey) -> int | None:
        """How many tries are left after this one; None when they are spent. Each place is taken once, by one try."""
        now, this_try = self.clock(), self.randomness()
        for place in range(TRIES):
            if self.sign_ins.first_sight(f"key#{journey.leg.id_hash}#{place}", this_try, now):
                return TRIES - 1 - place
        return None

    def _check(self, journey: Journey, key: Mapping[str, Secret], left: int) -> Account | Page:
        try:
            return self.identify.of_key(journey.app, key, journey.leg.person_email)
        except (HostNotAllowed, ConfigurationError) as error:
            return journey.page(PageKind.MISCONFIGURED, cause=str(error))
        except (AppUnavailable, TooLarge) as error:
            return self._again(journey, Alert.KEY_UNCHECKED, left, str(error))
        except AppError as error:
            intent = journey.intent
            facts = {"workspace": intent.workspace, "tries_left": str(left), "trace_id": intent.trace_id}
            facts |= {"app": journey.app.id}
            once = f"{journey.leg.id_hash} {left}"
            self.audit.record("sign_in.key_refused", intent.person, facts, once=once)
            return self._again(journey, Alert.KEY_WRONG, left, str(error))

    def _again(self, journey: Journey, alert: Alert, left: int, cause: str) -> Page:
        if left == 0:
            refused = alert is Alert.KEY_WRONG
            return journey.page(PageKind.KEY_REFUSED if refused else PageKind.APP_TROUBLE, cause=cause)
        return self.show_form(journey.intent, journey.app, journey.secret, alert, tries_left=left, cause=cause)
