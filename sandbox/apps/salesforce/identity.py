"""Who the token belongs to: `/services/oauth2/userinfo` and the identity URL of the token answer."""

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.apps.accounts import Account
from sandbox.apps.bearer import bearer_caller
from sandbox.apps.salesforce.objects import record_id

MY_DOMAIN = "https://acme.my.salesforce.com"
ORGANIZATION_ID = record_id("Organization", 1)


def identity_url(account: Account) -> str:
    """The `id` of a token answer, and the `sub` of an id_token."""
    return f"https://login.salesforce.com/id/{ORGANIZATION_ID}/{account.account_id}"


def identity_routes() -> Blueprint:
    """Both identity calls. A bad token is answered 403 in one word of plain text, unlike the data API."""
    routes = Blueprint("salesforce_identity", __name__)

    @routes.route("/services/oauth2/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        caller = bearer_caller()
        return jsonify(_userinfo(caller.account)) if caller else _bad_token()

    @routes.get("/id/<organization>/<user>")
    def identity(organization: str, user: str) -> Response:
        caller = bearer_caller()
        if caller is None:
            return _bad_token()
        if (organization, user) != (ORGANIZATION_ID, caller.account.account_id):
            return Response("Wrong_Id", 403, mimetype="text/plain")
        return jsonify(_identity(caller.account))

    return routes


def _bad_token() -> Response:
    return Response("Bad_OAuth_Token", 403, mimetype="text/plain")


def _userinfo(account: Account) -> dict[str, Any]:
    return {
        "sub": identity_url(account),
        "user_id": account.account_id,
        "organization_id": ORGANIZATION_ID,
        "preferred_username": account.login,
        "nickname": account.login.partition("@")[0],
        "name": account.name,
        "given_name": account.name,
        "email": account.email,
        "email_verified": True,
        "active": True,
        "user_type": "STANDARD",
        "urls": {"rest": f"{MY_DOMAIN}/services/data/v{{version}}/", "custom_domain": MY_DOMAIN},
    }


def _identity(account: Account) -> dict[str, Any]:
    return {
        "id": identity_url(account),
        "asserted_user": True,
        "user_id": account.account_id,
        "organization_id": ORGANIZATION_ID,
        "username": account.login,
        "nick_name": account.login.partition("@")[0],
        "display_name": account.name,
        "first_name": account.name,
        "email": account.email,
        "email_verified": True,
        "active": True,
        "urls": {"rest": f"{MY_DOMAIN}/services/data/v{{version}}/", "custom_domain": MY_DOMAIN},
    }
