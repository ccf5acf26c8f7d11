"""The use cases of the browser's legs of a sign-in, with their ports filled in."""

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.bootstrap.workspaces import Workspaces
from countersign.domain.http import QUICK_ANSWER

if TYPE_CHECKING:
    from countersign.usecases.ask_to_confirm import AskToConfirm
    from countersign.usecases.bind_account import BindAccount
    from countersign.usecases.browser_leg import BrowserLeg
    from countersign.usecases.complete_app_leg import CompleteAppLeg
    from countersign.usecases.complete_slack_leg import CompleteSlackLeg
    from countersign.usecases.confirm_sign_in import ConfirmSignIn
    from countersign.usecases.enter_key import EnterKey
    from countersign.usecases.go_to_app import GoToApp
    from countersign.usecases.hold_in_use import HoldInUse
    from countersign.usecases.identify_account import IdentifyAccount
    from countersign.usecases.open_sign_in import OpenSignIn
    from countersign.usecases.send_new_link import SendNewLink
    from countersign.usecases.show_key_form import ShowKeyForm
    from countersign.usecases.start_sign_in import StartSignIn
    from countersign.usecases.store_connection import StoreConnection


class BrowserUseCases(Workspaces):
    """What the sign-in function takes from."""

    @cached_property
    def browser_leg(self) -> "BrowserLeg":
        """What every leg of the browser must prove."""
        from countersign.usecases.browser_leg import BrowserLeg

        return BrowserLeg(self.sign_ins, self.catalog, self.clock)

    @cached_property
    def open_sign_in(self) -> "OpenSignIn":
        """The link's page."""
        from countersign.usecases.open_sign_in import OpenSignIn

        return OpenSignIn(self.sign_ins, self.catalog, self.pauses, self.settings.proof, self.clock)

    @cached_property
    def start_sign_in(self) -> "StartSignIn":
        """The page's button."""
        from countersign.usecases.start_sign_in import StartSignIn

        return StartSignIn(
            sign_ins=self.sign_ins,
            open_sign_in=self.open_sign_in,
            chat_openid=self.chat_openid,
            go_to_app=self.go_to_app,
            catalog=self.catalog,
            proof=self.settings.proof,
            randomness=self.randomness,
            clock=self.clock,
        )

    @cached_property
    def go_to_app(self) -> "GoToApp":
        """On to the app."""
        from countersign.usecases.go_to_app import GoToApp

        return GoToApp(self.sign_ins, self.authorization, self.randomness, self.clock)

    @cached_property
    def complete_slack_leg(self) -> "CompleteSlackLeg":
        """Back from Slack."""
        from countersign.usecases.complete_slack_leg import CompleteSlackLeg

        return CompleteSlackLeg(
            browser_leg=self.browser_leg,
            sign_ins=self.sign_ins,
            chat_openid=self.chat_openid,
            go_to_app=self.go_to_app,
            show_key_form=self.show_key_form,
            audit=self.audit,
            actions_queue=self.actions_queue,
            clock=self.clock,
        )

    @cached_property
    def complete_app_leg(self) -> "CompleteAppLeg":
        """Back from the app."""
        from countersign.usecases.complete_app_leg import CompleteAppLeg
        from countersign.usecases.find_sites import FindSites

        return CompleteAppLeg(
            browser_leg=self.browser_leg,
            bind_account=self.bind_account,
            authorization=self.authorization,
            # Hurried, so that exchange, sites and identity together end before this function does.
            find_sites=FindSites(self.http.within(QUICK_ANSWER), self.app_settings, self.settings.local),
            identify=self.identify_account,
            settings=self.app_settings,
            audit=self.audit,
            clock=self.clock,
        )

    @cached_property
    def show_key_form(self) -> "ShowKeyForm":
        """The page that asks for a key."""
        from countersign.usecases.show_key_form import ShowKeyForm

        return ShowKeyForm(self.app_settings, self.stand_ins.resolve)

    @cached_property
    def enter_key(self) -> "EnterKey":
        """A key was entered."""
        from countersign.usecases.enter_key import EnterKey

        return EnterKey(
            browser_leg=self.browser_leg,
            show_form=self.show_key_form,
            identify=self.identify_account,
            bind_account=self.bind_account,
            sign_ins=self.sign_ins,
            audit=self.audit,
            randomness=self.randomness,
            clock=self.clock,
        )

    @cached_property
    def identify_account(self) -> "IdentifyAccount":
        """Who signed in there."""
        from countersign.usecases.identify_account import IdentifyAccount

        return IdentifyAccount(self.http, self.app_settings, self.secrets.app, self.clock)

    @cached_property
    def ask_to_confirm(self) -> "AskToConfirm":
        """Both identities, and what may be chosen."""
        from countersign.usecases.ask_to_confirm import AskToConfirm

        return AskToConfirm(self.connections, self.catalog)

    @cached_property
    def bind_account(self) -> "BindAccount":
        """May it be bound."""
        from countersign.usecases.bind_account import BindAccount
        from countersign.usecases.hold_to_policy import HoldToPolicy

        return BindAccount(
            browser_leg=self.browser_leg,
            hold_to_policy=HoldToPolicy(self.catalog, self.audit, self.app_settings),
            ask_to_confirm=self.ask_to_confirm,
            store_connection=self.store_connection,
            sign_ins=self.sign_ins,
            connections=self.connections,
            sealer=self.sealer,
            proof=self.settings.proof,
            clock=self.clock,
        )

    @cached_property
    def hold_in_use(self) -> "HoldInUse":
        """May it be used here."""
        from countersign.usecases.hold_in_use import HoldInUse

        return HoldInUse(self.catalog, self.audit)

    @cached_property
    def store_connection(self) -> "StoreConnection":
        """Binds an account."""
        from countersign.usecases.store_connection import StoreConnection

        return StoreConnection(self.sign_ins, self.connections, self.audit, self.actions_queue, self.clock)

    @cached_property
    def confirm_sign_in(self) -> "ConfirmSignIn":
        """The person's word that both identities are theirs."""
        from countersign.usecases.confirm_sign_in import ConfirmSignIn

        return ConfirmSignIn(
            browser_leg=self.browser_leg,
            ask_to_confirm=self.ask_to_confirm,
            store_connection=self.store_connection,
            sign_ins=self.sign_ins,
            connections=self.connections,
            audit=self.audit,
            clock=self.clock,
        )

    @cached_property
    def send_new_link(self) -> "SendNewLink":
        """Asks for a new link, which goes to chat."""
        from countersign.usecases.send_new_link import SendNewLink

        return SendNewLink(
            sign_ins=self.sign_ins,
            open_sign_in=self.open_sign_in,
            pauses=self.pauses,
            catalog=self.catalog,
            actions_queue=self.actions_queue,
            randomness=self.randomness,
            clock=self.clock,
        )
