"""Builds the requests of an operation: the act itself, its check before, its read-back after. Pure.

What comes back is read by ``domain.answer``. The person's token is added last, by ``with_token``.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Final

from countersign.domain.catalog import App, Input, InputType, Operation, Request
from countersign.domain.connection import Account
from countersign.domain.errors import Malformed
from countersign.domain.hidden import NOTHING, Hidden
from countersign.domain.hosts import fill_settings
from countersign.domain.http import HttpRequest
from countersign.domain.secret import Secret
from countersign.domain.template import Landing, Scalar, Values, fill, fill_form, fill_json, fill_map

_BOOLEANS: Final = {"true": True, "false": False}
_DIGITS: Final = 15
"""What survives JSON's usual double-precision number (RFC 8259 §6)."""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation about to be called as one person.

    Attributes:
        settings: the app's per-deployment settings.
        api_base: where the API lives, when the token answer said so (``Tokens.api_base``).
        account: whom the app knows the person as.
        inputs: by name, as text; what has no value is missing or empty.
        correlation_id: ``correlation_id(…)``: the same at every attempt, so the app can tell a repeat.
        results: what the operation gave, for its read-back; empty when that isn't known.
        credential: the person's key, where the app takes one instead of a token.
        hidden: what of the inputs is secret: it is taken out of all that is kept or said of the answer.
    """

    app: App
    operation: Operation
    settings: Mapping[str, str]
    api_base: str | None
    account: Account
    inputs: Mapping[str, str]
    correlation_id: str
    results: Mapping[str, str] = field(default_factory=dict)
    credential: Mapping[str, Secret] = field(default_factory=dict)
    hidden: Hidden = NOTHING

    def with_results(self, results: Mapping[str, str]) -> "Call":
        """The same call after it gave these results."""
        return replace(self, results=results)


def correlation_id(person_key: str, action_id: str, step: str) -> str:
    """``${action.id}``: one id per person, action and step; 32 hex characters, fit for any external-id field."""
    return hashlib.sha256(f"{person_key}\0{action_id}\0{step}".encode()).hexdigest()[:32]


def build_request(call: Call) -> HttpRequest:
    """The act. Raises Malformed where an input is missing or not what the app file allows, ConfigurationError."""
    return filled(call.operation.request, values(call))


def check_request(call: Call) -> HttpRequest | None:
    """Reads the record before (or instead of) the act; None where the operation has no check."""
    check = call.operation.check
    return filled(check.request, values(call)) if check else None


def read_back_request(call: Call) -> HttpRequest | None:
    """Asks the app whom it recorded; None where the operation has no read-back."""
    read_back = call.operation.read_back
    return filled(read_back.request, values(call)) if read_back else None


def with_token(request: HttpRequest, access_token: Secret | None) -> HttpRequest:
    """The request as its person (RFC 6750 §2.1). Without a token it is as it was, with its key inside."""
    if access_token is None:
        return request
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {access_token.reveal()}"})


def values(call: Call) -> Values:
    """Every name that an operation's templates and queries may use, with its value. Raises Malformed."""
    operation = call.operation
    return {
        **app_values(call.app, call.settings, call.api_base, call.credential),
        **{f"input.{name}": _given(name, declared, call.inputs) for name, declared in operation.inputs.items()},
        **{f"results.{name}": call.results.get(name) for name in operation.results},
        "action.id": call.correlation_id,
        "account.id": call.account.id,
        "account.login": call.account.login,
    }


def app_values(
    app: App, settings: Mapping[str, str], api_base: str | None, credential: Mapping[str, Secret]
) -> dict[str, Scalar | None]:
    """The names that every request to an app may use. Raises ConfigurationError for a missing setting.

    ``credential`` is the person's key, in clear from here on: what is returned goes into requests, and nowhere else.
    """
    base = api_base or fill_settings(app, app.api_base or "", settings)
    return {
        **({"api_base": base} if base else {}),  # while a person has not chosen a site there is none
        **{f"settings.{name}": fill_settings(app, f"${{settings.{name}}}", settings) for name in app.settings},
        **{f"credential.{name}": part.reveal() for name, part in credential.items()},
    }


def _given(name: str, declared: Input, inputs: Mapping[str, str]) -> Scalar | None:
    text = inputs.get(name, "")
    if text:
        return input_value(name, declared, text)
    if declared.required:
        raise Malformed(f"input {name} is missing", user_message=f"{declared.title} is missing.")
    return None


def input_value(name: str, declared: Input, text: str) -> Scalar:
    """What is sent for an input that was given this text. Raises Malformed where the app file does not allow it."""
    if declared.pattern is not None and not re.fullmatch(declared.pattern, text):
        raise Malformed(f"input {name} has another form", user_message=f"{declared.title} is not of the right form.")
    try:
        return _typed(declared.type, text)
    except (KeyError, InvalidOperation, ValueError):
        raise Malformed(
            f"input {name} is no {declared.type}", user_message=f"{declared.title} is not a {declared.type}."
        ) from None


def _typed(kind: InputType, text: str) -> Scalar:
    """A text as JSON's type. Raises KeyError, InvalidOperation or ValueError."""
    match kind:
        case InputType.STRING:
            return text
        case InputType.BOOLEAN:
            return _BOOLEANS[text]
        case InputType.NUMBER:
            number = Decimal(text)
            if not number.is_finite() or len(number.as_tuple().digits) > _DIGITS or abs(number.adjusted()) > _DIGITS:
                raise ValueError(text)
            return int(number) if number == number.to_integral_value() else float(number)


def filled(request: Request, known: Values) -> HttpRequest:
    """A request of an app file with its names filled in. Raises UnknownName, UnusableValue."""
    return HttpRequest(
        method=request.method,
        url=fill(request.url, known, Landing.URL),
        query=fill_map(request.query, known),
        headers={"Accept": "application/json", **fill_map(request.headers, known, Landing.HEADER)},
        json=None if request.json is None else fill_json(request.json, known),
        form=None if request.form is None else fill_form(request.form, known),
    )
