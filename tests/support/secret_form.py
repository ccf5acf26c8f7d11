"""The shipped catalog with a form that asks for a secret, and an app that quotes it back."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import yaml

from catalog_build.compile import compile_catalog
from countersign.domain.catalog import Catalog
from countersign.domain.catalog_data import load
from tests.support.shipped_catalog import SOURCE

RECIPE: Final = """
id: hand_over
title: Hand over an account
description: Reports an incident with an account and its password, as you.
command: hand over

procedures:
  run:
    label: Hand over
    past: Handed over
    form:
      account: { label: Account, max_length: 80 }
      password: { kind: multiline, label: Password, secret: true, min_length: 8 }
      spare: { label: Spare key, secret: true, min_length: 8, required: false }
    steps:
      - id: incident
        operation: servicenow.create_incident
        inputs: { short_description: "${input.account}", description: "${input.password}, ${input.spare}" }
    reply: "${steps.incident.number} is reported: ${steps.incident.description}"
"""


def with_secret_form(folder: Path) -> Path:
    """Write it into ``folder``. ServiceNow's description, which holds the password, is a result of the step."""
    for kind in ("apps", "recipes"):
        shutil.copytree(SOURCE / kind, folder / kind)
    (folder / "recipes" / "hand_over.yaml").write_text(RECIPE, encoding="utf-8")
    place = folder / "apps" / "servicenow.yaml"
    app = yaml.safe_load(place.read_text(encoding="utf-8"))
    operation = app["operations"]["create_incident"]
    operation["request"]["query"]["sysparm_fields"] += ",description"
    operation["results"]["description"] = "result.description"
    place.write_text(yaml.safe_dump(app, sort_keys=False), encoding="utf-8")
    return folder


@cache
def secret_form() -> Catalog:
    """The same, compiled as the build does it."""
    with TemporaryDirectory() as folder:
        return load(compile_catalog(with_secret_form(Path(folder))))
