"""The use cases of what is shown on cards, with their ports filled in."""

from functools import cached_property
from typing import TYPE_CHECKING

from countersign.bootstrap.browser import BrowserUseCases

if TYPE_CHECKING:
    from countersign.usecases.close_card import CloseCard
    from countersign.usecases.follow_channel import FollowChannel
    from countersign.usecases.may_share import MayShare
    from countersign.usecases.show_card import ShowCard
    from countersign.usecases.tell_requester import TellRequester


class CardUseCases(BrowserUseCases):
    """What cards show, and who is told of it."""

    @cached_property
    def show_card(self) -> "ShowCard":
        """Draws cards."""
        from countersign.usecases.show_card import ShowCard

        return ShowCard(
            messenger=self.messenger,
            cards=self.cards,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            link=self.stand_ins.resolve,
            journal=self.journal,
        )

    @cached_property
    def tell_requester(self) -> "TellRequester":
        """Tells who asked how it ended."""
        from countersign.usecases.tell_requester import TellRequester

        return TellRequester(
            cards=self.cards,
            people=self.people,
            messenger=self.messenger,
            catalog=self.catalog,
            settings=self.settings.app_settings,
            link=self.stand_ins.resolve,
            journal=self.journal,
            clock=self.clock,
            deadline=self.deadline,
        )

    @cached_property
    def close_card(self) -> "CloseCard":
        """Shows on cards how actions ended."""
        from countersign.usecases.close_card import CloseCard

        return CloseCard(self.cards, self.catalog, self.show_card, self.tell_requester)

    @cached_property
    def follow_channel(self) -> "FollowChannel":
        """Notes where channels went."""
        from countersign.usecases.follow_channel import FollowChannel

        return FollowChannel(self.cards, self.journal, self.clock)

    @cached_property
    def may_share(self) -> "MayShare":
        """Who may act with what is everybody's."""
        from countersign.usecases.may_share import MayShare

        return MayShare(self.people, self.audit)
