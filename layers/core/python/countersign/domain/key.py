"""A key that a person entered on our page, read as strictly as its app file says."""

import re
from collections.abc import Mapping
from typing import Final

from countersign.domain.app_sign_in import Credential
from countersign.domain.secret import Secret

TRIES: Final = 3
"""Keys that one page may try at the app: enough for a slip, too few to guess."""
_LONGEST: Final = 500


def read_key(credential: Credential, entered: Mapping[str, str]) -> Mapping[str, Secret] | None:
    """Every part of the key without the spaces that copying adds; None where one is missing or of another form."""
    parts = {name: entered.get(name, "").strip() for name in credential.fields}
    fits = all(
        len(parts[name]) <= _LONGEST and re.fullmatch(field.pattern, parts[name])
        for name, field in credential.fields.items()
    )
    return {name: Secret(part) for name, part in parts.items()} if fits else None
