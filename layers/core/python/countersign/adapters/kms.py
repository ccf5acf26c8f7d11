"""Envelope encryption: a fresh data key from KMS for every seal, AES-256-GCM around the content.

The owner is bound twice: tenant, person and app as KMS's encryption context, the whole row's identity as the
AEAD's additional data. Whoever may only call ``GenerateDataKey`` can seal and never open.
"""

import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countersign.domain.errors import SealBroken, StoreUnavailable
from countersign.domain.tokens import SEAL_SCHEMA, Sealed, SealOwner

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

    from countersign.ports.keys import Seal

_NONCE_BYTES: Final = 12
_DAMAGED: Final = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class KmsSealer:
    """Implements ``ports.keys.Opener`` (and so ``ports.keys.Sealer``)."""

    def __init__(self, client: "KMSClient", key_id: str) -> None:
        self._client = client
        self._key_id = key_id

    def seal(self, plaintext: Mapping[str, Any], owner: SealOwner) -> Sealed:
        """Seal JSON to its owner. Raises StoreUnavailable when KMS gives no key."""
        return self.prepare(owner)(plaintext)

    def prepare(self, owner: SealOwner) -> "Seal":
        """A seal whose data key is there already. Raises StoreUnavailable when KMS gives none."""
        try:
            answer = self._client.generate_data_key(
                KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=owner.encryption_context()
            )
        except (ClientError, BotoCoreError) as error:
            raise StoreUnavailable(f"seal: KMS gave no data key ({_name(error)})") from error

        def seal(plaintext: Mapping[str, Any]) -> Sealed:
            nonce = secrets.token_bytes(_NONCE_BYTES)
            content = json.dumps(plaintext, separators=(",", ":")).encode()
            ciphertext = AESGCM(answer["Plaintext"]).encrypt(nonce, content, owner.additional_data())
            return Sealed(answer["KeyId"], answer["CiphertextBlob"], nonce, ciphertext)

        return seal

    def open(self, sealed: Sealed, owner: SealOwner) -> Mapping[str, Any]:
        """Open what was sealed to exactly this owner. Raises SealBroken, StoreUnavailable."""
        if sealed.schema != SEAL_SCHEMA:
            raise SealBroken(f"sealed by an unknown schema {sealed.schema}")
        try:
            answer = self._client.decrypt(
                KeyId=self._key_id, CiphertextBlob=sealed.encrypted_key, EncryptionContext=owner.encryption_context()
            )
        except (ClientError, BotoCoreError) as error:
            if _name(error) in _DAMAGED:
                raise SealBroken("the data key does not open for this owner") from error
            raise StoreUnavailable(f"open: KMS did not open the data key ({_name(error)})") from error
        try:
            content = AESGCM(answer["Plaintext"]).decrypt(sealed.nonce, sealed.ciphertext, owner.additional_data())
        except (InvalidTag, ValueError) as error:
            raise SealBroken("the content does not open for this row") from error
        opened: Mapping[str, Any] = json.loads(content)
        return opened


def _name(error: ClientError | BotoCoreError) -> str:
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__
