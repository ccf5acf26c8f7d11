"""The use cases of leaving, with their ports filled in."""

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.bootstrap.actions import ActionUseCases

if TYPE_CHECKING:
    from countersign.ports.chat import Members
    from countersign.ports.stores import Belongings
    from countersign.usecases.clear_up import ClearUp
    from countersign.usecases.cut_app_off import CutAppOff
    from countersign.usecases.cut_connection import CutConnection
    from countersign.usecases.off_board import OffBoard
    from countersign.usecases.sweep_members import SweepMembers


class LeavingUseCases(ActionUseCases):
    """What happens when a person or a workspace goes."""

    @cached_property
    def belongings(self) -> "Belongings":
        """What came through a workspace."""
        from countersign.adapters.dynamodb.belongings import DynamoBelongings

        tables = (self._table(name) for name in ("CONNECTIONS_TABLE", "SIGN_INS_TABLE", "CARDS_TABLE"))
        return DynamoBelongings(*tables)

    @cached_property
    def members(self) -> "Members":
        """Who belongs to a workspace."""
        from countersign.adapters.slack.members import SlackMembers

        return SlackMembers(self.slack_api)

    @cached_property
    def off_board(self) -> "OffBoard":
        """Takes note that somebody left."""
        from countersign.usecases.off_board import OffBoard

        return OffBoard(self.installations, self.bot_connections, self.actions_queue, self.audit, self.clock)

    @cached_property
    def clear_up(self) -> "ClearUp":
        """Clears up what they leave."""
        from countersign.usecases.clear_up import ClearUp
        from countersign.usecases.recognise_return import RecogniseReturn
        from countersign.usecases.report_departure import ReportDeparture

        return ClearUp(
            belongings=self.belongings,
            connections=self.connections,
            cut=self.cut_connection,
            sign_ins=self.sign_ins,
            actions=self.actions,
            cards=self.cards,
            end=self.end_action,
            returned=RecogniseReturn(self.installations, self.members, self.home, self.clock),
            report=ReportDeparture(self.messenger, self.members, self.settings.admins, self.journal),
            queue=self.actions_queue,
            randomness=self.randomness,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
        )

    @cached_property
    def cut_connection(self) -> "CutConnection":
        """Cuts connections on somebody else's word."""
        from countersign.usecases.cut_connection import CutConnection

        return CutConnection(self.connections, self.actions_queue, self.journal, self.clock)

    @cached_property
    def cut_app_off(self) -> "CutAppOff":
        """Cuts everybody's."""
        from countersign.usecases.cut_app_off import CutAppOff

        return CutAppOff(
            census=self.census,
            cut=self.cut_connection,
            catalog=self.catalog,
            queue=self.actions_queue,
            messenger=self.messenger,
            audit=self.audit,
            clock=self.clock,
            deadline=self.deadline,
        )

    @cached_property
    def sweep_members(self) -> "SweepMembers":
        """Finds who left unnoticed."""
        from countersign.usecases.sweep_members import SweepMembers

        return SweepMembers(
            installations=self.installations,
            members=self.members,
            connections=self.connections,
            sign_ins=self.sign_ins,
            home=self.home,
            queue=self.actions_queue,
            randomness=self.randomness,
            journal=self.journal,
            clock=self.clock,
        )
