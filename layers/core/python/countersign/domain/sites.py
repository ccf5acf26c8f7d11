"""The places that one grant covers (Atlassian's sites, DocuSign's accounts): asked for, read, and held to the hosts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from countersign.domain.answer import is_success, trouble
from countersign.domain.app_sign_in import Sites
from countersign.domain.app_text import clean
from countersign.domain.catalog import App
from countersign.domain.connection import Site
from countersign.domain.errors import AppUnavailable, HostNotAllowed, NoSites
from countersign.domain.hosts import require_allowed
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.operation import app_values, filled
from countersign.domain.query import ask, ask_text, holds
from countersign.domain.template import Values

MOST: Final = 100
"""Sites that are offered: more than anybody reads, and few enough for a row of the store."""
_ID_LIMIT, _NAME_LIMIT, _ADDRESS_LIMIT = 200, 100, 500


def sites_request(app: App, sites: Sites, settings: Mapping[str, str]) -> HttpRequest:
    """Asks for them. Raises ConfigurationError."""
    return filled(sites.request, app_values(app, settings, None, {}))


def read_sites(
    app: App,
    sites: Sites,
    answer: HttpAnswer,
    hosts: Sequence[str],
    settings: Mapping[str, str],
    *,
    local: bool,
) -> Mapping[Site, str]:
    """Where the API of each site is, in the app's own order, at most ``MOST``.

    A site without an id, or whose API lies outside the app's hosts, is not offered: nothing is ever sent there. Nor is
    one that is not the deployment's own: people can make sites of their own, with records of the same names in them.

    Raises:
        AppUnavailable: the app gave no usable answer.
        NoSites: there is none to choose from.
        ConfigurationError: a setting is missing.
    """
    if trouble(app, answer) or not is_success(answer.status):
        raise AppUnavailable(f"{app.id}: the list of sites answered {answer.status}")
    found: dict[str, tuple[Site, str]] = {}
    listed, known = ask(sites.list, answer.body), app_values(app, settings, None, {})
    for one in listed if isinstance(listed, list) else []:
        read = _read(sites, one, hosts, local=local) if _is_ours(sites, one, known) else None
        if read is not None and len(found) < MOST:
            found.setdefault(read[0].id, read)
    if not found:
        raise NoSites(f"{app.id}: no usable site among {len(listed) if isinstance(listed, list) else 'none'}")
    return dict(found.values())


def _is_ours(sites: Sites, one: Any, known: Values) -> bool:
    return sites.ours is None or holds(sites.ours, one, known)


def _read(sites: Sites, one: Any, hosts: Sequence[str], *, local: bool) -> tuple[Site, str] | None:
    site_id, api_base = ask_text(sites.id, one), ask_text(sites.api_base, one)
    if not site_id or not api_base or len(site_id) > _ID_LIMIT or len(api_base) > _ADDRESS_LIMIT:
        return None
    try:
        require_allowed(api_base, hosts, local=local)
    except HostNotAllowed:
        return None
    name = clean(ask_text(sites.name, one) or "", _NAME_LIMIT)
    return Site(site_id, name or clean(site_id, _NAME_LIMIT)), api_base
