"""An app's REST calls as data, and how they get into its Flask app."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request

from sandbox.apps.accounts import Directory
from sandbox.apps.bearer import bearer_caller
from sandbox.apps.hosts import meant_for
from sandbox.apps.record_pages import record_page
from sandbox.apps.records import Records
from sandbox.apps.rest.board import AddForApproval, Board, Page
from sandbox.apps.rest.call import Answer, Call, Route
from sandbox.apps.rest.problem import Problem
from sandbox.apps.rest.store import Record, Store
from sandbox.apps.state import AppState


def _nothing(_store: Store, _directory: Directory) -> None:
    """No records at the start."""


@dataclass(frozen=True)
class Api:
    """Everything an app does beside OAuth: the `install` of an `AppDescription`.

    Attributes:
        routes: The vendor's calls.
        problem: How the vendor words a refusal.
        new_id: The vendor's id of the n-th record (from 1) of a kind.
        name: What the audit calls a record.
        seed: The records at the start.
        pages: The pages of records that people decide or look at.
        add_for_approval: Makes one more record to decide, for tests and demos.
        host: The vendor's host of every route that doesn't name another.
    """

    routes: Sequence[Route]
    problem: Callable[[Problem], Answer]
    new_id: Callable[[str, int], str]
    name: Callable[[Record], str] = lambda record: record.id
    seed: Callable[[Store, Directory], None] = _nothing
    pages: Sequence[Page] = ()
    add_for_approval: AddForApproval | None = None
    host: str | None = None

    def __call__(self, app: Flask, state: AppState) -> Records:
        """Add the routes and the records."""
        store = Store(state.audit, state.clock, self.new_id, self.name)
        self.seed(store, state.directory)
        board = Board(store, self.pages, state.directory, self.add_for_approval)
        app.extensions["sandbox-store"] = store
        app.extensions["sandbox-unknown"] = lambda: _response(self.problem(Problem("not_found")))
        app.register_blueprint(self._routes(state, store))
        app.register_blueprint(self._pages(board))
        return board

    def _routes(self, state: AppState, store: Store) -> Blueprint:
        routes = Blueprint("rest", __name__)
        hosts: dict[tuple[str, str], list[Route]] = {}
        for route in self.routes:
            hosts.setdefault((route.method, route.path), []).append(route)
        for number, ((method, path), choices) in enumerate(hosts.items()):
            view = self._view(choices, state, store)
            routes.add_url_rule(path, f"call_{number}", view, methods=[method])
        return routes

    def _view(self, choices: Sequence[Route], state: AppState, store: Store) -> Callable[..., Response]:
        def view(**at: Any) -> Response:
            route = next((route for route in choices if meant_for(route.host or self.host)), None)
            try:
                return _response(self._answer(route, state, store, at))
            except Problem as problem:
                return _response(self.problem(problem))

        return view

    @staticmethod
    def _answer(route: Route | None, state: AppState, store: Store, at: dict[str, Any]) -> Answer:
        if route is None:
            raise Problem("not_found")
        caller = bearer_caller()
        if caller is None and not route.public:
            raise Problem("unauthenticated")
        if route.scope and bearer_caller(route.scope) is None:
            raise Problem("scope")
        json = request.get_json(silent=True)
        call = Call(caller, store, state, at, request.args, request.form, json, request.headers)
        with store.lock:
            return route.action(call)

    @staticmethod
    def _pages(board: Board) -> Blueprint:
        routes = Blueprint("vendor_pages", __name__)

        def show(**_at: Any) -> Any:
            address = request.full_path.removesuffix("?")
            return record_page(board, current_app.extensions["sandbox-cards"], board.at(address))

        for number, path in enumerate(sorted(board.paths)):
            routes.add_url_rule(path, f"page_{number}", show, methods=["GET"])
        return routes


def _response(answer: Answer) -> Response:
    response = Response(status=answer.status) if answer.body is None else jsonify(answer.body)
    response.status_code = answer.status
    response.headers.extend(dict(answer.headers))
    return response
