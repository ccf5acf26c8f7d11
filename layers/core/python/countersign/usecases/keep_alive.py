"""Renews the tokens of a connection that nobody uses, before they lapse."""

from dataclasses import dataclass, replace

from countersign.domain.catalog import Catalog
from countersign.domain.connection import Connection, Status
from countersign.domain.errors import AppError, LeaseBusy, SignInNeeded
from countersign.domain.identity import Person
from countersign.domain.upkeep import renew_at
from countersign.ports.stores import ConnectionStore
from countersign.ports.system import Clock, Journal
from countersign.usecases.fresh_token import FreshToken


@dataclass(frozen=True)
class KeepAlive:
    """One refresh, under the lease that every refresh has. What fails is due again in an hour, as it was planned.

    Raises StoreUnavailable.
    """

    connections: ConnectionStore
    catalog: Catalog
    fresh_token: FreshToken
    journal: Journal
    clock: Clock

    def __call__(self, owner: Person, app_id: str) -> None:
        """Renew the owner's connection if it is still to be renewed: somebody may have used it meanwhile."""
        connection, app = self.connections.get(owner, app_id), self.catalog.apps.get(app_id)
        if connection is None or app is None or connection.status is not Status.LIVE:
            return
        due = renew_at(connection, app.oauth)
        if due is None or due > self.clock():
            return
        try:
            self._renew(connection)
        except LeaseBusy:
            return  # another worker is at it
        except SignInNeeded:
            self.journal("renewal", app=app_id, outcome="ended")
        except AppError as error:
            self.journal("renewal", app=app_id, outcome=error.code)

    def _renew(self, connection: Connection) -> None:
        now, tokens = self.fresh_token(connection)
        if now.version == connection.version:
            if tokens.refresh_token is None:
                self.connections.plan_upkeep(replace(connection, upkeep_at=None))
                return
            if now.refresh_sent:
                return  # in doubt: the access token is used to its end before the refresh token is tried again
            self.fresh_token(connection, renew=True)
        self.journal("renewal", app=connection.app, outcome="renewed")
