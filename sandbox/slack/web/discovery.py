"""The OpenID documents that programs read: discovery and keys."""

from flask import Blueprint, jsonify

from sandbox.slack.openid import discovery
from sandbox.slack.state import SlackState


def discovery_routes(state: SlackState) -> Blueprint:
    """`/.well-known/openid-configuration` and `/openid/connect/keys`."""
    routes = Blueprint("discovery", __name__)
    routes.add_url_rule(
        "/.well-known/openid-configuration",
        endpoint="configuration",
        view_func=lambda: jsonify(discovery(state.config)),
    )
    routes.add_url_rule(
        "/openid/connect/keys", endpoint="keys", view_func=lambda: jsonify(state.signing_key.public_keys())
    )
    return routes
