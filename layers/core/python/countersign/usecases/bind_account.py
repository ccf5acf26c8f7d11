"""Binds new tokens to a person: seals them at once, and stores them now or after both identities were confirmed."""

from dataclasses import dataclass, replace

from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import AppUnavailable, Conflict, CountersignError
from countersign.domain.oauth import TokenAnswer
from countersign.domain.page_texts import NO_ADDRESS
from countersign.domain.pages import Page, PageKind, connect_address, done, identities
from countersign.domain.sign_in import (
    IntentStatus,
    Leg,
    LegStep,
    confirm_secret,
    hash_of,
    leg_expiry,
    leg_owner,
)
from countersign.domain.sign_in_policy import reasons_to_confirm
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Tokens
from countersign.ports import Clock, ConnectionStore, Sealer, SignInStore
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.identify_account import IdentifyAccount
from countersign.usecases.store_connection import StoreConnection


@dataclass(frozen=True)
class BindAccount:
    """From here on no token is lost: each lies sealed on a CONFIRM leg, due for revocation unless it gets stored."""

    browser_leg: BrowserLeg
    identify: IdentifyAccount
    store_connection: StoreConnection
    sign_ins: SignInStore
    connections: ConnectionStore
    sealer: Sealer
    clock: Clock

    def __call__(self, journey: Journey, tokens: TokenAnswer, started: int) -> Page:
        """The confirm page, or the success. ``started``: when the tokens were asked for. Raises StoreUnavailable."""
        try:
            account = self.identify(journey.app, tokens)
        except CountersignError as error:
            self._give_back(journey, tokens)
            kind = PageKind.APP_TROUBLE if isinstance(error, AppUnavailable) else PageKind.NO_IDENTITY
            return journey.page(kind, cause=str(error))
        journey = self.browser_leg.again(journey)
        if journey.intent.status is not IntentStatus.OPEN:
            self._give_back(journey, tokens)
            return self.browser_leg.used(journey)
        existing = self.connections.get(journey.intent.person, journey.app.id)
        leg = self._sealed(journey, tokens, account, existing, started)
        self.sign_ins.put_leg(leg)
        page = self._confirm_page(journey, account, existing)
        return page if page.reasons else self._store(journey, leg, account)

    def pending(self, journey: Journey) -> Page | None:
        """The confirm page again, for a browser that reloaded; None when nothing waits to be confirmed."""
        leg = self.sign_ins.get_leg(hash_of(confirm_secret(journey.cookie, journey.secret)))
        if leg is None or leg.account is None or self.clock() >= leg.expires_at:
            return None
        if leg.declined:
            return journey.page(PageKind.DECLINED)
        existing = self.connections.get(journey.intent.person, journey.app.id)
        return self._confirm_page(journey, leg.account, existing)

    def _sealed(
        self, journey: Journey, tokens: TokenAnswer, account: Account, existing: Connection | None, started: int
    ) -> Leg:
        intent = journey.intent
        leg = Leg(
            id_hash=hash_of(confirm_secret(journey.cookie, journey.secret)),
            intent_hash=intent.id_hash,
            app=journey.app.id,
            cookie_hash=journey.leg.cookie_hash,
            step=LegStep.CONFIRM,
            expires_at=leg_expiry(intent, self.clock()),
            account=account,
            scopes=tokens.scopes or tuple(journey.app.oauth.scopes),
            token_expires_at=None if tokens.expires_in is None else started + tokens.expires_in,
            version=existing.version + 1 if existing else 1,
        )
        return replace(leg, sealed=self.sealer.seal(_packed(tokens), leg_owner(intent, leg)))

    def _give_back(self, journey: Journey, tokens: TokenAnswer) -> None:
        """Keep tokens that will not be stored where housekeeping finds them at once, to revoke them."""
        leg = Leg(
            id_hash=hash_of(confirm_secret(journey.cookie, journey.secret)),
            intent_hash=journey.intent.id_hash,
            app=journey.app.id,
            cookie_hash=journey.leg.cookie_hash,
            step=LegStep.CONFIRM,
            expires_at=self.clock(),
        )
        sealed = self.sealer.seal(_packed(tokens), leg_owner(journey.intent, leg))
        self.sign_ins.put_leg(replace(leg, sealed=sealed))

    def _confirm_page(self, journey: Journey, account: Account, existing: Connection | None) -> Page:
        live = existing if existing and existing.status is not Status.REVOKING else None
        email = journey.leg.person_email or journey.intent.person_email
        page = journey.page(
            PageKind.CONFIRM,
            email=email or NO_ADDRESS,
            account=account.label,
            account_email=account.email or NO_ADDRESS,
            previous=live.account.label if live else "",
        )
        asks_who = journey.app.oauth.asks_who
        return replace(
            page,
            post_to=connect_address(journey.intent, confirm_secret(journey.cookie, journey.secret)),
            facts=identities(journey.intent, journey.app.name, account),
            reasons=reasons_to_confirm(email, account, live.account if live else None, asks_who=asks_who),
        )

    def _store(self, journey: Journey, leg: Leg, account: Account) -> Page:
        try:
            self.store_connection(journey.intent, leg, journey.app)
        except Conflict as error:
            return journey.page(PageKind.CHANGED, cause=str(error))
        return done(journey.intent, journey.app.name, account)


def _packed(tokens: TokenAnswer) -> dict[str, object]:
    return pack(Tokens(tokens.access_token, tokens.refresh_token, tokens.api_base))
