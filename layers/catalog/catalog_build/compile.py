"""The whole way from a folder of YAML to the package that the functions import."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from catalog_build import document, schema
from catalog_build.app_meaning import check_app
from catalog_build.document import Document
from catalog_build.link_meaning import needed_apps
from catalog_build.policy_meaning import check_policies
from catalog_build.problem import BrokenCatalog, Problem, Report
from catalog_build.recipe_meaning import check_recipe
from catalog_build.start_meaning import check_starts
from countersign.domain.catalog_data import load

PACKAGE: Final = "countersign_catalog"
_INIT: Final = '"""The catalog of this deployment, compiled: read ``catalog.json`` with importlib.resources."""\n'

type Raw = Mapping[str, Any]


POLICIES: Final = "policies"


def compile_catalog(source: Path) -> dict[str, Any]:
    """Everything in ``source``: ``apps``, ``recipes`` and ``policies.yaml``, checked, with defaults written out.

    Raises BrokenCatalog with every problem of every file.
    """
    apps, recipes = _documents(source, "apps"), _documents(source, "recipes")
    problems: list[Problem] = [] if apps else [Problem("apps", 1, "there is no app file", "add one: apps/<id>.yaml")]
    ready = {stem: _checked_schema("app", one) for stem, one in apps.items()}
    for stem, app in ready.items():
        if app is not None:
            check_app(app, stem, apps[stem].report)
    cooked = {stem: _checked_schema("recipe", one) for stem, one in recipes.items()}
    for stem, recipe in cooked.items():
        if recipe is not None:
            check_recipe(recipe, stem, ready, recipes[stem].report)
    reports = {stem: one.report for stem, one in recipes.items()}
    check_starts({stem: recipe for stem, recipe in cooked.items() if recipe is not None}, reports)
    rules = _policies(source, ready)
    files = (*apps.values(), *recipes.values(), *rules)
    problems += [problem for one in files for problem in one.report.problems]
    if problems:
        raise BrokenCatalog(sorted(set(problems)))  # what an anchor repeats is said once
    needing = {
        stem: {**recipe, "needs": sorted(needed_apps(recipe, ready))} for stem, recipe in cooked.items() if recipe
    }
    policies = [policy for one in rules for policy in one.content[POLICIES]]
    compiled = {
        "apps": {stem: _without_reminders(app) for stem, app in ready.items() if app},
        "recipes": needing,
        POLICIES: policies,
    }
    _prove(compiled)
    return compiled


def write_package(compiled: Raw, output: Path) -> Path:
    """Write the package into ``output`` (or as it, where that is its name): the same bytes for the same files."""
    folder = output if output.name == PACKAGE else output / PACKAGE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(_INIT, encoding="utf-8")
    (folder / "catalog.json").write_text(json.dumps(compiled, separators=(",", ":")), encoding="ascii")
    return folder


def _documents(source: Path, kind: str) -> dict[str, Document]:
    """The YAML files of a folder by name without .yaml; other files are reported, not skipped in silence."""
    found = {}
    for path in sorted((source / kind).glob("[!.]*")):
        name = f"{kind}/{path.name}"
        if path.suffix == ".yaml":
            found[path.stem] = document.read(name, path.read_text(encoding="utf-8", errors="replace"))
        else:
            stray = Report(name, {})
            stray.add((), "this is no catalog file", "name it <id>.yaml, or move it elsewhere")
            found[path.name] = Document(None, stray)
    return found


def _policies(source: Path, apps: Mapping[str, Raw | None]) -> list[Document]:
    """The one file of policies, checked; none where there is none."""
    path = source / f"{POLICIES}.yaml"
    if not path.exists():
        return []
    found = document.read(path.name, path.read_text(encoding="utf-8", errors="replace"))
    policies = _checked_schema(POLICIES, found)
    if policies is not None:
        check_policies(policies, apps, found.report)
    return [found]


def _checked_schema(kind: str, one: Document) -> dict[str, Any] | None:
    """The content with its defaults, or None where it does not fit its schema (then that is reported)."""
    if one.report.problems:
        return None
    schema.check(kind, one.content, one.report)
    if one.report.problems:
        return None
    root = schema.schema_of(kind)
    return dict(schema.with_defaults(one.content, root, root))


def _without_reminders(app: Raw) -> Raw:
    """As the functions read it: that an app checks nobody's authority only reminded its author of ``permitted``."""
    operations = {
        name: {word: value for word, value in operation.items() if word != "app_checks_authority"}
        for name, operation in app.get("operations", {}).items()
    }
    return {**app, "operations": operations}


def _prove(compiled: Raw) -> None:
    """Read everything once as the functions will: what they can't read must not be deployed."""
    catalog = load(json.loads(json.dumps(compiled)))
    _ = [*catalog.apps.values(), *catalog.recipes.values()]
