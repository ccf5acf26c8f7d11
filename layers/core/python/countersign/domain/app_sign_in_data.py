"""Reads how one signs in at an app from the compiled catalog (``domain.catalog_data``)."""

from collections.abc import Mapping
from typing import Any, Final

from countersign.domain.app_operation import Request
from countersign.domain.app_sign_in import (
    ClaimsOf,
    ClientAuthentication,
    Credential,
    CredentialField,
    Identity,
    LookUp,
    OAuth,
    Revocation,
    Sites,
    TokenRequest,
)

type Raw = Mapping[str, Any]

_FOR_THE_BUILD: Final = "asks_unprompted"
"""A word that backs another one up when the file is checked, and does nothing afterwards."""
_OPTIONAL: Final = ("issuer", "api_base", "refresh_idle_days", "refresh_max_days", "introspection_endpoint")


def read_oauth(raw: Raw) -> OAuth:
    """An app file's ``oauth``, with its defaults written out."""
    changed = {
        "client_authentication": ClientAuthentication(raw["client_authentication"]),
        "token_request": TokenRequest(raw["token_request"]),
        "refresh_endpoint": raw.get("refresh_endpoint", raw["token_endpoint"]),
        "revocation": _revocation(raw["revocation"]) if "revocation" in raw else None,
        "sites": Sites(**{**raw["sites"], "request": Request(**raw["sites"]["request"])}) if "sites" in raw else None,
    }
    given = {name: value for name, value in raw.items() if name != _FOR_THE_BUILD}
    return OAuth(**{**given, **{name: raw.get(name) for name in _OPTIONAL}, **changed})


def read_credential(raw: Raw) -> Credential:
    """An app file's ``credential``."""
    fields = {name: CredentialField(**field) for name, field in raw["fields"].items()}
    return Credential(help_url=raw["help_url"], hint=raw["hint"], fields=fields)


def read_identity(raw: Raw) -> Identity:
    """An app file's ``identity``."""
    changed = {
        "request": Request(**raw["request"]) if "request" in raw else None,
        "claims_of": ClaimsOf(raw["claims_of"]) if "claims_of" in raw else None,
    }
    return Identity(
        **{**dict.fromkeys(("email", "organisation", "organisation_id", "demand", "ours")), **raw, **changed}
    )


def _revocation(raw: Raw) -> Revocation:
    look_up = raw.get("look_up")
    changed = {
        "request": Request(**raw["request"]),
        "client_authentication": ClientAuthentication(raw["client_authentication"]),
        "look_up": LookUp(Request(**look_up["request"]), look_up["token_id"]) if look_up else None,
    }
    return Revocation(**{**raw, **changed})
