"""What the caller's JSON files must hold, as JSON Schemas. Each part says in words what belongs there.

A description rather than the library's own message is shown: that one quotes the value, which may be a secret.
"""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

_TEXT = {"type": "string", "minLength": 1, "description": "a text that is not empty"}

_SETTING = {
    "type": ["string", "number"],
    "pattern": "^[^,=]+$",
    "description": "a text or number without a comma or equals sign, which separate settings",
}

_BASE = {
    "type": "string",
    "pattern": r"^http://(127\.0\.0\.1|localhost|[a-z0-9-]+(\.[a-z0-9-]+)*\.localhost)(:[0-9]{1,5})?(/[^?#,=\s]*)?$",
    "description": "a loopback address: http://127.0.0.1:PORT, http://localhost:PORT or http://NAME.localhost:PORT",
}

_OBJECT: Mapping[str, Any] = {"type": "object", "description": "an object by app or recipe id"}

SHAPES: Mapping[str, Mapping[str, Any]] = {
    "APP_SETTINGS_FILE": {
        **_OBJECT,
        "additionalProperties": {
            "type": "object",
            "properties": {
                "settings": {
                    "type": "object",
                    "additionalProperties": _SETTING,
                    "description": "an object: setting of the app file → its value",
                },
                "hosts": {
                    "type": "object",
                    "additionalProperties": _BASE,
                    "description": "an object: host that the app file declares → loopback base to use instead",
                },
            },
            "additionalProperties": False,
            "description": "an object with nothing but settings and hosts",
        },
    },
    "APP_CREDENTIALS_FILE": {
        **_OBJECT,
        "additionalProperties": {
            "type": "object",
            "required": ["client_id", "client_secret"],
            "properties": {
                "client_id": _TEXT,
                "client_secret": {
                    "anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}],
                    "description": "a text, or a list of them, newest first",
                },
            },
            "description": "an object with client_id and client_secret",
        },
    },
    "HOOK_SECRETS_FILE": {**_OBJECT, "additionalProperties": _TEXT},
}
"""Variable → what the file that it names must hold."""


def complaint(variable: str, content: object) -> str | None:
    """Where the content is wrong and what belongs there; None when it is right."""
    error = best_match(Draft202012Validator(SHAPES[variable]).iter_errors(content), key=lambda each: -len(each.path))
    if error is None:
        return None
    place = ".".join(map(str, error.absolute_path))
    return f"{place or 'the whole of it'} must be {error.schema['description']}"
