"""Checks how an app file says one signs in: OAuth or a key, identity, sites, and where secrets may stand."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from catalog_build.names import check_query, check_template, mentioned, strings
from catalog_build.problem import Path, Report, choices
from catalog_build.request_meaning import check_in_url, check_request

type Raw = Mapping[str, Any]

_REVOCATION_NAMES: Final = frozenset({"token", "client_id", "client_secret"})
_IDENTITY_QUERIES: Final = ("demand", "account_id", "login", "name", "email", "organisation", "organisation_id")
_SITE_QUERIES: Final = ("list", "id", "name", "api_base")
_FIXED_ADDRESSES: Final = ("authorization_endpoint", "token_endpoint", "introspection_endpoint", "issuer")
_BODY: Final = frozenset({"json", "form", "headers"})


def check_sign_in(app: Raw, names: AbstractSet[str], report: Report) -> None:
    """Report what is wrong with ``oauth``, ``credential`` and ``identity``. ``names``: the app's settings."""
    if ("oauth" in app) is ("credential" in app):
        both = "oauth" in app
        what = "there are both oauth and a credential" if both else "the file says no way to sign in"
        report.add(("credential",) if both else (), what, "write exactly one of oauth and credential")
    if "oauth" in app:
        _check_oauth(app, names, report)
    if "credential" in app:
        _check_credential(app, names, report)
    if "account_url" in app:
        check_template(report, ("account_url",), app["account_url"], names)
    _check_identity(app, names, report)


def credential_names(app: Raw) -> AbstractSet[str]:
    """The names under which requests may use the parts of a key."""
    return {f"credential.{name}" for name in app.get("credential", {}).get("fields", {})}


def _base_names(app: Raw, names: AbstractSet[str]) -> AbstractSet[str]:
    """What is known at a sign-in: not yet where the API is, while a person has to choose a site."""
    return names if "sites" in app.get("oauth", {}) else names | {"api_base"}


def _check_oauth(app: Raw, names: AbstractSet[str], report: Report) -> None:
    oauth = app["oauth"]
    _check_addresses(app, names, report)
    for place, what, instead in _unproved_asking(oauth):
        report.add(("oauth", place), what, instead)
    if "api_base" in oauth:
        check_query(report, ("oauth", "api_base"), oauth["api_base"])
    for kind in ("authorization_parameters", "step_up_parameters", "token_parameters"):
        for path, text in strings(oauth[kind], ("oauth", kind)):
            check_template(report, path, text, names)
    if "sites" in oauth:
        _check_sites(app, names, report)
    if "revocation" in oauth:
        _check_revocation(oauth["revocation"], _base_names(app, names), report)
    elif "account_url" not in app:
        what = "there is neither a revocation nor an account_url"
        report.add(("oauth",), what, "add oauth.revocation, or the page where a person removes access as account_url")


def _unproved_asking(oauth: Raw) -> Iterator[tuple[str, str, str]]:
    """``asks_who`` takes our own page away, so that something makes the app ask (OpenID Connect Core §3.1.2.1)."""
    sent = oauth["authorization_parameters"]
    asked = "max_age" in sent or bool(set(sent.get("prompt", "").split()) - {"none"})
    if oauth["asks_who"] and not (asked or oauth["asks_unprompted"]):
        what = "nothing makes the app ask: whoever is signed in there already would pass silently"
        instead = "add authorization_parameters: prompt (or max_age); or asks_unprompted: true where the vendor says so"
        yield "asks_who", what, f"{instead}; or remove it, and Countersign's page asks"
    if oauth["asks_unprompted"] and not oauth["asks_who"]:
        yield (
            "asks_unprompted",
            "it says why asks_who is true, and asks_who is not",
            "write asks_who: true, or remove it",
        )


def _check_addresses(app: Raw, names: AbstractSet[str], report: Report) -> None:
    oauth = app["oauth"]
    for key in _FIXED_ADDRESSES:
        if key in oauth:
            check_template(report, ("oauth", key), oauth[key], names)
    if "refresh_endpoint" in oauth:
        path, address = ("oauth", "refresh_endpoint"), oauth["refresh_endpoint"]
        for name in check_template(report, path, address, _base_names(app, names)):
            check_in_url(name, address, path, {}, report)


