"""Recognises that who left is back: then what they made since stays."""

from collections.abc import Callable
from dataclasses import dataclass

from countersign.domain.departure import Departure, Left, Purge
from countersign.domain.errors import ChatRefused
from countersign.domain.identity import Workspace
from countersign.ports.chat import Members
from countersign.ports.stores import InstallationStore
from countersign.ports.system import Clock


@dataclass(frozen=True)
class RecogniseReturn:
    """Asks those who know now, because nothing says when somebody came back.

    ``home``: the workspace of the bot that an operator gave the deployment; no installation is noted for that one.
    Raises StoreUnavailable, ChatUnavailable.
    """

    installations: InstallationStore
    members: Members
    home: Callable[[], Workspace | None]
    clock: Clock

    def __call__(self, departure: Departure) -> bool:
        """Whether who left is there again. Where chat speaks to us no more, nobody is."""
        try:
            if departure.someone is not None:
                return not self.members.is_gone(departure.someone, _where(departure))
            return self._installed(departure)
        except ChatRefused:
            return False

    def rule(self, purge: Purge) -> "WhatGoes":
        """Which of the things that are found go."""
        return WhatGoes(purge, self)

    def _installed(self, departure: Departure) -> bool:
        there = self.installations.get(departure.installation)
        if there is not None and there.live and there.installed_at > departure.at:
            return True
        match departure.left:
            case Left.UNINSTALLED:
                home = self.home()
                return home is not None and home.id == departure.installation
            case Left.WITHDRAWN if departure.organisation is not None:
                whole = Workspace(departure.organisation, departure.organisation)
                return departure.workspace in {each.id for each in self.members.workspaces(whole)}
            case _:
                return False


class WhatGoes:
    """Time decides. What was there before goes; what was made since, as long as nobody is back.

    Chat is asked when such a thing is found, and again for what was made after it was asked last: never for a person
    or a workspace that left nothing behind.
    """

    def __init__(self, purge: Purge, returned: RecogniseReturn) -> None:
        self._departure, self._until = purge.departure, purge.until
        self._returned = returned
        self._asked_at = purge.departure.at
        self._back = False

    def __call__(self, made_at: int) -> bool:
        """Whether what was made then (epoch seconds) goes."""
        if made_at <= self._departure.at:
            return True
        if made_at > self._until:
            return False
        if made_at >= self._asked_at and not self._back:
            self._asked_at = self._returned.clock()
            self._back = self._returned(self._departure)
        return not self._back


def _where(departure: Departure) -> Workspace:
    return Workspace(departure.workspace or departure.tenant, departure.organisation)
