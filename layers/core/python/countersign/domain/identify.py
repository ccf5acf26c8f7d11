"""Whom an app says has signed in there: how it is asked, and how its answer, or the tokens' claims, are read. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeIs

from countersign.domain import answer as answers
from countersign.domain import errors
from countersign.domain.app_text import clean
from countersign.domain.catalog import App
from countersign.domain.connection import Account
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.operation import app_values, filled
from countersign.domain.query import ask_text, holds, whole
from countersign.domain.secret import Secret
from countersign.domain.template import Scalar, Values
from countersign.domain.tenancy import demanded

_ID_CHARACTERS: Final = 255
_BROKEN: Final = "\ufffd"
"""Stands in an id where half a character stood: two different ones would look the same."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What is known of a sign-in before the app is asked who it is.

    Attributes:
        api_base: where the API lives, when the token answer said so.
        claims: ``domain.claims``, where the app file asks for them.
        credential: the key that the person entered, where the app takes one.
        email: the person's address in chat, where the chat service proved it.
    """

    api_base: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)
    credential: Mapping[str, Secret] = field(default_factory=dict)
    email: str | None = None


class _Names(dict[str, Scalar | None]):
    """A claim that did not come has no value; any other name that is not there is a mistake of the app file."""

    def __missing__(self, name: str) -> None:
        if not name.startswith("claims."):
            raise KeyError(name)


def identity_values(app: App, settings: Mapping[str, str], signed_in: SignedIn) -> Values:
    """Every name that ``identity`` may use. Raises ConfigurationError for a missing setting."""
    claims = {f"claims.{name}": _whole(value) for name, value in signed_in.claims.items() if _is_scalar(value)}
    known = app_values(app, settings, signed_in.api_base, signed_in.credential)
    return _Names({**known, **claims, "person.email": signed_in.email})


def identity_request(app: App, known: Values) -> HttpRequest | None:
    """Asks the app who signed in; None where the claims say it all. Raises ConfigurationError, UnusableValue."""
    request = app.identity.request
    return None if request is None else filled(request, known)


def read_identity(app: App, answer: HttpAnswer, known: Values) -> Account:
    """The answer to ``identity_request``: whom the app knows the person as.

    Raises TokenRejected, AppUnavailable, and AppError where the answer does not name exactly one account.
    """
    trouble = answers.trouble(app, answer) or answers.no_json(answer)
    if isinstance(trouble, answers.TokenRejected):
        raise errors.TokenRejected(f"{app.id}: identity call answered {answer.status}")
    if isinstance(trouble, answers.NotUsable):
        raise errors.AppUnavailable(f"{app.id}: identity call: {trouble.reason}", retry_after=trouble.retry_after)
    if not answers.is_success(answer.status):
        raise _nobody(app, f"identity call answered {answer.status}")
    return account_in(app, answer.body, known)


def account_in(app: App, document: Any, known: Values) -> Account:
    """The one account that an answer, or claims, are about. Raises AppError where they do not name exactly one.

    An account of another company is told from ours by what it was held to: nothing (``HoldToPolicy`` refuses it).
    """
    identity = app.identity
    account_id, login = ask_text(identity.account_id, document, known), ask_text(identity.login, document, known)
    is_one = identity.demand is None or holds(identity.demand, document, known)
    is_ours = identity.ours is None or holds(identity.ours, document, known)
    organisation_id = ask_text(identity.organisation_id, document, known)
    if not (is_one and _is_id(account_id) and login and clean(login)):
        raise _nobody(app, "what it says of the person names no single account")
    return Account(
        id=account_id,
        login=clean(login),
        name=_cleaned(ask_text(identity.name, document, known)) or clean(login),
        email=_cleaned(ask_text(identity.email, document, known)),
        organisation=_cleaned(ask_text(identity.organisation, document, known)),
        organisation_id=organisation_id if _is_id(organisation_id) else None,
        held_to=demanded(app, known) if is_ours else "",
    )


def _nobody(app: App, detail: str) -> errors.AppError:
    said = f"{app.name} did not say who you are there, so nothing was connected."
    return errors.AppError(f"{app.id}: {detail}", user_message=said)


def _is_id(text: str | None) -> TypeIs[str]:
    """Whether it can be kept whole, and told from every other one: it is part of keys and of what seals tokens."""
    return text is not None and 0 < len(text) <= _ID_CHARACTERS and _BROKEN not in text


def _is_scalar(value: Any) -> TypeIs[Scalar]:
    return isinstance(value, str | int | float | bool)


def _whole(value: Scalar) -> Scalar:
    return whole(value) if isinstance(value, str) else value


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else None
