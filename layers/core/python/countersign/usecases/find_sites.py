"""Asks an app which of its places a new grant covers."""

from collections.abc import Mapping
from dataclasses import dataclass

from countersign.domain.catalog import App
from countersign.domain.connection import Site
from countersign.domain.hidden import hidden_credentials, without
from countersign.domain.hosts import allowed_hosts
from countersign.domain.operation import with_token
from countersign.domain.secret import Secret
from countersign.domain.sites import read_sites, sites_request
from countersign.ports.apps import AppSettings, Http


@dataclass(frozen=True)
class FindSites:
    """``local``: whether this is a laptop's stack, where an app may live on loopback."""

    http: Http
    settings: AppSettings
    local: bool

    def __call__(self, app: App, access_token: Secret) -> Mapping[Site, str]:
        """Where the API of each site is; none for an app without sites. Raises AppUnavailable, NoSites, TooLarge."""
        sites = app.server.sites
        if sites is None:
            return {}
        settings = self.settings(app.id)
        hosts = allowed_hosts(app, settings)
        answer = self.http.send(with_token(sites_request(app, sites, settings), access_token), hosts)
        answer = without(answer, hidden_credentials(app, access_token, {}))
        return read_sites(app, sites, answer, hosts, settings, local=self.local)