def _check_revocation(revocation: Raw, names: AbstractSet[str], report: Report) -> None:
    path = ("oauth", "revocation", "request")
    known = names | _REVOCATION_NAMES
    if "look_up" in revocation:
        asked = ("oauth", "revocation", "look_up")
        check_request(revocation["look_up"]["request"], (*asked, "request"), names, {}, report)
        check_query(report, (*asked, "token_id"), revocation["look_up"]["token_id"])
        known |= {"token_id"}
    check_request(revocation["request"], path, known, {}, report)
    sends_token = any("${token}" in text for _, text in strings(revocation["request"], ()))
    if not (revocation["bearer"] or sends_token):
        report.add(path, "the revocation does not send the token", "put ${token} into its form, query or json")


def _check_sites(app: Raw, names: AbstractSet[str], report: Report) -> None:
    path, sites = ("oauth", "sites"), app["oauth"]["sites"]
    check_request(sites["request"], (*path, "request"), names, {}, report)
    for query in _SITE_QUERIES:
        check_query(report, (*path, query), sites[query])
    _check_ours(sites, path, names, report)
    for place in (("oauth", "api_base"), ("api_base",)):
        if place[-1] in (app["oauth"] if len(place) > 1 else app):
            what = "where the API is follows from the chosen site"
            report.add(place, what, f"remove {'.'.join(place)}, or oauth.sites")


def _check_credential(app: Raw, names: AbstractSet[str], report: Report) -> None:
    check_template(report, ("credential", "help_url"), app["credential"]["help_url"], names)
    for name, field in app["credential"]["fields"].items():
        if re.fullmatch(field["pattern"], ""):
            path: Path = ("credential", "fields", name, "pattern")
            report.add(path, "the pattern lets an empty value in", "ask for at least one character, as in [!-~]{1,100}")
    if "account_url" not in app:
        what = "nobody is told where a key is deleted"
        report.add(("credential",), what, "add account_url: the page where a person deletes it in the app")
    for place, what, instead in _misplaced(app):
        report.add(place, what, instead)


def _misplaced(app: Raw) -> Iterator[tuple[Path, str, str]]:
    """Parts of a key that stand where others could read them: addresses end up in logs, query results on pages."""
    fields = app["credential"]["fields"]
    for path, text in strings(app, ()):
        for name in mentioned(text):
            part = name.removeprefix("credential.")
            if part == name or part not in fields:
                continue
            if "request" in path:
                where = path[path.index("request") + 1]
                if where not in _BODY:
                    yield path, f"${{{name}}} stands in an address", "send it in json, form or headers"
            elif path[0] != "identity" or fields[part]["secret"]:
                what = f"${{{name}}} stands where it could be shown"
                yield path, what, "use only parts with secret: false, and only in identity"


def _check_identity(app: Raw, names: AbstractSet[str], report: Report) -> None:
    identity = app["identity"]
    for place, what, instead in _contradictions(app):
        report.add(("identity", *place), what, instead)
    known = _base_names(app, names)
    if "claims_of" in identity:
        known |= {name for _, text in strings(identity, ()) for name in mentioned(text) if name.startswith("claims.")}
    if "issuer" in identity:
        check_template(report, ("identity", "issuer"), identity["issuer"], _base_names(app, names))
    known |= credential_names(app)
    if "request" in identity:
        check_request(identity["request"], ("identity", "request"), known, {}, report)
    queried = known - {"api_base"} - names | ({"person.email"} if "credential" in app else set())
    for query in _IDENTITY_QUERIES:
        if query in identity:
            check_query(report, ("identity", query), identity[query], queried)
    _check_ours(identity, ("identity",), names, report)


def _check_ours(of: Raw, path: Path, names: AbstractSet[str], report: Report) -> None:
    """What tells our own from other companies' is fixed by the deployment: it names a setting, and nothing else."""
    if "ours" in of and not check_query(report, (*path, "ours"), of["ours"], names):
        what = "it names no setting, so it would be the same for every company"
        report.add((*path, "ours"), what, choices({f"${{{name}}}" for name in names}))


def _contradictions(app: Raw) -> Iterator[tuple[Path, str, str]]:
    identity = app["identity"]
    if "credential" in app and "claims_of" in identity:
        yield ("claims_of",), "a key carries no claims", "remove claims_of, and ask the app with a request"
    if "request" not in identity and ("claims_of" not in identity or "credential" in app):
        why = "check the key" if "credential" in app else "say who signed in"
        yield (
            (),
            f"there is no request, so nothing would {why}",
            "add request" + ("" if "credential" in app else ", or claims_of"),
        )
    if "issuer" in identity and identity.get("claims_of") not in {"id_token", "access_token"}:
        yield ("issuer",), "only a JSON Web Token names an issuer", "write claims_of: id_token, or remove issuer"
