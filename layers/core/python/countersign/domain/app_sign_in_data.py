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
    OAuth,
    Revocation,
    Sites,
    TokenRequest,
)

type Raw = Mapping[str, Any]

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
    return OAuth(**{**raw, **{name: raw.get(name) for name in _OPTIONAL}, **changed})


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
    authentication = ClientAuthentication(raw["client_authentication"])
    return Revocation(**{**raw, "request": Request(**raw["request"]), "client_authentication": authentication})
