"""A typed code through the routes themselves: what the browser is sent, and the cookie that it must bring back."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.proof import Proof
from countersign.entrypoints.oauth import handle
from countersign.usecases.hear_code import HearCode
from tests.support.sign_in_world import ACME, JOSIE, ScriptedHttp, SignInWorld, salesforce_user


def request(method: str, path: str, body: str = "", cookie: str = "", **parameters: str) -> dict[str, Any]:
    """An event of API Gateway's REST API."""
    address = urlsplit(path)
    headers = {"Content-Type": ["application/x-www-form-urlencoded"], "Cookie": [cookie]}
    return {
        "httpMethod": method,
        "path": address.path,
        "multiValueHeaders": headers,
        "multiValueQueryStringParameters": parse_qs(address.query) or None,
        "pathParameters": parameters or None,
        "body": body or None,
        "isBase64Encoded": False,
        "requestContext": {"requestId": "reference"},
    }


def test_without_slacks_word_the_code_is_asked_for_and_then_it_connects() -> None:
    http = ScriptedHttp({"acme.my.salesforce.com": salesforce_user("josie@acme.com")})
    world = SignInWorld(http=http, proof=Proof.DM_CODE)
    _, link = world.begin(JOSIE, "salesforce")

    started = handle(request("POST", f"/connect/{link}", "do=go", sign_in=link), world)
    cookie = started["headers"]["Set-Cookie"].partition(";")[0]
    assert "https://salesforce/authorize" in started["body"]
    assert "slack.com" not in started["body"]
    state = re.search(r"state=([0-9a-f]{64})", started["body"])
    assert state is not None

    callback = f"/oauth/callback/salesforce?code=good&state={state[1]}"
    back = handle(request("GET", callback, cookie=cookie, app="salesforce"), world)
    clean = urlsplit(back["headers"]["Location"]).path.removeprefix("/prod")
    asked = handle(request("GET", clean, cookie=cookie, sign_in=clean.rpartition("/")[2]), world)
    code, form = re.search(r"[2-9][2-9A-Z]{3}-[2-9A-Z]{4}", asked["body"]), re.search(r"/connect/(\w+)", asked["body"])
    assert code is not None
    assert form is not None

    press = request("POST", f"/connect/{form[1]}", "do=confirm", cookie, sign_in=form[1])
    assert "The code has not come yet" in handle(press, world)["body"]
    hear = HearCode(world.sign_ins, world.audit, world.clock)
    assert hear(Interaction("Ev1", Kind.TEXT, JOSIE, ACME, ReplyTo("D0JOSIE"), value=code[0])) is not None
    assert "<h1>Connected</h1>" in handle(press, world)["body"]
    connection = world.connections.get(JOSIE, "salesforce")
    assert connection is not None
    assert connection.proof is Proof.DM_CODE
