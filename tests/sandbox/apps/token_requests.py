"""Tokens from apps whose token endpoint wants something else than a form with the client's secret in it."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.support.running_app import CALLBACK, REGISTRATION, VERIFIER, RunningApp

CLIENT = (REGISTRATION["client_id"], REGISTRATION["client_secret"])


def asked_by_basic(app: RunningApp, **form: str) -> requests.Response:
    """A token request with the client's credentials in the header (RFC 6749 section 2.3.1)."""
    return requests.post(app.base + app.endpoints.token, data=form, auth=CLIENT, timeout=10)


def asked_by_json(app: RunningApp, **members: str) -> requests.Response:
    """A token request with a JSON body that holds the client's credentials."""
    body = dict(zip(("client_id", "client_secret"), CLIENT, strict=True)) | members
    return requests.post(app.base + app.endpoints.token, json=body, timeout=10)


def code_of(back: str) -> dict[str, str]:
    """What redeems the code of a redirect."""
    code = parse_qs(urlsplit(back).query)["code"][0]
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
    }


def payload(token: str) -> dict[str, Any]:
    """The claims of a JSON Web Token, as they are written."""
    middle = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    return found
