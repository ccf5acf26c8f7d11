"""Begins a recipe around one operation."""

import json
from pathlib import Path
from typing import Final

import typer

from catalog_build.form_meaning import FORM_TEXT
from countersign.domain.catalog import App, Input, InputType, Operation
from countersign_cli.catalog_folder import compiled, err
from countersign_cli.new_file import require_id
from countersign_cli.new_file import write as write_file

_HEAD: Final = "# yaml-language-server: $schema=../schema/recipe.schema.json\n"


def write(source: Path, recipe_id: str, operation: str, *, card: bool) -> None:
    """Write ``recipes/<id>.yaml``; the build takes it as it is. Exits with 1 or 2, saying why not."""
    require_id(recipe_id)
    catalog = compiled(source)
    app_id, _, name = operation.partition(".")
    if app_id not in catalog.apps or name not in catalog.apps[app_id].operations:
        known = [f"{app}.{one}" for app, its in catalog.apps.items() for one in its.operations]
        err.print(f"There is no operation {operation}. There are:\n  " + "\n  ".join(sorted(known)))
        raise typer.Exit(1)
    app, chosen = catalog.apps[app_id], catalog.operation(operation)
    write_file(source, "recipes", recipe_id, _HEAD + (_card if card else _command)(recipe_id, app, chosen))


def _command(recipe_id: str, app: App, operation: Operation) -> str:
    words = recipe_id.replace("_", " ")
    return f"""\
id: {recipe_id}
title: {json.dumps(operation.title)}
description: {json.dumps(f"{operation.title} in {app.name}, as you.")}
command: {words} # typed after /countersign, in a direct message, or behind @Countersign
{_whose(app)}
procedures:
  run:
    label: Go
    past: Done{_form_title(operation)}
    form:{_fields(operation, "      ")}
    steps:
      - id: step
        operation: {app.id}.{operation.id}
        inputs:{_inputs(operation, "          ")}
    reply: {json.dumps(f"Done: {operation.title}.")}
"""


def _form_title(operation: Operation) -> str:
    """Slack cuts a form's title; the recipe's own will do where it is short."""
    return "" if len(operation.title) <= FORM_TEXT else "\n    form_title: Fill in the form"


def _card(recipe_id: str, app: App, operation: Operation) -> str:
    title, record = _title_and_record(operation)
    return f"""\
#
# Your business system posts a record to POST /hooks/{recipe_id}; whoever clicks the button acts as themselves.
id: {recipe_id}
title: {json.dumps(operation.title)}
description: {json.dumps(f"{operation.title} in {app.name}, as a card.")}
{_whose(app)}
# What the hook must bring.
inputs:{_fields(operation, "  ") if operation.inputs else _RECORD}

card:
  channel: "#approvals" # or person: an e-mail address
  title: {json.dumps(title)}
  record: {record} # the record's own id: only one decision may settle it

procedures:
  run:
    label: {json.dumps(operation.title.split()[0])}
    past: Done
    style: primary
    steps:
      - id: step
        operation: {app.id}.{operation.id}
        inputs:{_inputs(operation, "          ")}
"""


def _whose(app: App) -> str:
    if app.acts_as.value == "person":
        return ""
    return f"verify_user_access: false # {app.name}'s tokens carry the app's rights: everyone acts as the workspace\n"


_RECORD = "\n  record:\n    label: The record's id"
"""What a card is about where the operation itself asks for nothing."""


def _title_and_record(operation: Operation) -> tuple[str, str]:
    """A card needs a record: the operation's first required input is most often its id."""
    required = [name for name, one in operation.inputs.items() if one.required] or list(operation.inputs)
    if not required:
        return operation.title, "${input.record}"
    return f"{operation.title}: ${{input.{required[0]}}}", f"${{input.{required[0]}}}"


def _fields(operation: Operation, indent: str) -> str:
    if not operation.inputs:
        return " {}"
    return "".join(_field(name, one, indent) for name, one in operation.inputs.items())


def _field(name: str, one: Input, indent: str) -> str:
    lines = [f"{name}:", f"  label: {json.dumps(one.title)}"]
    lines += ["  kind: number"] if one.type is InputType.NUMBER else []
    lines += [] if one.required else ["  required: false"]
    if one.pattern is not None:
        lines.append(f"  pattern: {json.dumps(one.pattern)}")
        lines += [f"  placeholder: {json.dumps(one.example)}"] if one.example else []
    return "".join(f"\n{indent}{line}" for line in lines)


def _inputs(operation: Operation, indent: str) -> str:
    return "".join(f"\n{indent}{name}: ${{input.{name}}}" for name in operation.inputs) or " {}"
