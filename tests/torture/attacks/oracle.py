"""Says whose account is bound to whom, by the books of the app's own server, not by what our rows say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from countersign.domain.connection import Connection
from countersign.domain.identity import Person
from countersign.domain.token_codec import unpack
from tests.support.sign_in_world import JOSIE, TOM
from tests.support.two_browsers import Stage

OWN: Final[Mapping[Person, str]] = {TOM: "tom@acme.com", JOSIE: "josie@acme.com"}
"""Each person's own account, which is the only one that may ever be theirs."""


@dataclass
class Oracle:
    """Opens what is stored as a worker would, and asks the app's server who acts with it."""

    stage: Stage
    bound: int = 0
    wrong: list[str] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def look(self) -> None:
        """Judge every connection that was not there before."""
        for row in self.stage.world.connections.rows.values():
            if row.sealed.ciphertext + row.sealed.nonce not in self._seen:
                self._seen.add(row.sealed.ciphertext + row.sealed.nonce)
                self.bound += 1
                self._judge(row)

    def _judge(self, row: Connection) -> None:
        token = unpack(self.stage.world.sealer.open(row.sealed, row.owner)).access_token
        acts_as = self.stage.app.whose(token.reveal()) if token else "nobody"
        if {acts_as, row.account.email} != {OWN[row.person]}:
            self.wrong.append(f"{row.person.user_id} acts as {acts_as} and is shown as {row.account.email}")
