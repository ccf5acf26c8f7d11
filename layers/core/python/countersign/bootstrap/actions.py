"""The use cases of acting and of asking to connect, with their ports filled in."""

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.bootstrap.cards import CardUseCases

if TYPE_CHECKING:
    from countersign.usecases.ask_to_connect import AskToConnect
    from countersign.usecases.begin_sign_in import BeginSignIn
    from countersign.usecases.call_app import CallApp
    from countersign.usecases.conclude import Conclude
    from countersign.usecases.end_action import EndAction
    from countersign.usecases.fill_form import FillForm
    from countersign.usecases.fresh_token import FreshToken
    from countersign.usecases.heed_card import HeedCard
    from countersign.usecases.keep_alive import KeepAlive
    from countersign.usecases.notify_sign_in import NotifySignIn
    from countersign.usecases.perform_step import PerformStep
    from countersign.usecases.recognise_admins import RecogniseAdmins
    from countersign.usecases.recognise_strangers import RecogniseStrangers
    from countersign.usecases.resume_actions import ResumeActions
    from countersign.usecases.run_action import RunAction
    from countersign.usecases.set_aside import SetAside
    from countersign.usecases.start_action import StartAction
    from countersign.usecases.tell_history import TellHistory


class ActionUseCases(CardUseCases):
    """What the actions queue takes from."""

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

        return AskToConnect(self.begin_sign_in, self.messenger, self.people, self.catalog, self.pauses)

    @cached_property
    def notify_sign_in(self) -> "NotifySignIn":
        """Tells a link's person what became of it."""
        from countersign.usecases.notify_sign_in import NotifySignIn

        return NotifySignIn(
            sign_ins=self.sign_ins,
            connections=self.connections,
            messenger=self.messenger,
            catalog=self.catalog,
            ask=self.ask_to_connect,
            is_admin=self.recognise_admins,
            clock=self.clock,
        )

    # --- actions

    @cached_property
    def heed_card(self) -> "HeedCard":
        """What cards demand of whoever acts."""
        from countersign.usecases.cast_vote import CastVote
        from countersign.usecases.compare_record import CompareRecord
        from countersign.usecases.heed_card import HeedCard
        from countersign.usecases.may_decide import MayDecide

        settings = self.settings.app_settings
        return HeedCard(
            cards=self.cards,
            connections=self.connections,
            catalog=self.catalog,
            settings=settings,
            people=self.people,
            may_decide=MayDecide(self.cards, self.people, self.journal),
            cast_vote=CastVote(self.cards, self.show_card, self.journal, self.clock),
            compare=CompareRecord(self.cards, self.catalog, settings, self.call_app, self.perform_step),
            hold_in_use=self.hold_in_use,
        )

    def redirect_uri(self, app: str) -> str:
        """Where an app sends browsers back to."""
        return f"{self.settings.public_url}/oauth/callback/{app}"

    @cached_property
    def call_app(self) -> "CallApp":
        """Calls apps as people."""
        from countersign.usecases.call_app import CallApp

        return CallApp(self.fresh_token, self.connections, self.http, self.catalog, self.app_settings)

    @cached_property
    def fresh_token(self) -> "FreshToken":
        """Tokens that can be used now."""
        from countersign.usecases.fresh_token import FreshToken

        return FreshToken(
            connections=self.connections,
            opener=self.opener,
            authorization=self.authorization,
            catalog=self.catalog,
            settings=self.app_settings,
            redirect_uri=self.redirect_uri,
            clock=self.clock,
            deadline=self.deadline,
            pause=self.pause,
            journal=self.journal,
            worker=self.worker,
        )

    @cached_property
    def keep_alive(self) -> "KeepAlive":
        """Renews what would lapse."""
        from countersign.usecases.keep_alive import KeepAlive

        return KeepAlive(self.connections, self.catalog, self.fresh_token, self.journal, self.clock)

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
            admins=self.settings.admins,
            actions=self.actions,
            cards=self.cards,
            show=self.show_card,
            close_card=self.close_card,
            messenger=self.messenger,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            link=self.stand_ins.resolve,
            audit=self.audit,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def set_aside(self) -> "SetAside":
        """Lets go of actions that can't go on now."""
        from countersign.usecases.set_aside import SetAside

        return SetAside(
            actions=self.actions,
            cards=self.cards,
            connections=self.connections,
            catalog=self.catalog,
            end=self.end_action,
            ask=self.ask_to_connect,
            queue=self.actions_queue,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def conclude(self) -> "Conclude":
        """Ends actions as their last step ended."""
        from countersign.usecases.conclude import Conclude

        return Conclude(
            connections=self.connections,
            settings=self.settings.app_settings,
            end=self.end_action,
            set_aside=self.set_aside,
            clock=self.clock,
        )

    @cached_property
    def run_action(self) -> "RunAction":
        """Runs actions."""
        from countersign.usecases.action_inputs import ActionInputs
        from countersign.usecases.consent import Consent
        from countersign.usecases.find_connections import FindConnections
        from countersign.usecases.hold_record import HoldRecord
        from countersign.usecases.note_decision import NoteDecision
        from countersign.usecases.run_action import RunAction
        from countersign.usecases.settle_doubt import SettleDoubt

        return RunAction(
            actions=self.actions,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            inputs=ActionInputs(self.cards, self.opener),
            find_connections=FindConnections(self.connections, self.catalog, self.pauses, self.hold_in_use, self.clock),
            call_app=self.call_app,
            perform=self.perform_step,
            settle_doubt=SettleDoubt(self.actions, self.perform_step, self.clock),
            note_decision=NoteDecision(self.perform_step, self.catalog, self.clock),
            consent=Consent(self.actions, self.cards, self.clock),
            heed_card=self.heed_card,
            hold_record=HoldRecord(self.actions, self.actions_queue, self.clock),
            end=self.end_action,
            set_aside=self.set_aside,
            conclude=self.conclude,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
            worker=self.worker,
        )

    @cached_property
    def start_action(self) -> "StartAction":
        """From a click to an action."""
        from countersign.usecases.open_answers import OpenAnswers
        from countersign.usecases.start_action import StartAction

        return StartAction(
            actions=self.actions,
            cards=self.cards,
            catalog=self.catalog,
            opener=self.opener,
            answers=OpenAnswers(self.opener),
            messenger=self.messenger,
            audit=self.audit,
            journal=self.journal,
            is_stranger=self.recognise_strangers,
            may_share=self.may_share,
            run=self.run_action,
            end=self.end_action,
            clock=self.clock,
        )

    @cached_property
    def fill_form(self) -> "FillForm":
        """Reads the choices of forms."""
        from countersign.usecases.fill_form import FillForm

        return FillForm(
            cards=self.cards,
            connections=self.connections,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            app_settings=self.app_settings,
            call_app=self.call_app,
            ask=self.ask_to_connect,
            pauses=self.pauses,
            messenger=self.messenger,
            is_stranger=self.recognise_strangers,
            may_share=self.may_share,
            hold_in_use=self.hold_in_use,
            journal=self.journal,
        )

    @cached_property
    def resume_actions(self) -> "ResumeActions":
        """Takes actions up again."""
        from countersign.usecases.flag_shared_account import FlagSharedAccount
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
            flag_shared_account=FlagSharedAccount(
                self.connections, self.sign_ins, self.messenger, self.catalog, self.audit, self.journal, self.clock
            ),
            audit=self.audit,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def tell_history(self) -> "TellHistory":
        """A person's own history."""
        from countersign.usecases.tell_history import TellHistory

        return TellHistory(self.actions, self.cards, self.catalog, self.settings.app_settings, self.messenger)

    @cached_property
    def recognise_admins(self) -> "RecogniseAdmins":
        """Who may look after what is everybody's."""
        from countersign.usecases.recognise_admins import RecogniseAdmins

        return RecogniseAdmins(self.people, self.settings.admins)

    @cached_property
    def recognise_strangers(self) -> "RecogniseStrangers":
        """Ours, or another organisation's."""
        from countersign.usecases.recognise_strangers import RecogniseStrangers

        return RecogniseStrangers(self.people, self.settings.allowed_workspaces, lambda: self.serves_several)
