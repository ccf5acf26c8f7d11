"""Every use case with its ports filled in."""

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from countersign.adapters import system
from countersign.bootstrap.adapters import Adapters
from countersign.config import Settings

if TYPE_CHECKING:
    from countersign.usecases.ask_to_connect import AskToConnect
    from countersign.usecases.begin_sign_in import BeginSignIn
    from countersign.usecases.bind_account import BindAccount
    from countersign.usecases.browser_leg import BrowserLeg
    from countersign.usecases.complete_app_leg import CompleteAppLeg
    from countersign.usecases.complete_slack_leg import CompleteSlackLeg
    from countersign.usecases.confirm_sign_in import ConfirmSignIn
    from countersign.usecases.converse import Converse
    from countersign.usecases.end_action import EndAction
    from countersign.usecases.keep_house import KeepHouse
    from countersign.usecases.notify_sign_in import NotifySignIn
    from countersign.usecases.open_sign_in import OpenSignIn
    from countersign.usecases.perform_step import PerformStep
    from countersign.usecases.post_card import PostCard
    from countersign.usecases.receive_interaction import ReceiveInteraction
    from countersign.usecases.resume_actions import ResumeActions
    from countersign.usecases.revoke import Revoke
    from countersign.usecases.run_action import RunAction
    from countersign.usecases.send_new_link import SendNewLink
    from countersign.usecases.show_card import ShowCard
    from countersign.usecases.start_action import StartAction
    from countersign.usecases.start_sign_in import StartSignIn
    from countersign.usecases.store_connection import StoreConnection
    from countersign.usecases.tell_history import TellHistory

COMMAND: Final = "/countersign"


