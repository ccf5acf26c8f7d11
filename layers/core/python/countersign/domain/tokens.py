"""Tokens, sealed and open, and to whom a seal belongs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from countersign.domain.identity import Person
from countersign.domain.secret import Secret

SEAL_SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave, or the key that a person entered. Whatever decides where they go is sealed with them.

    Attributes:
        access_token: None for a key.
        api_base: where the API lives, when that was said; of ``sites``, the chosen one's.
        sites: every place that the grant covers, by its id: where its API lives.
        credential: the parts of a key, by the names of the app file.
    """

    access_token: Secret | None
    refresh_token: Secret | None
    api_base: str | None = None
    sites: Mapping[str, str] = field(default_factory=dict)
    credential: Mapping[str, Secret] = field(default_factory=dict)

    def revealed(self) -> tuple[str, ...]:
        """All that is secret in them, to keep it out of what is written down."""
        held = (self.access_token, self.refresh_token, *self.credential.values())
        return tuple(secret.reveal() for secret in held if secret is not None)


@dataclass(frozen=True, slots=True)
class SealOwner:
    """To whom and to which row something sealed belongs. Nothing opens for any other owner.

    The encryption context (in clear in CloudTrail) holds tenant, person and app only. Purpose, workspace, account
    and version are bound as additional authenticated data: an account's id is often an e-mail address.
    """

    person: Person
    workspace: str
    app: str
    purpose: str
    """``connection``: tokens; ``answers``: a form's secret ones, on their way; ``inputs``: all of a waiting action's;
    ``reply``: a reply address."""
    account_id: str
    version: int

    def encryption_context(self) -> dict[str, str]:
        """The KMS encryption context."""
        return {"tenant": self.person.tenant, "person": self.person.user_id, "app": self.app}

    def additional_data(self) -> bytes:
        """The AEAD's additional data: canonical JSON of the row's identity."""
        identity = {
            "schema": SEAL_SCHEMA,
            "tenant": self.person.tenant,
            "person": self.person.user_id,
            "workspace": self.workspace,
            "app": self.app,
            "purpose": self.purpose,
            "account": self.account_id,
            "version": self.version,
        }
        return json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope: AES-256-GCM under a data key that KMS sealed. Safe to store, useless without the owner."""

    key_id: str
    encrypted_key: bytes
    nonce: bytes
    ciphertext: bytes
    schema: int = SEAL_SCHEMA
