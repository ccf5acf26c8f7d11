"""Binds a new grant to a person: seals it at once, and stores it now or after its person confirmed it."""

from dataclasses import dataclass, replace

from countersign.domain.connection import Account, Connection, Status
from countersign.domain.errors import Conflict
from countersign.domain.grant import Grant
from countersign.domain.pages import Page, PageKind, connect_address, done
from countersign.domain.proof import Proof, WantedCode, code_of
from countersign.domain.sign_in import IntentStatus, Leg, LegStep, hash_of, leg_cookie_hash, leg_expiry, leg_owner
from countersign.domain.token_codec import pack
from countersign.ports.keys import Sealer
from countersign.ports.sign_ins import SignInStore
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock
from countersign.usecases.ask_to_confirm import AskToConfirm
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.hold_to_policy import HoldToPolicy
from countersign.usecases.store_connection import StoreConnection


@dataclass(frozen=True)
class BindAccount:
    """From here on no token is lost: each lies sealed on a CONFIRM leg, due for revocation unless it gets stored."""

    browser_leg: BrowserLeg
    hold_to_policy: HoldToPolicy
    ask_to_confirm: AskToConfirm
    store_connection: StoreConnection
    sign_ins: SignInStore
    connections: ConnectionStore
    sealer: Sealer
    proof: Proof
    clock: Clock

    def __call__(self, journey: Journey, grant: Grant, account: Account) -> Page:
        """The confirm page, the success, or why the account may not be bound. Raises StoreUnavailable."""
        journey = self.browser_leg.again(journey)
        if journey.intent.status is not IntentStatus.OPEN:
            self.give_back(journey, grant, account)
            return self.browser_leg.used(journey)
        existing = self.connections.get(journey.intent.owner, journey.app.id)
        if (refusal := self.hold_to_policy.refusal(journey, grant, account, existing)) is not None:
            self.give_back(journey, grant, account)
            return refusal
        grant = self.hold_to_policy.permitted(journey.intent, grant)
        leg, account = self._chosen(self._leg(journey, grant, account, existing), grant, account)
        leg = replace(leg, sealed=self.sealer.seal(pack(grant.tokens), leg_owner(journey.intent, leg)))
        self.sign_ins.put_leg(leg)
        if leg.proof.asks_code:
            code = code_of(journey.typed_secret(journey.confirm_secret))
            self.sign_ins.want_code(WantedCode.of(journey.intent.person, leg.id_hash, code, self.clock()))
        page = self._confirm_page(journey, leg, account)
        return page if page.reasons or page.choices else self._store(journey, leg, account)

    def give_back(self, journey: Journey, grant: Grant, account: Account | None = None) -> None:
        """Keep tokens that will not be stored where housekeeping finds them at once, to revoke them.

        ``account``: whose they are, where anybody knows: at some apps what belongs to another account than the person's
        connection is all that may be revoked beside it.
        """
        if grant.tokens.access_token is None:
            return  # a key is its person's own: nobody else could end it, and nothing of it is kept
        leg = self._empty_leg(journey, self.clock())
        leg = replace(leg, token_expires_at=grant.expires_at, given_back=account.id if account else "")
        sealed = self.sealer.seal(pack(grant.tokens), leg_owner(journey.intent, leg))
        self.sign_ins.put_leg(replace(leg, sealed=sealed))

    def pending(self, journey: Journey) -> Page | None:
        """The confirm page again, for a browser that reloaded; None when nothing waits to be confirmed."""
        leg = self.sign_ins.get_leg(hash_of(journey.confirm_secret))
        if leg is None or leg.account is None or self.clock() >= leg.expires_at:
            return None
        return journey.declined if leg.declined else self._confirm_page(journey, leg, leg.account)

    def finished(self, journey: Journey) -> Page:
        """The end of a sign-in that is done, for a browser that reloaded."""
        connection = self.connections.get(journey.intent.owner, journey.app.id)
        if connection is None or connection.status is not Status.LIVE:
            return self.browser_leg.used(journey)
        return self._done(journey, connection.account)

    def _leg(self, journey: Journey, grant: Grant, account: Account, existing: Connection | None) -> Leg:
        """``existing``: what the policy was held against. Nothing else is replaced by what comes of this."""
        return replace(
            self._empty_leg(journey, leg_expiry(journey.intent, self.clock())),
            account=account,
            scopes=grant.scopes,
            token_expires_at=grant.expires_at,
            version=existing.version + 1 if existing else 1,
            replaces_account=existing.account.id if existing else "",
            person_email=journey.leg.person_email,
            signed_in_at=grant.signed_in_at,
            sites=grant.sites,
            proof=self.proof,
        )

    def _empty_leg(self, journey: Journey, expires_at: int) -> Leg:
        secret, intent = journey.confirm_secret, journey.intent
        return Leg(
            id_hash=hash_of(secret),
            intent_hash=intent.id_hash,
            app=journey.app.id,
            cookie_hash=leg_cookie_hash(journey.cookie, secret, intent, LegStep.CONFIRM),
            step=LegStep.CONFIRM,
            expires_at=expires_at,
        )

    @staticmethod
    def _chosen(leg: Leg, grant: Grant, account: Account) -> tuple[Leg, Account]:
        """Where the grant covers one site only, there is nothing to choose."""
        only = leg.at(grant.sites[0].id) if len(grant.sites) == 1 else None
        return (only, only.account or account) if only else (leg, account)

    def _confirm_page(self, journey: Journey, leg: Leg, account: Account) -> Page:
        secret = journey.confirm_secret
        return self.ask_to_confirm(journey.intent, journey.app, leg, account, secret, journey.typed_secret(secret))

    def _store(self, journey: Journey, leg: Leg, account: Account) -> Page:
        try:
            self.store_connection(journey.intent, leg, journey.app)
        except Conflict as error:
            return journey.page(PageKind.CHANGED, cause=str(error))
        return self._done(journey, account)

    @staticmethod
    def _done(journey: Journey, account: Account) -> Page:
        """Where the confirm page is, or would have been, is the end to be seen again."""
        address = connect_address(journey.intent, journey.confirm_secret)
        return replace(done(journey.intent, journey.app.name, account), address=address)
