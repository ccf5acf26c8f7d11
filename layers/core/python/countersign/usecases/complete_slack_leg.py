"""Ends the browser's first leg: Slack says whose it is, and only its own person goes on to the app."""

from dataclasses import dataclass, replace

from countersign.domain.callback import Query, read_callback
from countersign.domain.errors import ChatUnavailable, ConfigurationError, Conflict, Unverified
from countersign.domain.openid import IdTokenClaims
from countersign.domain.pages import Page, PageKind, View
from countersign.domain.queue_messages import sign_in_burnt_message
from countersign.domain.secret import Secret
from countersign.domain.sign_in import IntentStatus, LegStep, hash_of
from countersign.domain.sign_in_policy import Match, match_person
from countersign.ports.chat import ChatOpenId
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock, Queue
from countersign.usecases.browser_leg import BrowserLeg, Journey
from countersign.usecases.go_to_app import GoToApp
from countersign.usecases.show_key_form import ShowKeyForm
from countersign.usecases.start_sign_in import slack_redirect_uri

_DENIED = "access_denied"


@dataclass(frozen=True)
class CompleteSlackLeg:
    """Verifies the browser's person before the app is asked for anything, so that no token of a wrong one is minted."""

    browser_leg: BrowserLeg
    sign_ins: SignInStore
    chat_openid: ChatOpenId
    go_to_app: GoToApp
    show_key_form: ShowKeyForm
    audit: AuditLog
    actions_queue: Queue
    clock: Clock

    def __call__(self, query: Query, cookie: str | None) -> View:
        """Onward to the app, or a page; for an app without OAuth it is the one that asks for a key.

        Raises Malformed, StoreUnavailable, ConfigurationError.
        """
        its_own = self.browser_leg.brought_first(query, cookie)
        callback = read_callback(query, None)
        found = self.browser_leg(callback.state, cookie, LegStep.SLACK)
        if isinstance(found, Page):
            return found
        if not its_own:
            return self.browser_leg.strayed(found)
        if found.intent.status is IntentStatus.DONE:
            return self.browser_leg.used(found)
        if not self.browser_leg.spend(found):
            return self._replayed(found)
        if callback.code is None:
            return _refused(found, callback.error or "")
        claims = self._identify(found, callback.code)
        return claims if isinstance(claims, Page) else self._judge(found, claims)

    def _identify(self, journey: Journey, code: Secret) -> IdTokenClaims | Page:
        intent = journey.intent
        in_organisation = intent.organisation is not None
        try:
            return self.chat_openid.identify(
                code, slack_redirect_uri(intent), journey.leg.nonce, organisation=in_organisation
            )
        except Unverified as error:
            return journey.page(PageKind.SLACK_UNVERIFIED, cause=str(error))
        except ChatUnavailable as error:
            return journey.page(PageKind.SLACK_TROUBLE, cause=str(error))
        except ConfigurationError as error:
            return journey.page(PageKind.MISCONFIGURED, cause=str(error))

    def _judge(self, journey: Journey, claims: IdTokenClaims) -> View:
        match match_person(journey.intent, claims):
            case Match.SAME if journey.app.credential is not None:
                return self._on_to_the_key(journey, claims)
            case Match.SAME:
                email = claims.email or journey.intent.person_email
                return self.go_to_app(journey.intent, journey.app, journey.cookie, email)
            case Match.OTHER_WORKSPACE:
                return self._count_try(journey, claims)
            case Match.OTHER_PERSON:
                return self._burn(journey, claims)

    def _on_to_the_key(self, journey: Journey, claims: IdTokenClaims) -> Page:
        """The app has no OAuth: a key of its person's is asked for here, of the browser that has just proved itself."""
        secret = journey.key_secret
        page = self.show_key_form(journey.intent, journey.app, secret)
        # Only what Slack proved: an app may take this address as the word for whose the key is.
        self.go_to_app.to_the_key(journey.intent, journey.cookie, secret, claims.email)
        return page

    def _replayed(self, journey: Journey) -> Page:
        """A reload: the form again, where a key is asked for; everywhere else the browser is at the app by now."""
        secret = journey.key_secret
        leg = self.sign_ins.get_leg(hash_of(secret)) if journey.app.credential else None
        if leg is None or self.clock() >= leg.expires_at:
            return journey.page(PageKind.REPLAYED)
        return self.show_key_form(journey.intent, journey.app, secret)

    def _count_try(self, journey: Journey, claims: IdTokenClaims) -> Page:
        """Another workspace: this leg is over, the link lives, three times at most."""
        while journey.intent.status is IntentStatus.OPEN:
            intent = journey.intent
            try:
                counted = replace(intent, wrong_workspace_tries=intent.wrong_workspace_tries + 1)
                self.sign_ins.save_intent(counted, was=intent)
                break
            except Conflict:
                journey = self.browser_leg.again(journey)
        self._record("sign_in.wrong_workspace", journey, claims)
        return journey.page(PageKind.WRONG_WORKSPACE, other=claims.workspace_name or "another Slack workspace")

    def _burn(self, journey: Journey, claims: IdTokenClaims) -> Page:
        """Somebody else: the link is worthless from here on. Its person is told once, whoever tries how often."""
        while journey.intent.status is IntentStatus.OPEN:
            try:
                self.sign_ins.save_intent(replace(journey.intent, status=IntentStatus.BURNT), was=journey.intent)
            except Conflict:
                journey = self.browser_leg.again(journey)
                continue
            # Told first: an audit that fails must not keep it from the person whose link it was.
            self.actions_queue.send(sign_in_burnt_message(journey.intent))
            self._record("sign_in.burnt", journey, claims)
            return journey.page(PageKind.WRONG_PERSON)
        self._record("sign_in.wrong_person", journey, claims)
        return journey.page(PageKind.WRONG_PERSON)

    def _record(self, event: str, journey: Journey, claims: IdTokenClaims) -> None:
        facts = {
            "app": journey.intent.app,
            "workspace": journey.intent.workspace,
            "browser_person": claims.user_id,
            "browser_workspace": claims.workspace,
            "trace_id": journey.intent.trace_id,
        }
        self.audit.record(event, journey.intent.person, facts, once=journey.leg.id_hash)


def _refused(journey: Journey, error: str) -> Page:
    kind = PageKind.SLACK_DENIED if error == _DENIED else PageKind.SLACK_ERROR
    return journey.page(kind, cause=error, error=error)
