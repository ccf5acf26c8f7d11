"""The business apps of one sandbox: who is registered where, under which local names, each made when it is asked."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flask import Flask

from sandbox.apps.factory import DESCRIPTIONS, create_app
from sandbox.apps.hosts import local_names
from sandbox.apps.state import EXTENSION, Clock
from sandbox.people import PEOPLE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NO_CLIENT = {"client_id": "", "client_secret": "", "redirect_uri": ""}
"""The registration at an app without OAuth."""


class Apps(Mapping[str, Flask]):
    """The apps that the config registers, and those that need no registration; each is made at its first request."""

    def __init__(self, config: Mapping[str, Any], clock: Clock) -> None:
        given = config.get("apps", {})
        without_oauth = {app_id: NO_CLIENT for app_id, one in DESCRIPTIONS.items() if one.endpoints is None}
        registered = {**without_oauth, **given} if given else {}
        self._registrations = {app_id: registered[app_id] for app_id in DESCRIPTIONS if app_id in registered}
        self._config, self._clock = config, clock
        self._made: dict[str, Flask] = {}
        self._lock = threading.Lock()

    def __getitem__(self, app_id: str) -> Flask:
        """The app; raises `KeyError` for one that isn't served here."""
        with self._lock:
            if app_id not in self._made:
                seconds, hooks = self._config.get("token_seconds", 300), self._config.get("hooks", {})
                registration = self._registrations[app_id]
                self._made[app_id] = create_app(
                    app_id, registration, PEOPLE, self._clock, token_seconds=seconds, hooks=hooks
                )
            return self._made[app_id]

    def __iter__(self) -> Iterator[str]:
        """The ids, in the order in which people see the apps."""
        return iter(self._registrations)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._registrations)

    def by_host(self) -> "dict[str, WSGIApplication]":
        """Local host name → what answers there."""
        return {name: self._answering(app_id) for app_id in self for name in local_names(DESCRIPTIONS[app_id]).values()}

    def at(self, host: str) -> Flask:
        """The app that answers at this local host name; raises `KeyError`."""
        found = (app_id for app_id in self if host in local_names(DESCRIPTIONS[app_id]).values())
        return self[next(found, host)]

    def signed_in_at(self) -> list[str]:
        """The hosts, with their port, at which somebody has signed in with a browser."""
        with self._lock:
            made = list(self._made.values())
        return [host for app in made for host in sorted(app.extensions[EXTENSION].signed_in_at)]

    def _answering(self, app_id: str) -> "WSGIApplication":
        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            return self[app_id](environ, start_response)

        return answer
