"""What a sign-in brought, before it is bound to its person."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from countersign.domain.catalog import App
from countersign.domain.connection import Site
from countersign.domain.oauth import TokenAnswer
from countersign.domain.secret import Secret
from countersign.domain.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens or a key, and what is known of them.

    Attributes:
        scopes: those that the app says it granted, else those asked for.
        expires_at: end of the access token in epoch seconds; None where nobody says.
        sites: where the person can work with it; empty for most apps.
        signed_in_at: when its person was back from the app, or entered the key.
    """

    tokens: Tokens
    signed_in_at: int
    scopes: tuple[str, ...] = ()
    expires_at: int | None = None
    sites: tuple[Site, ...] = field(default=())

    def covering(self, sites: Mapping[Site, str]) -> "Grant":
        """The same with the sites that it covers, and where each one's API is."""
        addresses = {site.id: api_base for site, api_base in sites.items()}
        return replace(self, tokens=replace(self.tokens, sites=addresses), sites=tuple(sites))

    def only(self, sites: tuple[Site, ...]) -> "Grant":
        """The same with no other sites than these: of the others not even the address is kept."""
        kept = {site.id: self.tokens.sites[site.id] for site in sites}
        return replace(self, tokens=replace(self.tokens, sites=kept), sites=sites)


def grant_of(app: App, answer: TokenAnswer, started: int) -> Grant:
    """Of a token endpoint's answer; ``started``: before it was asked, because early is safe and late is not."""
    return Grant(
        tokens=Tokens(answer.access_token, answer.refresh_token, answer.api_base),
        signed_in_at=started,
        scopes=answer.scopes or tuple(app.server.scopes),
        expires_at=None if answer.expires_in is None else started + answer.expires_in,
    )


def grant_of_key(credential: Mapping[str, Secret], entered: int) -> Grant:
    """Of a key that its person entered at that time."""
    return Grant(Tokens(None, None, credential=credential), entered)
