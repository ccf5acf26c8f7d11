"""Requests that are refused, with secrets in them: of others, of ours, and mistyped ones."""

import json
import secrets
from random import Random

import boto3
import requests

from countersign.adapters.slack.signature import sign
from countersign.domain.secret import Secret
from sandbox.one_process.person import Person
from sandbox.one_process.stack import OneProcess
from tests.support.slack_requests import body_of, load


def somebody_elses() -> str:
    """A secret that is not ours, or that somebody mistyped."""
    return secrets.token_urlsafe(24)


def bad_requests(stack: OneProcess, _: Random) -> None:
    """Forged, stale and malformed requests with secrets in them, to every route."""
    for recipe, hook in stack.hooks.items():
        bearer = {"Authorization": f"Bearer {hook['secret']}"}
        for body in (b"not json", b"[]", b'{"state": "no"}', f'{{"secret": "{hook["secret"]}"}}'.encode()):
            requests.post(hook["url"], data=body, headers=bearer, timeout=10)
        requests.post(hook["url"] + recipe, data=b"{}", headers=bearer, timeout=10)
    base = next(iter(stack.hooks.values()))["url"].partition("/hooks/")[0]
    forged = {"X-Slack-Signature": f"v0={stack.world.slack.signing_secret}", "X-Slack-Request-Timestamp": "1"}
    token = stack.world.slack.bot_token
    for route in ("interactions", "events", "commands"):
        requests.post(f"{base}/slack/{route}", data={"token": token}, headers=forged, timeout=10)
    for path in ("/oauth/slack/callback", "/oauth/callback/salesforce", "/slack/oauth_redirect"):
        requests.get(base + path, {"code": token, "state": token, "error": token}, timeout=10)


def other_secrets(stack: OneProcess, _: Random) -> None:
    """Where another one is wanted, and where none is."""
    hooks(stack)
    older_signing_secret(stack)
    typed_secrets(stack)


def hooks(stack: OneProcess) -> None:
    """A card posted, signed, posted again; and what comes with another secret, as a header and in the body."""
    stack.sandbox.send_sample_cards()
    hook = stack.hooks["approve_change"]
    wrong, signing = somebody_elses(), somebody_elses()
    for scheme in ("Bearer ", "Basic ", "bearer  ", ""):
        headers = {"Authorization": f"{scheme}{wrong}"}
        requests.post(hook["url"], json={"secret": wrong, "change": wrong}, headers=headers, timeout=10)
    for signature in (f"v1,{signing}", signing, f"v1,{hook['secret']}"):
        headers = {"webhook-id": "a", "webhook-timestamp": str(int(stack.clock())), "webhook-signature": signature}
        requests.post(hook["url"], data=b"{}", headers=headers, timeout=10)
    josie = Person(stack, "josie")
    josie.click("Approve", on="Change")
    stack.settle(seconds=0)


def older_signing_secret(stack: OneProcess) -> None:
    """Two of Slack's signing secrets count for a while; a request comes with each, and one with neither's."""
    older, now = somebody_elses(), str(int(stack.clock()))
    newest = stack.world.slack.signing_secret
    content = {"signing_secret": newest, "signing_secrets": [older]}
    boto3.client("secretsmanager").put_secret_value(SecretId="SlackSigningSecret", SecretString=json.dumps(content))
    base = next(iter(stack.hooks.values()))["url"].partition("/hooks/")[0]
    for recorded in ("command_help", "event_channel_id_changed", "button_approve"):
        event = load(recorded)
        body = body_of(event)
        for secret in (newest, older, somebody_elses()):
            headers = {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": sign(body, now, Secret(secret))}
            kind = {"Content-Type": event["headers"]["Content-Type"]}
            requests.post(base + event["path"], data=body, headers=headers | kind, timeout=10)
    stack.settle(seconds=0)


def typed_secrets(stack: OneProcess) -> None:
    """People type and paste what they should not, where it is not asked for."""
    josie = Person(stack, "josie")
    josie.type(f"my password is {somebody_elses()}")
    josie.type(f"/countersign connections {somebody_elses()}")
    stack.settle(seconds=0)
