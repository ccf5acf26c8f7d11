"""The app's own browser session: one cookie per app host, SameSite=Lax, and forms that can't be forged."""

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, abort, request, session

from sandbox.apps.accounts import Account
from sandbox.apps.state import current

ACCOUNT = "account_id"
CSRF = "csrf"
FRESH_FOR = "signed_in_for"


def configure(app: Flask, app_id: str) -> None:
    """Name and scope the cookie; the signing key lives as long as the process."""
    app.secret_key = secrets.token_bytes(32)
    app.config.update(SESSION_COOKIE_NAME=f"{app_id}_session", SESSION_COOKIE_SAMESITE="Lax")
    app.jinja_env.globals.update(csrf_token=csrf_token, signed_in=signed_in)


def signed_in() -> Account | None:
    """The account of this browser, unless locked out."""
    return current().directory.by_id(session.get(ACCOUNT))


def sign_in(account: Account, for_target: str) -> None:
    """Begin a session; `for_target` remembers what the person signed in for (`prompt=login` asks)."""
    current().signed_in_at.add(request.host)
    session.clear()
    session[ACCOUNT] = account.account_id
    session[FRESH_FOR] = for_target


def just_signed_in_for(target: str) -> bool:
    """Whether the sign-in happened for this very request; true once."""
    return bool(session.pop(FRESH_FOR, None) == target)


def csrf_token() -> str:
    """The token that every form of this session carries."""
    return str(session.setdefault(CSRF, secrets.token_urlsafe(24)))


def check_csrf() -> None:
    """Refuse a form that didn't come from our own page."""
    if not hmac.compare_digest(request.form.get(CSRF, "").encode(), csrf_token().encode()):
        abort(403, "This form is out of date: go back, reload the page and try again.")


def own_path(target: str) -> str:
    """`target` if it is a path of this app, else the start page: no open redirects."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return target if safe else "/"


def is_sandbox_address(url: str) -> bool:
    """Whether the URL leads to one of the sandbox's own hosts, on the port that this request came to."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    own_host = host in {"127.0.0.1", "localhost"} or host.endswith(".localhost")
    own_port = (parts.port or 80) == (urlsplit(request.host_url).port or 80)
    return parts.scheme == "http" and own_host and own_port and "@" not in parts.netloc and "\\" not in url
