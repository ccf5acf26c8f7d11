"""A vendor's REST calls as data: see the README beside the apps."""

from sandbox.apps.rest.actions import create, decide, me, read, search, update, upsert
from sandbox.apps.rest.api import Api
from sandbox.apps.rest.board import Page
from sandbox.apps.rest.call import Action, Answer, Call, Route, Shape
from sandbox.apps.rest.problem import Problem, Reason
from sandbox.apps.rest.store import Decision, Record, Rights, Store, person

__all__ = [
    "Action",
    "Answer",
    "Api",
    "Call",
    "Decision",
    "Page",
    "Problem",
    "Reason",
    "Record",
    "Rights",
    "Route",
    "Shape",
    "Store",
    "create",
    "decide",
    "me",
    "person",
    "read",
    "search",
    "update",
    "upsert",
]
