"""Every use case with its ports filled in."""

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final

from countersign.adapters import system
from countersign.bootstrap.leaving import LeavingUseCases
from countersign.config import Settings

if TYPE_CHECKING:
    from countersign.usecases.converse import Converse
    from countersign.usecases.end_grant import EndGrant
    from countersign.usecases.keep_cards import KeepCards
    from countersign.usecases.keep_house import KeepHouse
    from countersign.usecases.post_card import PostCard
    from countersign.usecases.receive_interaction import ReceiveInteraction
    from countersign.usecases.record_surely import RecordLate
    from countersign.usecases.revoke import Revoke
    from countersign.usecases.revoke_leftover import RevokeLeftover
    from countersign.usecases.seal_answers import SealAnswers
    from countersign.usecases.tell_unreadable import TellUnreadable

COMMAND: Final = "/countersign"


class Container(LeavingUseCases):
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
            seal_answers=lambda: self.seal_answers,
        )

    @cached_property
    def seal_answers(self) -> "SealAnswers":
        """What is secret in a form leaves the Slack function sealed."""
        from countersign.usecases.seal_answers import SealAnswers

        return SealAnswers(self.hasty_sealer)

    # --- connections

    @cached_property
    def converse(self) -> "Converse":
        """Answers about connections, and help."""
        from countersign.usecases.administer import Administer
        from countersign.usecases.converse import Converse
        from countersign.usecases.disconnect import Disconnect
        from countersign.usecases.forget_me import ForgetMe
        from countersign.usecases.hear_code import HearCode
        from countersign.usecases.list_connections import ListConnections
        from countersign.usecases.show_admin import ShowAdmin

        disconnect = Disconnect(self.connections, self.actions_queue, self.catalog, self.audit, self.clock)
        return Converse(
            hear_code=HearCode(self.sign_ins, self.audit, self.clock),
            list_connections=ListConnections(
                self.connections, self.catalog, self.people, self.pauses, self.recognise_admins
            ),
            is_admin=self.recognise_admins,
            sign_ins=self.sign_ins,
            catalog=self.catalog,
            messenger=self.messenger,
            ask=self.ask_to_connect,
            disconnect=disconnect,
            administer=Administer(
                pauses=self.pauses,
                catalog=self.catalog,
                queue=self.actions_queue,
                is_admin=self.recognise_admins,
                audit=self.audit,
                clock=self.clock,
            ),
            show_admin=ShowAdmin(
                self.census, self.failures, self.pauses, self.catalog, self.recognise_admins, self.clock
            ),
            forget_me=ForgetMe(self.actions_queue, self.clock),
            is_stranger=self.recognise_strangers,
            clock=self.clock,
            command=COMMAND,
        )

    @cached_property
    def tell_unreadable(self) -> "TellUnreadable":
        """A stored row that can't be read stood in somebody's way."""
        from countersign.usecases.tell_unreadable import TellUnreadable

        return TellUnreadable(self.messenger)

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

        return EndGrant(self.authorization, self.redirect_uri, self.clock)

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
            audit=self.audit,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def record_late(self) -> "RecordLate":
        """Writes events that the audit trail could not take before."""
        from countersign.usecases.record_surely import RecordLate

        return RecordLate(self.audit_trail)

    # --- cards and the house

    @cached_property
    def post_card(self) -> "PostCard":
        """Posts cards for hooks."""
        from countersign.usecases.post_card import PostCard

        return PostCard(
            cards=self.cards,
            show=self.show_card,
            tell=self.tell_requester,
            people=self.people,
            workspace=self.find_workspace,
            settings=self.settings.app_settings,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
            pause=self.pause,
        )

    @cached_property
    def keep_cards(self) -> "KeepCards":
        """Reminds, and lets cards expire."""
        from countersign.usecases.keep_cards import KeepCards

        return KeepCards(
            cards=self.cards,
            actions=self.actions,
            show=self.show_card,
            tell=self.tell_requester,
            end=self.end_action,
            people=self.people,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            journal=self.journal,
            clock=self.clock,
        )

    @cached_property
    def keep_house(self) -> "KeepHouse":
        """What is due."""
        from countersign.usecases.keep_house import KeepHouse
        from countersign.usecases.look_after import LookAfter

        return KeepHouse(
            connections=self.connections,
            actions=self.actions,
            sign_ins=self.sign_ins,
            cards=self.cards,
            queue=self.actions_queue,
            revoke=self.revoke,
            leftover=self.revoke_leftover,
            end=self.end_action,
            notify=self.notify_sign_in,
            look_after=LookAfter(
                connections=self.connections,
                catalog=self.catalog,
                queue=self.actions_queue,
                messenger=self.messenger,
                journal=self.journal,
                clock=self.clock,
            ),
            keep_cards=self.keep_cards,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
        )


@cache
def container(*, hasty: bool = False) -> Container:
    """This process's container, with its logs started. Functions ask for it at init: then Lambda gives a full CPU.

    ``hasty``: for a function that must answer Slack itself within three seconds.
    """
    settings = Settings(system.environment())
    level = settings.get("LOG_LEVEL", "INFO")
    if hasty:
        from countersign.adapters.log_lines import write_plainly

        write_plainly(level)
    else:
        from countersign.adapters.logging import configure

        configure(level)
    return Container(settings)