class Container(Adapters):
    """What the entrypoints take from. A function makes only what its own entrypoint asks for."""

    # --- Slack's requests

    @cached_property
    def receive_interaction(self) -> "ReceiveInteraction":
        """What the Slack function does with a proved interaction."""
        from countersign.usecases.receive_interaction import ReceiveInteraction

        return ReceiveInteraction(
            catalog=lambda: self.catalog,
            messenger=self.messenger,
            actions=self.actions_queue,
            connections=self.connections_queue,
        )

    # --- sign-in, in chat

    @cached_property
    def begin_sign_in(self) -> "BeginSignIn":
        """Makes a link."""
        from countersign.usecases.begin_sign_in import BeginSignIn

        return BeginSignIn(self.sign_ins, self.randomness, self.clock, self.settings.public_url)

    @cached_property
    def ask_to_connect(self) -> "AskToConnect":
        """Whispers a link."""
        from countersign.usecases.ask_to_connect import AskToConnect

        return AskToConnect(self.begin_sign_in, self.messenger, self.people, self.catalog)

    @cached_property
    def notify_sign_in(self) -> "NotifySignIn":
        """Tells a link's person what became of it."""
        from countersign.usecases.notify_sign_in import NotifySignIn

        return NotifySignIn(self.sign_ins, self.messenger, self.catalog, self.ask_to_connect)

    # --- sign-in, in the browser

    @cached_property
    def browser_leg(self) -> "BrowserLeg":
        """What every leg of the browser must prove."""
        from countersign.usecases.browser_leg import BrowserLeg

        return BrowserLeg(self.sign_ins, self.catalog, self.clock)

    @cached_property
    def open_sign_in(self) -> "OpenSignIn":
        """The link's page."""
        from countersign.usecases.open_sign_in import OpenSignIn

        return OpenSignIn(self.sign_ins, self.catalog, self.clock)

    @cached_property
    def start_sign_in(self) -> "StartSignIn":
        """The page's button."""
        from countersign.usecases.start_sign_in import StartSignIn

        return StartSignIn(self.sign_ins, self.open_sign_in, self.chat_openid, self.randomness, self.clock)

    @cached_property
    def complete_slack_leg(self) -> "CompleteSlackLeg":
        """Back from Slack."""
        from countersign.usecases.complete_slack_leg import CompleteSlackLeg

        return CompleteSlackLeg(
            browser_leg=self.browser_leg,
            sign_ins=self.sign_ins,
            chat_openid=self.chat_openid,
            authorization=self.authorization,
            audit=self.audit,
            actions_queue=self.actions_queue,
            randomness=self.randomness,
            clock=self.clock,
        )

    @cached_property
    def complete_app_leg(self) -> "CompleteAppLeg":
        """Back from the app."""
        from countersign.usecases.complete_app_leg import CompleteAppLeg

        return CompleteAppLeg(
            browser_leg=self.browser_leg,
            bind_account=self.bind_account,
            authorization=self.authorization,
            connections=self.connections,
            settings=self.app_settings,
            audit=self.audit,
            clock=self.clock,
        )

    @cached_property
    def bind_account(self) -> "BindAccount":
        """Who signed in there, and may it be bound."""
        from countersign.usecases.bind_account import BindAccount
        from countersign.usecases.identify_account import IdentifyAccount

        return BindAccount(
            browser_leg=self.browser_leg,
            identify=IdentifyAccount(self.http, self.app_settings),
            store_connection=self.store_connection,
            sign_ins=self.sign_ins,
            connections=self.connections,
            sealer=self.sealer,
            clock=self.clock,
        )

    @cached_property
    def store_connection(self) -> "StoreConnection":
        """Binds an account."""
        from countersign.usecases.store_connection import StoreConnection

        return StoreConnection(self.sign_ins, self.connections, self.audit, self.actions_queue, self.clock)

    @cached_property
    def confirm_sign_in(self) -> "ConfirmSignIn":
        """The person's word that both identities are theirs."""
        from countersign.usecases.confirm_sign_in import ConfirmSignIn

        return ConfirmSignIn(self.browser_leg, self.store_connection, self.connections, self.audit)

    @cached_property
    def send_new_link(self) -> "SendNewLink":
        """Asks for a new link, which goes to chat."""
        from countersign.usecases.send_new_link import SendNewLink

        return SendNewLink(
            sign_ins=self.sign_ins,
            open_sign_in=self.open_sign_in,
            catalog=self.catalog,
            actions_queue=self.actions_queue,
            randomness=self.randomness,
            clock=self.clock,
        )

    # --- actions

    @cached_property
    def show_card(self) -> "ShowCard":
        """Draws cards."""
        from countersign.usecases.show_card import ShowCard

        return ShowCard(self.messenger, self.catalog, self.settings.app_settings, self.stand_ins.resolve, self.journal)

    @cached_property
    def perform_step(self) -> "PerformStep":
        """Calls apps as people."""
        from countersign.usecases.call_app import CallApp
        from countersign.usecases.fresh_token import FreshToken
        from countersign.usecases.perform_step import PerformStep

        fresh_token = FreshToken(
            connections=self.connections,
            opener=self.opener,
            authorization=self.authorization,
            catalog=self.catalog,
            redirect_uri=lambda app: f"{self.settings.public_url}/oauth/callback/{app}",
            clock=self.clock,
            deadline=self.deadline,
            worker=self.worker,
        )
        call_app = CallApp(fresh_token, self.connections, self.http, self.catalog, self.app_settings)
        return PerformStep(self.actions, call_app, self.catalog, self.app_settings, self.clock)

    @cached_property
    def end_action(self) -> "EndAction":
        """Ends actions."""
        from countersign.usecases.end_action import EndAction

        return EndAction(
            actions=self.actions,
            cards=self.cards,
            show=self.show_card,
            messenger=self.messenger,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            link=self.stand_ins.resolve,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def run_action(self) -> "RunAction":
        """Runs actions."""
        from countersign.usecases.run_action import RunAction
        from countersign.usecases.settle_doubt import SettleDoubt

        return RunAction(
            actions=self.actions,
            cards=self.cards,
            connections=self.connections,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            opener=self.opener,
            perform=self.perform_step,
            settle_doubt=SettleDoubt(self.actions, self.perform_step),
            end=self.end_action,
            ask=self.ask_to_connect,
            queue=self.actions_queue,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
            worker=self.worker,
        )

    @cached_property
    def start_action(self) -> "StartAction":
        """From a click to an action."""
        from countersign.usecases.start_action import StartAction

        return StartAction(
            actions=self.actions,
            cards=self.cards,
            catalog=self.catalog,
            opener=self.opener,
            messenger=self.messenger,
            audit=self.audit,
            run=self.run_action,
            end=self.end_action,
            clock=self.clock,
        )

    @cached_property
    def resume_actions(self) -> "ResumeActions":
        """Takes actions up again."""
        from countersign.usecases.resume_actions import ResumeActions

        return ResumeActions(
            actions=self.actions,
            cards=self.cards,
            connections=self.connections,
            sign_ins=self.sign_ins,
            catalog=self.catalog,
            opener=self.opener,
            messenger=self.messenger,
            queue=self.actions_queue,
            run=self.run_action,
            end=self.end_action,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def tell_history(self) -> "TellHistory":
        """A person's own history."""
        from countersign.usecases.tell_history import TellHistory

        return TellHistory(self.actions, self.catalog, self.messenger)

    # --- connections

    @cached_property
    def converse(self) -> "Converse":
        """Answers about connections, and help."""
        from countersign.usecases.converse import Converse
        from countersign.usecases.disconnect import Disconnect

        disconnect = Disconnect(self.connections, self.actions_queue, self.catalog, self.journal, self.clock)
        return Converse(
            connections=self.connections,
            sign_ins=self.sign_ins,
            catalog=self.catalog,
            messenger=self.messenger,
            ask=self.ask_to_connect,
            disconnect=disconnect,
            clock=self.clock,
            command=COMMAND,
        )

    @cached_property
    def revoke(self) -> "Revoke":
        """Ends connections at their apps."""
        from countersign.usecases.revoke import Revoke

        return Revoke(
            connections=self.connections,
            opener=self.opener,
            authorization=self.authorization,
            catalog=self.catalog,
            account_url=self.account_url,
            messenger=self.messenger,
            audit=self.audit,
            journal=self.journal,
            clock=self.clock,
        )

    # --- cards and the house

    @cached_property
    def post_card(self) -> "PostCard":
        """Posts cards for hooks."""
        from countersign.usecases.post_card import PostCard

        return PostCard(
            cards=self.cards,
            show=self.show_card,
            messenger=self.messenger,
            people=self.people,
            settings=self.settings.app_settings,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def keep_house(self) -> "KeepHouse":
        """What is due."""
        from countersign.usecases.keep_house import KeepHouse

        return KeepHouse(
            connections=self.connections,
            actions=self.actions,
            sign_ins=self.sign_ins,
            opener=self.opener,
            queue=self.actions_queue,
            revoke=self.revoke,
            end=self.end_action,
            notify=self.notify_sign_in,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
        )


@cache
def container() -> Container:
    """This process's container."""
    return Container(Settings(system.environment()))
