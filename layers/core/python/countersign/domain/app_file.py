"""An app file as plain data: where an app is.

How one signs in there is ``domain.app_sign_in``, what can be done is ``domain.app_operation``.
What *template* and *query* mean is said in ``domain.catalog``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from countersign.domain.app_operation import Operation
from countersign.domain.app_sign_in import Credential, Identity, OAuth
from countersign.domain.errors import ConfigurationError


class ActsAs(StrEnum):
    """Whose rights an app's token carries."""

    PERSON = "person"
    APP = "app"


@dataclass(frozen=True, slots=True)
class App:
    """One business app: where it is, how one signs in, what can be done there.

    Attributes:
        settings: per-deployment setting → pattern it must match.
        oauth, credential: how one signs in; exactly one of the two is there.
        hosts: templates of every host that may be called or linked to; ``*.`` allowed as the first label.
        account_url: template of the page where a person removes access by hand, shown where there is no revocation.
        api_base: template of the API's address, where the token answer does not name it (``oauth.api_base``).
        token_rejected: query that tells a 401 for a bad token from a 401 that means "you may not"; None: every 401 is
            a bad token. Where the app takes a key, over every answer.
    """

    id: str
    name: str
    acts_as: ActsAs
    settings: Mapping[str, str]
    hosts: Sequence[str]
    oauth: OAuth | None
    identity: Identity
    operations: Mapping[str, Operation]
    account_url: str | None
    api_base: str | None = None
    token_rejected: str | None = None
    credential: Credential | None = None

    @property
    def server(self) -> OAuth:
        """Its authorization server. Raises ConfigurationError for an app that takes a key of each person's instead."""
        if self.oauth is None:
            raise ConfigurationError(f"{self.id}: there is no OAuth at this app")
        return self.oauth

    @property
    def stepped_up(self) -> "App":
        """The same, asked to make sure again who signs in, as far as it can be."""
        if self.oauth is None:
            return self
        parameters = {**self.oauth.authorization_parameters, **self.oauth.step_up_parameters}
        return replace(self, oauth=replace(self.oauth, authorization_parameters=parameters))

    @property
    def asks_who(self) -> bool:
        """Whether the app itself shows who signs in; a key says nothing of who entered it."""
        return self.oauth is not None and self.oauth.asks_who
