"""Who may be bound to what: is the browser's person the link's person, and must the binding be confirmed first."""

from enum import StrEnum

from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.openid import IdTokenClaims
from countersign.domain.policy import EmailRule, same_address
from countersign.domain.proof import Proof
from countersign.domain.sign_in import Intent


class Match(StrEnum):
    """The browser's chat identity, held against the person that a link was made for."""

    SAME = "same"
    OTHER_WORKSPACE = "other_workspace"
    """The commonest honest accident: the browser is signed in elsewhere. Nothing is burnt."""
    OTHER_PERSON = "other_person"
    """Somebody else of the same workspace or organisation opened the link: it is worthless from here on."""


class Reason(StrEnum):
    """Why a person must confirm both identities before anything is stored."""

    EMAIL_DIFFERS = "email_differs"
    ACCOUNT_CHANGES = "account_changes"
    SITE_CHANGES = "site_changes"
    """The same account, but another of its places than so far."""
    NOT_ASKED_WHO = "not_asked_who"
    """The app may have passed silently, as whoever was signed in there."""
    FOR_EVERYONE = "for_everyone"
    """What is bound acts for a whole workspace."""
    CODE_WANTED = "code_wanted"
    """A code is to be typed in chat."""
    SLACK_NOT_ASKED = "slack_not_asked"
    """The code is all that proves whose browser this is."""
    KEY_ENTERED = "key_entered"
    """A key works for whoever has it, and says nothing of who entered it."""


def match_person(intent: Intent, claims: IdTokenClaims) -> Match:
    """Compare verified claims with the intent's person.

    In an organisation a person has one id in all workspaces, so the organisation will do; outside, ids mean something
    only together with their workspace (docs.slack.dev/enterprise/developing-for-enterprise-orgs).
    """
    same_organisation = intent.organisation is not None and claims.organisation == intent.organisation
    if claims.workspace != intent.workspace and not same_organisation:
        return Match.OTHER_WORKSPACE
    return Match.SAME if claims.user_id == intent.person.user_id else Match.OTHER_PERSON


def reasons_to_confirm(
    email: str | None,
    account: Account,
    existing: Account | None,
    *,
    unproved: Reason | None,
    shared: bool = False,
    email_rule: EmailRule = EmailRule.WARN,
) -> tuple[Reason, ...]:
    """Why ``account`` must be confirmed before it is bound; empty when it needn't be.

    Args:
        email: the person's address in chat. Where either side has none, they count as different.
        account: who signed in at the app.
        existing: the account of the person's present connection to it.
        unproved: why the way of signing in proves too little by itself, where it does.
        shared: it is bound to the whole workspace: always confirmed, and nobody's own address is expected there.
        email_rule: of the policy; what it refuses does not come here.
    """
    reasons = []
    if shared:
        reasons.append(Reason.FOR_EVERYONE)
    elif email_rule is not EmailRule.OFF and not same_address(email, account.email):
        reasons.append(Reason.EMAIL_DIFFERS)
    if existing is not None and existing.id != account.id:
        reasons.append(Reason.ACCOUNT_CHANGES)
    if unproved is not None:
        reasons.append(unproved)
    return tuple(reasons)


def reasons_of_proof(proof: Proof) -> tuple[Reason, ...]:
    """What a person is asked for because of how they are proved."""
    if not proof.asks_code:
        return ()
    return (Reason.CODE_WANTED,) if proof.asks_slack else (Reason.SLACK_NOT_ASKED, Reason.CODE_WANTED)


def unproved_by(app: App) -> Reason | None:
    """Why the way in which one signs in to ``app`` does not show who did."""
    if app.credential is not None:
        return Reason.KEY_ENTERED
    return None if app.asks_who else Reason.NOT_ASKED_WHO
