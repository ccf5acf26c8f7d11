"""The app's page on which a person makes a personal key."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.apps import sessions
from sandbox.apps.description import PersonalKeys
from sandbox.apps.state import AppState


def key_page(state: AppState, where: PersonalKeys) -> Blueprint:
    """The page at the vendor's own address: sign in, make a key, see it once."""
    routes = Blueprint("keys", __name__)

    @routes.route(where.path, methods=["GET", "POST"])
    def page() -> str | Response:
        account = sessions.signed_in()
        if account is None:
            return redirect(url_for("oauth.login", next=request.path))
        made: dict[str, str] = {}
        if request.method == "POST":
            sessions.check_csrf()
            made = dict(zip((where.id_field, where.secret_field), state.keys.make(account), strict=True))
        return render_template("key.html", app=state.description, account=account, made=made)

    return routes
