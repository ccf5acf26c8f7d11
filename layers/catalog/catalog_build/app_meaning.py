"""What a JSON Schema can't say of an app file: names, hosts, queries, and whether operations can keep their promise."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from catalog_build.names import authority, check_query, check_template, strings
from catalog_build.operation_meaning import check_operation
from catalog_build.problem import Path, Report
from catalog_build.sign_in_meaning import check_sign_in, credential_names
from countersign.domain.hosts import host_allowed

type Raw = Mapping[str, Any]

_ADDRESSES: Final = frozenset({"url", "api_base", "account_url", "help_url"})
_FOR_PEOPLE: Final = frozenset({("account_url",), ("credential", "help_url")})
"""Addresses that people open: no request of ours goes there."""


def check_app(app: Raw, stem: str, report: Report) -> None:
    """Report what is wrong with an app file that fits its schema. ``stem``: the file's name without .yaml."""
    if app["id"] != stem:
        report.add(
            ("id",), f"the id is {app['id']} but the file is {stem}.yaml", f"write id: {stem}, or rename the file"
        )
    _check_settings(app, report)
    names = {f"settings.{name}" for name in app["settings"]}
    for place, host in enumerate(app["hosts"]):
        check_template(report, ("hosts", place), host, names)
    check_sign_in(app, names, report)
    base_names = names | {"api_base"} | credential_names(app)
    for name, operation in app["operations"].items():
        check_operation(operation, ("operations", name), base_names, report)
    if "token_rejected" in app:
        check_query(report, ("token_rejected",), app["token_rejected"])
    _check_api_base(app, names, report)
    _check_hosts(app, report)


def _check_settings(app: Raw, report: Report) -> None:
    for name, setting in app["settings"].items():
        path: Path = ("settings", name)
        if not re.fullmatch(setting["pattern"], setting["example"]):
            report.add((*path, "example"), f"{setting['example']} does not match the pattern", "correct one of the two")
        if re.fullmatch(setting["pattern"], "evil.example/"):
            what = "the pattern lets in a value that would change the host"
            report.add((*path, "pattern"), what, "allow letters, digits, - and . only, as in [a-z0-9-]{1,63}")


def _check_api_base(app: Raw, names: AbstractSet[str], report: Report) -> None:
    if "api_base" in app:
        check_template(report, ("api_base",), app["api_base"], names)
    elif not {"api_base", "sites"} & set(app.get("oauth", {})):
        for path, text in strings(app, ()):
            if "${api_base}" in text:
                what = "${api_base} is used, but nothing says where the API is"
                report.add(path, what, "add api_base, or oauth.api_base where the token answer says it")
                return


def _check_hosts(app: Raw, report: Report) -> None:
    """Every address of the file lies inside ``hosts``; tried with the settings' examples."""
    patterns = [filled_in(host, app) for host in app["hosts"]]
    for path, text in strings({**app, "settings": {}}, ()):
        if path[-1] not in _ADDRESSES and not str(path[-1]).endswith("_endpoint"):
            continue
        host = authority(text)
        if host is not None and path not in _FOR_PEOPLE and not host_allowed(filled_in(host, app), patterns):
            report.add(
                path, f"the host {host} is not among the app's hosts", "add it under hosts, or correct the address"
            )


def filled_in(host: str, app: Raw) -> str:
    """A host with its settings' examples, to be compared."""
    for name, setting in app["settings"].items():
        host = host.replace(f"${{settings.{name}}}", setting["example"])
    return host.lower()
