"""The shortcuts of a catalog as they are registered with Slack: in the app's manifest, and in the sandbox's Slack."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from countersign.domain.routing import MESSAGE_SHORTCUT, SHORTCUT

DESCRIPTION_CHARACTERS = 150
"""Slack's limit of a shortcut's description (docs.slack.dev/reference/app-manifest, `features.shortcuts`)."""


def registered_shortcuts(catalog: Path) -> list[dict[str, str]]:
    """Return `name`, `type` (`global` or `message`), `callback_id` and `description` of each, by their recipes' ids.

    At most ten, where the catalog was built: more are refused there.
    """
    return list(_shortcuts(catalog))


def _shortcuts(catalog: Path) -> Iterator[dict[str, str]]:
    for path in sorted((catalog / "recipes").glob("*.yaml")):
        recipe = yaml.safe_load(path.read_text())
        for key, kind, prefix in (("shortcut", "global", SHORTCUT), ("message_shortcut", "message", MESSAGE_SHORTCUT)):
            if key in recipe:
                yield {
                    "name": recipe[key],
                    "type": kind,
                    "callback_id": f"{prefix}{recipe['id']}",
                    "description": recipe["description"][:DESCRIPTION_CHARACTERS],
                }
