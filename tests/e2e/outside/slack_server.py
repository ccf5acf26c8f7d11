"""Serves the outside Slack: the few Web API methods that the product needs, reply addresses, and Sign in with Slack.

Every address differs from Slack's own and the sandbox's, so that only what the environment names can be reached.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, redirect, request
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import make_server
from werkzeug.wrappers import Response as WerkzeugResponse

from tests.e2e.outside.slack import BOT, TEAM, Json, Slack

ISSUER = "https://slack.acme.example"
API_PATH, KEYS_PATH = "/web-api", "/signing-keys"
SESSION = "session"

type Fields = Mapping[str, Any]


@contextmanager
def serving(slack: Slack, port: int) -> Iterator[None]:
    """Serve it on loopback while the block runs."""
    server = make_server("127.0.0.1", port, create_app(slack), threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def create_app(slack: Slack) -> Flask:
    """The WSGI application."""
    app = Flask(__name__)
    methods = web_api(slack)

    @app.post(f"{API_PATH}/<method>")
    def call(method: str) -> Response:
        fields = request.get_json(silent=True) or request.form
        if method == "openid.connect.token":
            return jsonify(sign_in.token(fields))
        if request.headers.get("Authorization") != f"Bearer {slack.app.bot_token}":
            return jsonify(ok=False, error="invalid_auth")
        if method not in methods:
            return jsonify(ok=False, error="unknown_method")
        return jsonify(methods[method](fields))

    @app.post("/replies/<key>")
    def reply(key: str) -> Response:
        person, message = slack.replies[key]
        body = request.get_json()
        if body.get("replace_original") and message is not None:
            slack.write(message, body)
        else:
            slack.post(message.channel if message else person.id, body, only_for=person.id)
        return Response("ok")

    sign_in = SignIn(slack)
    app.add_url_rule("/enter/<user>", view_func=sign_in.enter)
    app.add_url_rule("/openid/connect/authorize", view_func=sign_in.authorize)
    app.add_url_rule(KEYS_PATH, view_func=sign_in.keys)
    return app


def web_api(slack: Slack) -> dict[str, Callable[[Fields], Json]]:
    """Method → what it answers (docs.slack.dev/reference/methods)."""

    def info(fields: Fields) -> Json:
        person = slack.people.get(fields["user"])
        if person is None:
            return {"ok": False, "error": "user_not_found"}
        profile = {"display_name": person.name, "real_name": person.name.title(), "email": person.email}
        return {"ok": True, "user": {"id": person.id, "team_id": TEAM, "name": person.name, "profile": profile}}

    def post(fields: Fields) -> Json:
        message = slack.post(fields["channel"], fields)
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    def whisper(fields: Fields) -> Json:
        return {"ok": True, "message_ts": slack.post(fields["channel"], fields, only_for=fields["user"]).ts}

    def update(fields: Fields) -> Json:
        message = slack.find(fields["channel"], fields["ts"])
        if message is None or message.only_for:
            return {"ok": False, "error": "message_not_found"}
        slack.write(message, fields)
        return {"ok": True, "channel": message.channel, "ts": message.ts}

    return {
        "auth.test": lambda _fields: {"ok": True, "team": "Acme", "team_id": TEAM, "user_id": BOT, "bot_id": "B7BOT"},
        "users.info": info,
        "chat.postMessage": post,
        "chat.postEphemeral": whisper,
        "chat.update": update,
    }


class SignIn:
    """Sign in with Slack (docs.slack.dev/authentication/sign-in-with-slack) for browsers that say who they are."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, tuple[str, str, str]] = {}

    def enter(self, user: str) -> WerkzeugResponse:
        """Sign this browser in."""
        answer = Response(f"You are {user}")
        answer.set_cookie(SESSION, user, httponly=True)
        return answer

    def authorize(self) -> WerkzeugResponse:
        """Back to the app at once, as somebody who allowed it before."""
        asked, app = request.args, self._slack.app
        assert (asked["client_id"], asked["redirect_uri"], asked["team"]) == (app.client_id, app.redirect_uri, TEAM)
        assert (asked["response_type"], "openid" in asked["scope"].split()) == ("code", True)
        user = request.cookies.get(SESSION)
        if user is None:
            return Response("Sign in to your workspace", 401)
        code = secrets.token_hex(8)
        self._codes[code] = (user, asked["redirect_uri"], asked["nonce"])
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    def token(self, fields: Fields) -> Json:
        """An id_token for a code, once."""
        app = self._slack.app
        if (fields.get("client_id"), fields.get("client_secret")) != (app.client_id, app.client_secret):
            return {"ok": False, "error": "bad_client_secret"}
        user, redirect_uri, nonce = self._codes.pop(fields["code"], ("", "", ""))
        if not user or redirect_uri != fields["redirect_uri"]:
            return {"ok": False, "error": "invalid_code"}
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": user,
            "aud": app.client_id,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "https://slack.com/user_id": user,
            "https://slack.com/team_id": TEAM,
            "email": self._slack.people[user].email,
            "email_verified": True,
        }
        id_token = jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": "outside"})
        return {
            "ok": True,
            "access_token": f"xoxp-{secrets.token_hex(8)}",
            "token_type": "Bearer",
            "id_token": id_token,
        }

    def keys(self) -> Response:
        """The signing key."""
        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return jsonify(keys=[{**public, "kid": "outside", "alg": "RS256", "use": "sig"}])
