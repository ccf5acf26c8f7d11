"""OAuth 2.0 as a client, in the specification's words: build a request, read an answer. Pure."""

from dataclasses import dataclass

from countersign.domain.secret import Secret


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Our registration at an app (RFC 6749 §2.2). ``secrets`` are tried in order, so that one can be rotated."""

    client_id: str
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """A token endpoint's success (RFC 6749 §5.1), read strictly.

    ``expires_in`` is clamped to [0, 30 days], or None where the app does not say. ``scopes`` is None where the answer
    does not name them. ``api_base`` is where the API lives when the answer says so.
    """

    access_token: Secret
    refresh_token: Secret | None
    expires_in: int | None
    scopes: tuple[str, ...] | None
    api_base: str | None = None
