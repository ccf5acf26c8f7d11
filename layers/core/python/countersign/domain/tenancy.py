"""What makes an account one of the deployment's own, where an app's people can bring one of another company. Pure."""

import hashlib
from collections.abc import Mapping

from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.template import Landing, Values, fill


def demanded(app: App, known: Values) -> str:
    """What the app file demands of accounts and sites in this deployment, as one short word; empty: nothing.

    A connection keeps the word that it was held to. Where the file, or a setting in it, says something else since, the
    words differ, and the connection is not used any more: nobody knows whether it would still be let in.

    ``known``: the settings, under the names that queries know them by (``settings.x``). Raises UnknownName.
    """
    sites = app.oauth.sites if app.oauth else None
    rules = [rule for rule in (app.identity.ours, sites.ours if sites else None) if rule]
    said = "\0".join(fill(rule, known, Landing.QUERY) for rule in rules)
    return hashlib.sha256(said.encode()).hexdigest()[:16] if rules else ""


def is_ours(account: Account, app: App, settings: Mapping[str, str]) -> bool:
    """Whether an account met what is demanded now when it signed in. Raises UnknownName for a missing setting."""
    return account.held_to == demanded(app, {f"settings.{name}": value for name, value in settings.items()})
