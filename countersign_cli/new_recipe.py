"""Begins a recipe around operations: a card whose buttons they are, or a command whose steps they are."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from catalog_build.form_meaning import FORM_TEXT
from countersign.domain.catalog import App, Catalog, Input, InputType, Operation, OperationKind
from countersign_cli.catalog_folder import compiled, err
from countersign_cli.new_file import require_id
from countersign_cli.new_file import write as write_file

_HEAD: Final = "# yaml-language-server: $schema=../schema/recipe.schema.json\n"
_PAST: Final = {"Send": "Sent", "Read": "Read", "Make": "Made", "Put": "Put", "Say": "Said"}
type Inputs = dict[str, Input]


def write(source: Path, recipe_id: str, operations: Sequence[str], *, card: bool | None) -> None:
    """Write ``recipes/<id>.yaml``; the build takes it as it is. Exits with 1 or 2, saying why not.

    ``card``: whether it posts a card; None: where all operations decide something.
    """
    require_id(recipe_id)
    catalog = compiled(source)
    chosen = [_operation(catalog, name) for name in operations]
    decides = all(one.kind is OperationKind.DECIDE for one in chosen)
    sketch = Sketch(recipe_id, [catalog.apps[one.app] for one in chosen], chosen)
    write_file(
        source,
        "recipes",
        recipe_id,
        _HEAD + (sketch.card() if card or (card is None and decides) else sketch.command()),
    )


def _operation(catalog: Catalog, name: str) -> Operation:
    app_id, _, wanted = name.partition(".")
    app = catalog.apps.get(app_id)
    if app is not None and wanted in app.operations:
        return app.operations[wanted]
    known = [
        f"{one.id}.{operation}" for one in ([app] if app else catalog.apps.values()) for operation in one.operations
    ]
    near = sorted(known) if app else difflib.get_close_matches(name, known, n=8, cutoff=0.4) or sorted(catalog.apps)
    err.print(f"There is no operation {name}. Did you mean one of these?\n  " + "\n  ".join(near))
    raise typer.Exit(1)


@dataclass(frozen=True)
class Sketch:
    """The text of a new recipe."""

    recipe_id: str
    apps: Sequence[App]
    operations: Sequence[Operation]

    def command(self) -> str:
        """Every operation is a step; what they take is asked in one form."""
        asked = {name: one for operation in self.operations for name, one in operation.inputs.items()}
        title = " and ".join(dict.fromkeys(one.title for one in self.operations))
        return f"""\
id: {self.recipe_id}
{self._heading(title, "as you")}
command: {self.recipe_id.replace("_", " ")} # typed after /countersign, in a direct message, or behind @Countersign
{self._whose()}
procedures:
  run:
    label: Go
    past: Done{_form_title(title)}
    form:{_fields(asked, "      ")}
    steps:{"".join(self._step(one, "      ") for one in self.operations)}
    reply: {json.dumps(f"Done: {title}.")}
"""

    def card(self) -> str:
        """Every operation is a button. Ids come with the hook; what only a person can say is asked by the button."""
        brought = _brought(self.operations)
        record = next(iter(brought), "record")
        procedures = "".join(self._procedure(one, brought, place) for place, one in enumerate(self.operations))
        return f"""\
#
# Your business system posts a record to POST /hooks/{self.recipe_id}; whoever clicks a button acts as themselves.
id: {self.recipe_id}
{self._heading(self.operations[0].title, "as a card")}
{self._whose()}
# What the hook must bring.
inputs:{_fields(brought, "  ") if brought else _RECORD}

card:
  channel: "#approvals" # or person: an e-mail address
  title: {json.dumps(f"{self.operations[0].title}: ${{input.{record}}}")}
  record: ${{input.{record}}} # the record's own id: only one decision may settle it

procedures:{procedures}"""

    def _heading(self, title: str, how: str) -> str:
        names = " and ".join(dict.fromkeys(app.name for app in self.apps))
        return f"title: {json.dumps(title[:75])}\ndescription: {json.dumps(f'{title} in {names}, {how}.')}"

    def _whose(self) -> str:
        if all(app.acts_as.value == "person" for app in self.apps):
            return ""
        return "verify_user_access: false # its tokens carry the app's rights: everyone acts as the workspace\n"

    def _procedure(self, operation: Operation, brought: Inputs, place: int) -> str:
        verb = operation.title.split()[0]
        asked = {name: one for name, one in operation.inputs.items() if name not in brought}
        form = f"{_form_title(operation.title, '    ')}\n    form:{_fields(asked, '      ')}" if asked else ""
        return f"""
  {operation.id}:
    label: {json.dumps(verb)}
    past: {_past(verb)}
    style: {"primary" if place == 0 else "plain"}{form}
    steps:{self._step(operation, "      ")}
"""

    def _step(self, operation: Operation, indent: str) -> str:
        inputs = "".join(f"\n{indent}    {name}: ${{input.{name}}}" for name in operation.inputs) or " {}"
        lines = (f"- id: {operation.id}", f"  operation: {operation.app}.{operation.id}", f"  inputs:{inputs}")
        return "".join(f"\n{indent}{line}" for line in lines)


_RECORD: Final = "\n  record:\n    label: The record's id"
"""What a card is about where the operations themselves ask for nothing."""


def _brought(operations: Iterable[Operation]) -> Inputs:
    """What a business system knows and no person should type: what has a form of its own, else what comes first."""
    every = {name: one for operation in operations for name, one in operation.inputs.items()}
    formed = {name: one for name, one in every.items() if one.pattern and one.required}
    return formed or dict(
        [next((pair for pair in every.items() if pair[1].required), next(iter(every.items())))] if every else []
    )


def _past(verb: str) -> str:
    return _PAST.get(verb) or (f"{verb}d" if verb.endswith("e") else f"{verb}ed")


def _form_title(title: str, indent: str = "    ") -> str:
    """Slack cuts a form's title; the recipe's own will do where it is short."""
    return "" if len(title) <= FORM_TEXT else f"\n{indent}form_title: Fill in the form"


def _fields(inputs: Inputs, indent: str) -> str:
    return "".join(_field(name, one, indent) for name, one in inputs.items()) if inputs else " {}"


def _field(name: str, one: Input, indent: str) -> str:
    lines = [f"{name}:", f"  label: {json.dumps(one.title)}"]
    lines += ["  kind: number"] if one.type is InputType.NUMBER else []
    lines += ["  kind: multiline"] if name in {"comment", "comments", "description", "body", "message", "text"} else []
    lines += [] if one.required else ["  required: false"]
    if one.pattern is not None:
        lines.append(f"  pattern: {json.dumps(one.pattern)}")
        lines += [f"  placeholder: {json.dumps(one.example)}"] if one.example else []
    return "".join(f"\n{indent}{line}" for line in lines)
