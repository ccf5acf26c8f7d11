"""Reads the compiled catalog: the build has checked it and written out every default, so this is quick and strict.

An app or recipe is read when it is first asked for: a cold Slack function that opens one form reads one recipe.
"""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from countersign.domain.app_sign_in_data import read_credential, read_identity, read_oauth
from countersign.domain.card_template import seconds
from countersign.domain.catalog import (
    ActsAs,
    App,
    CardTemplate,
    Catalog,
    Check,
    Choices,
    Comparison,
    Condition,
    Idempotency,
    Input,
    InputType,
    Operation,
    OperationKind,
    Procedure,
    ReadBack,
    Recipe,
    Request,
    Step,
    Unchanged,
    Who,
)
from countersign.domain.message import Confirmation, Field, FieldKind, OptionsFrom, Style
from countersign.domain.policy import PolicyRule

type Raw = Mapping[str, Any]

_ANSWERED: Final = (HTTPStatus.OK,)
_MADE: Final = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)
"""Statuses of a success where an app file names none: apps say 200, 201 or 202 of what they made, and the file's own
``success`` tells whether they did."""


class Lazy[T](Mapping[str, T]):
    """A mapping whose values are made when they are first looked at."""

    def __init__(self, raw: Mapping[str, Raw], make: Callable[[Raw], T]) -> None:
        self._raw = raw
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        if key not in self._made:
            self._made[key] = self._make(self._raw[key])
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def load(compiled: Raw) -> Catalog:
    """The catalog from what the build wrote: ``{"apps": {id: …}, "recipes": {id: …}, "policies": […]}``.

    Raises KeyError, TypeError or ValueError, here or at first use, for anything that the build did not write.
    """
    return Catalog(
        apps=Lazy(compiled["apps"], read_app),
        recipes=Lazy(compiled["recipes"], read_recipe),
        policies=tuple(map(PolicyRule.from_compiled, compiled["policies"])),
    )


def read_app(raw: Raw) -> App:
    """One app file, with its defaults written out."""
    return App(
        id=raw["id"],
        name=raw["name"],
        acts_as=ActsAs(raw["acts_as"]),
        settings={name: setting["pattern"] for name, setting in raw["settings"].items()},
        hosts=raw["hosts"],
        oauth=read_oauth(raw["oauth"]) if "oauth" in raw else None,
        identity=read_identity(raw["identity"]),
        operations={
            name: _operation(raw["id"], name, operation) for name, operation in raw.get("operations", {}).items()
        },
        account_url=raw.get("account_url"),
        api_base=raw.get("api_base"),
        token_rejected=raw.get("token_rejected"),
        credential=read_credential(raw["credential"]) if "credential" in raw else None,
    )


def read_recipe(raw: Raw) -> Recipe:
    """One recipe file, with its defaults written out."""
    return Recipe(
        id=raw["id"],
        title=raw["title"],
        description=raw["description"],
        verify_user_access=raw["verify_user_access"],
        command=raw.get("command"),
        shortcut=raw.get("shortcut"),
        message_shortcut=raw.get("message_shortcut"),
        inputs={field.name: field for field in _fields(raw["inputs"])},
        card=_card(raw["card"]) if "card" in raw else None,
        procedures={name: _procedure(name, procedure, raw["title"]) for name, procedure in raw["procedures"].items()},
        needs=raw["needs"],
        guests=raw["guests"],
        max_sign_in_age=seconds(raw["max_sign_in_age"]) if "max_sign_in_age" in raw else None,
    )


def _operation(app: str, name: str, raw: Raw) -> Operation:
    kind = OperationKind(raw["kind"])
    changed = {
        "kind": kind,
        "success_status": raw.get("success_status", _MADE if kind is OperationKind.CREATE else _ANSWERED),
        "inputs": {key: read_input(value) for key, value in raw["inputs"].items()},
        "request": Request(**raw["request"]),
        "idempotency": Idempotency(raw["idempotency"]),
        "check": Check(**_with_request(raw["check"], "decided", "actor", "description")) if "check" in raw else None,
        "read_back": ReadBack(**_with_request(raw["read_back"], "name")) if "read_back" in raw else None,
        "choices": Choices(**raw["choices"]) if "choices" in raw else None,
    }
    optional = {key: raw.get(key) for key in ("success", "message", "already")}
    return Operation(**{**raw, **optional, **changed, "id": name, "app": app})


def read_input(raw: Raw) -> Input:
    """One input of an operation."""
    return Input(**{**raw, "type": InputType(raw["type"])})


def _with_request(raw: Raw, *optional: str) -> dict[str, Any]:
    return {**dict.fromkeys(optional), **raw, "request": Request(**raw["request"])}


def _fields(raw: Mapping[str, Raw]) -> tuple[Field, ...]:
    return tuple(
        Field(
            **{
                **field,
                "name": name,
                "kind": FieldKind(field["kind"]),
                "options": tuple((option["value"], option["label"]) for option in field.get("options", ())),
                "options_from": OptionsFrom(**field["options_from"]) if "options_from" in field else None,
            }
        )
        for name, field in raw.items()
    )


def _card(raw: Raw) -> CardTemplate:
    link, closed = raw.get("link", {}), raw.get("closed", {})
    return CardTemplate(
        channel=raw.get("channel"),
        person=raw.get("person"),
        title=raw["title"],
        text=raw.get("text"),
        facts=tuple((fact["label"], fact["value"]) for fact in raw["facts"]),
        record=raw["record"],
        link_label=link.get("label"),
        link_url=link.get("url"),
        closed=closed.get("when"),
        closed_past=closed.get("past"),
        closed_by=closed.get("by"),
        unchanged=Unchanged(**raw["unchanged"]) if "unchanged" in raw else None,
        requester=raw.get("requester"),
        self_approval=raw["self_approval"],
        tell=raw.get("tell"),
        remind_after=seconds(raw["remind_after"]) if "remind_after" in raw else None,
        expires_after=seconds(raw["expires_after"]) if "expires_after" in raw else None,
        who=Who(**raw["who"]) if "who" in raw else None,
    )


def _procedure(name: str, raw: Raw, title: str) -> Procedure:
    link = raw.get("link", {})
    return Procedure(
        id=name,
        label=raw["label"],
        past=raw["past"],
        style=Style(raw["style"]),
        form=_fields(raw["form"]),
        steps=tuple(_step(step) for step in raw["steps"]),
        reply=raw.get("reply"),
        form_title=raw.get("form_title", title),
        confirmation=Confirmation(**raw["confirmation"]) if "confirmation" in raw else None,
        link_label=link.get("label"),
        link_url=link.get("url"),
        votes=raw["votes"],
    )


def _step(raw: Raw) -> Step:
    return Step(**{**raw, "when": tuple(_condition(condition) for condition in raw["when"])})


def _condition(raw: Raw) -> Condition:
    ((comparison, against),) = ((key, value) for key, value in raw.items() if key != "value")
    return Condition(raw["value"], Comparison(comparison), against)
