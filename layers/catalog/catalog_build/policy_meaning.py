"""What a JSON Schema can't say of policies: whether the apps exist, and whether what is demanded can be known there."""

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_build.problem import Path, Report, choices

type Raw = Mapping[str, Any]

_RULES = frozenset({"organisation", "email", "other_account"})


def check_policies(policies: Raw, apps: Mapping[str, Raw | None], report: Report) -> None:
    """Report rules that could not be held to. ``apps``: None for one whose own file is broken."""
    for place, policy in enumerate(policies["policies"]):
        path: Path = ("policies", place)
        if not _RULES & policy.keys():
            report.add(path, "this policy has no rule", f"add one of {', '.join(sorted(_RULES))}")
        for number, app in enumerate(policy.get("apps", ())):
            if app not in apps:
                report.add((*path, "apps", number), f"there is no app {app}", choices(apps))
        for key, what, instead in _unknowable(policy, apps):
            report.add((*path, key), what, instead)


def _unknowable(policy: Raw, apps: Mapping[str, Raw | None]) -> Iterator[tuple[str, str, str]]:
    named = policy.get("apps")
    if str(policy.get("organisation", "")).startswith("require:"):
        if named is None or len(named) > 1:
            yield "organisation", "one id is no organisation's of several apps", "write apps: with one app"
        for app in _files(named or (), apps):
            if "organisation_id" not in app["identity"] and "sites" not in app.get("oauth", {}):
                what = f"{app['id']} does not tell which organisation an account is of"
                yield "organisation", what, "remove it, or say identity.organisation_id in the app file"
    if policy.get("email") == "require":
        for app in _files(apps if named is None else named, apps):
            if not _names_address(app):
                what = f"{app['id']} does not name an account's e-mail address"
                yield "email", what, "write warn, or list under apps only those that do"


def _files(named: Any, apps: Mapping[str, Raw | None]) -> Iterator[Raw]:
    return (app for name in named if (app := apps.get(name)) is not None)


def _names_address(app: Raw) -> bool:
    """Whether the app itself names it: an address that only chat proved would be compared with itself."""
    return "${person.email}" not in app["identity"].get("email", "${person.email}")
