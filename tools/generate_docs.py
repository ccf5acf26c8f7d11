"""Write the lists in README and docs that come from the sources: `python -m tools.generate_docs [--check]`.

A list stands between `<!-- generated: NAME -->` and `<!-- end of NAME -->`; NAME is a key of GENERATORS. With `--check`
nothing is written, and a list that no longer fits the sources makes the exit status 1.
"""

import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from sandbox.stack.layout import REPOSITORY
from sandbox.stack.shortcuts import registered_shortcuts
from tools.template import read_template

REGION = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?( *(?:# )?<!-- end of (?P=name) -->)", re.DOTALL)
"""In Markdown, and in the comments of YAML."""
CATALOG = REPOSITORY / "layers" / "catalog"


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare, and return the exit status."""
    stale = []
    for path in _documents():
        written = path.read_text()
        wanted = REGION.sub(_replaced, written)
        if written != wanted:
            stale.append(path.relative_to(REPOSITORY))
            if "--check" not in arguments:
                path.write_text(wanted)
    for path in stale:
        print(f"{path} {'is out of date: run `make docs`' if '--check' in arguments else 'was brought up to date'}")
    return 1 if stale and "--check" in arguments else 0


def _documents() -> Iterator[Path]:
    yield from REPOSITORY.glob("*.md")
    yield from (REPOSITORY / "docs").rglob("*.md")
    yield from (REPOSITORY / "docs").rglob("*.yaml")


def _replaced(region: re.Match[str]) -> str:
    return f"{region[1]}\n{GENERATORS[region['name']]()}\n\n{region[3]}"


def commands() -> str:
    """List the Makefile's commands."""
    lines = (REPOSITORY / "Makefile").read_text().splitlines()
    documented = (re.match(r"([a-z-]+):.*## (.+)", line) for line in lines)
    return _table(("command", "does"), ((f"`make {m[1]}`", m[2]) for m in documented if m))


def parameters() -> str:
    """List the template's parameters."""
    rows = (
        (f"`{name}`", f"`{spec['Default']}`" if spec["Default"] != "" else "(empty)", spec["Description"])
        for name, spec in _template()["Parameters"].items()
    )
    return _table(("parameter", "default", "what it is"), rows)


def routes() -> str:
    """List the API's routes."""
    rows = (
        (f"`{event['Properties']['Method'].upper()} {event['Properties']['Path']}`", name)
        for name, function in _functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    )
    return _table(("route", "function"), rows)


def functions() -> str:
    """List the functions."""
    return _table(("function", "does"), ((f"`{name}`", each["Description"]) for name, each in _functions().items()))


def permissions() -> str:
    """List what each function's role allows."""
    rows = (
        (f"`{name}`", ", ".join(f"`{action.partition(':')[2]}`" for action in actions), ", ".join(targets))
        for name in _functions()
        for actions, targets in _statements(name)
    )
    return _table(("function", "may", "on"), rows)


def apps() -> str:
    """List the catalog's apps: whose rights count there, what can be done, and what a deployment has to say of them."""
    rows = (
        (
            f"`{app['id']}`",
            app["name"],
            "the person" if app["acts_as"] == "person" else "the workspace",
            "; ".join(operation["title"] for operation in app.get("operations", {}).values()),
            ", ".join(f"`{app['id']}.{name}`" for name in app.get("settings", {})) or "(none)",
        )
        for app in _catalog("apps")
    )
    return _table(("app", "name", "acts as", "does", "settings"), rows)


def recipes() -> str:
    """List the catalog's recipes."""
    rows = ((f"`{recipe['id']}`", recipe["title"], recipe["description"]) for recipe in _catalog("recipes"))
    return _table(("recipe", "title", "does"), rows)


def shortcuts() -> str:
    """List the recipes' shortcuts as the Slack app's manifest has them (docs.slack.dev/reference/app-manifest)."""
    listed = yaml.safe_dump(registered_shortcuts(CATALOG), sort_keys=False, allow_unicode=True, width=1000)
    return textwrap.indent(listed, "    ").rstrip()


GENERATORS: dict[str, Callable[[], str]] = {
    generator.__name__: generator
    for generator in (commands, parameters, routes, functions, permissions, apps, recipes, shortcuts)
}


def _template() -> dict[str, Any]:
    return read_template(REPOSITORY / "template.yaml")


def _functions() -> dict[str, Any]:
    resources = _template()["Resources"].items()
    return {name: each["Properties"] for name, each in resources if each["Type"] == "AWS::Serverless::Function"}


def _statements(function: str) -> Iterator[tuple[list[str], list[str]]]:
    role = _template()["Resources"][f"{function}Role"]["Properties"]
    for statement in role["Policies"][0]["PolicyDocument"]["Statement"]:
        actions, targets = (_listed(statement[part]) for part in ("Action", "Resource"))
        if not actions[0].startswith("logs:"):
            yield actions, [_target(target) for target in targets]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _target(resource: dict[str, Any]) -> str:
    if "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    table, _, index = str(resource["Fn::Sub"]).removeprefix("${").partition(".Arn}/index/")
    return f"{table}'s indexes" if index == "*" else f"{table}'s {index}"


def _catalog(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text()) for path in sorted((CATALOG / folder).glob("*.yaml"))]


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
