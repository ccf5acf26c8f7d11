"""Every use case with its ports filled in."""

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from countersign.adapters import system
from countersign.bootstrap.browser import BrowserUseCases
from countersign.config import Settings

if TYPE_CHECKING:
    from countersign.usecases.ask_to_connect import AskToConnect
    from countersign.usecases.begin_sign_in import BeginSignIn
    from countersign.usecases.call_app import CallApp
    from countersign.usecases.converse import Converse
    from countersign.usecases.end_action import EndAction
    from countersign.usecases.end_grant import EndGrant
    from countersign.usecases.keep_house import KeepHouse
    from countersign.usecases.notify_sign_in import NotifySignIn
    from countersign.usecases.perform_step import PerformStep
    from countersign.usecases.post_card import PostCard
    from countersign.usecases.receive_interaction import ReceiveInteraction
    from countersign.usecases.recognise_strangers import RecogniseStrangers
    from countersign.usecases.resume_actions import ResumeActions
    from countersign.usecases.revoke import Revoke
    from countersign.usecases.revoke_leftover import RevokeLeftover
    from countersign.usecases.run_action import RunAction
    from countersign.usecases.show_card import ShowCard
    from countersign.usecases.start_action import StartAction
    from countersign.usecases.tell_history import TellHistory

COMMAND: Final = "/countersign"


class Container(BrowserUseCases):
    """What the entrypoints take from. A function makes only what its own entrypoint asks for."""

    # --- Slack's requests

    @cached_property
    def receive_interaction(self) -> "ReceiveInteraction":
        """What the Slack function does with a proved interaction."""
        from countersign.usecases.receive_interaction import ReceiveInteraction

        return ReceiveInteraction(
            catalog=lambda: self.catalog,
            messenger=self.hasty_messenger,
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

    # --- actions

    @cached_property
    def show_card(self) -> "ShowCard":
        """Draws cards."""
        from countersign.usecases.show_card import ShowCard

        return ShowCard(self.messenger, self.catalog, self.settings.app_settings, self.stand_ins.resolve, self.journal)

    @cached_property
    def call_app(self) -> "CallApp":
        """Calls apps as people."""
        from countersign.usecases.call_app import CallApp
        from countersign.usecases.fresh_token import FreshToken

        fresh_token = FreshToken(
            connections=self.connections,
            opener=self.opener,
            authorization=self.authorization,
            catalog=self.catalog,
            redirect_uri=lambda app: f"{self.settings.public_url}/oauth/callback/{app}",
            clock=self.clock,
            deadline=self.deadline,
            pause=self.pause,
            worker=self.worker,
        )
        return CallApp(fresh_token, self.connections, self.http, self.catalog, self.app_settings)

    @cached_property
    def perform_step(self) -> "PerformStep":
        """Takes the steps of recipes."""
        from countersign.usecases.perform_step import PerformStep

        return PerformStep(self.actions, self.call_app, self.catalog, self.app_settings, self.clock, self.deadline)

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
        from countersign.usecases.hold_record import HoldRecord
        from countersign.usecases.run_action import RunAction
        from countersign.usecases.settle_doubt import SettleDoubt

        return RunAction(
            actions=self.actions,
            cards=self.cards,
            connections=self.connections,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            opener=self.opener,
            call_app=self.call_app,
            perform=self.perform_step,
            settle_doubt=SettleDoubt(self.actions, self.perform_step),
            hold_record=HoldRecord(self.actions, self.actions_queue, self.clock),
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
            journal=self.journal,
            is_stranger=self.recognise_strangers,
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
            audit=self.audit,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def tell_history(self) -> "TellHistory":
        """A person's own history."""
        from countersign.usecases.tell_history import TellHistory

        return TellHistory(self.actions, self.catalog, self.messenger)

    @cached_property
    def recognise_strangers(self) -> "RecogniseStrangers":
        """Ours, or another organisation's."""
        from countersign.usecases.recognise_strangers import RecogniseStrangers

        return RecogniseStrangers(self.people, self.settings.allowed_workspaces)

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
            is_stranger=self.recognise_strangers,
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
            end_grant=self.end_grant,
            catalog=self.catalog,
            account_url=self.account_url,
            messenger=self.messenger,
            audit=self.audit,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def end_grant(self) -> "EndGrant":
        """Revocation, as app files have it."""
        from countersign.usecases.end_grant import EndGrant

        return EndGrant(self.authorization)

    @cached_property
    def revoke_leftover(self) -> "RevokeLeftover":
        """Ends tokens that nobody uses."""
        from countersign.usecases.revoke_leftover import RevokeLeftover

        return RevokeLeftover(
            connections=self.connections,
            sign_ins=self.sign_ins,
            opener=self.opener,
            end_grant=self.end_grant,
            catalog=self.catalog,
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
            people=self.people,
            settings=self.settings.app_settings,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
            pause=self.pause,
        )

    @cached_property
    def keep_house(self) -> "KeepHouse":
        """What is due."""
        from countersign.usecases.keep_house import KeepHouse

        return KeepHouse(
            connections=self.connections,
            actions=self.actions,
            sign_ins=self.sign_ins,
            queue=self.actions_queue,
            revoke=self.revoke,
            leftover=self.revoke_leftover,
            end=self.end_action,
            notify=self.notify_sign_in,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
        )


@cache
def container() -> Container:
    """This process's container, with its logs started. Functions ask for it at init: then Lambda gives a full CPU."""
    from countersign.adapters.logging import configure

    settings = Settings(system.environment())
    configure(settings.get("LOG_LEVEL", "INFO"))
    return Container(settings)
