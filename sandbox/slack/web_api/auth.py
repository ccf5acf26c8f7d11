"""Tokens: `auth.test`, `auth.revoke`, `apps.uninstall`, and the two methods that redeem an authorization code.

Source: docs.slack.dev/reference/methods/auth.revoke, …/openid.connect.token, …/oauth.v2.access, …/apps.uninstall,
…/auth.teams.list, docs.slack.dev/enterprise/developing-for-enterprise-orgs.
"""

import hmac

from sandbox.slack.errors import SlackError
from sandbox.slack.grants import Flow, Grant
from sandbox.slack.model import BOT_DISPLAY_NAME, BOT_ID, BOT_NAME, BOT_USER, Json
from sandbox.slack.openid import id_token_claims, user_info
from sandbox.slack.payloads import ENTERPRISE_NAME
from sandbox.slack.state import SlackState
from sandbox.slack.tokens import LIFETIME, Token
from sandbox.slack.web_api.call import Call
from sandbox.slack.workspace import Workspace


def test(state: SlackState, call: Call) -> Json:
    """`auth.test`: whose token this is."""
    bot = call.token.kind == "bot"
    answer: Json = {
        "url": f"{state.config.web_url}/",
        "team": call.workspace.name,
        "user": BOT_NAME if bot else call.workspace.people[call.token.user].name,
        "team_id": call.workspace.id,
        "user_id": call.token.user,
        "is_enterprise_install": call.whole_organisation,
    }
    if call.whole_organisation:
        answer |= {"team": ENTERPRISE_NAME, "team_id": call.token.team_id}
    if bot:
        answer |= {"bot_id": BOT_ID, "app_id": state.config.app_id, "app_name": BOT_DISPLAY_NAME}
    if call.workspace.enterprise_id:
        answer["enterprise_id"] = call.workspace.enterprise_id
    return answer


def revoke(state: SlackState, call: Call) -> Json:
    """`auth.revoke`: ends the authorization and fires `tokens_revoked`, which names users, not tokens."""
    if call.flag("test"):
        return {"revoked": False}
    state.tokens.revoke(call.secret)
    revoked: dict[str, list[str]] = {"oauth": [], "bot": []}
    revoked["bot" if call.token.kind == "bot" else "oauth"].append(call.token.user)
    if call.token.kind == "user":
        state.grants.withdraw(call.workspace.id, call.token.user)
    state.events.send(call.workspace, call.token.user, {"type": "tokens_revoked", "tokens": revoked})
    return {"revoked": True}


def redeem_sign_in(state: SlackState, arguments: Json) -> Json:
    """`openid.connect.token`: a code for an id_token; refusals come as HTTP 200 with `ok: false`."""
    grant = _redeem(state, arguments, "openid")
    person = state.person(grant.user)
    access_token = state.tokens.grant(Token("user", grant.team_id, grant.user, grant.scopes))
    claims = id_token_claims(state.config, grant, person, access_token, int(state.clock()))
    return {"access_token": access_token, "token_type": "Bearer", "id_token": state.signing_key.sign(claims)}


def redeem_install(state: SlackState, arguments: Json) -> Json:
    """`oauth.v2.access`: a code for the bot's token in the workspace where it was installed."""
    if arguments.get("grant_type") == "refresh_token":
        _check_client(state, arguments)
        token, access, refresh = state.tokens.renew(str(arguments.get("refresh_token", "")), state.clock())
        return _installed(state, token) | _rotating(access, refresh)
    grant = _redeem(state, arguments, "install")
    token = Token("bot", grant.team_id, BOT_USER, grant.scopes)
    answer = _installed(state, token) | {"authed_user": {"id": grant.user}}
    if state.config.token_rotation:
        return answer | _rotating(*state.tokens.rotate(token, state.clock()))
    # Without rotation, installing again brings back the same token.
    secret = state.config.bot_token if grant.team_id == state.config.team_id else None
    return answer | {"access_token": state.tokens.grant(token, secret)}


def uninstall(state: SlackState, call: Call) -> Json:
    """`apps.uninstall`: ends the installation; `app_uninstalled` and `tokens_revoked` follow, in no promised order."""
    _check_client(state, call.arguments)
    state.uninstall(call.token.team_id)
    return {}


def teams(state: SlackState, call: Call) -> Json:
    """`auth.teams.list`: where an organisation's installation was added; else the token's own workspace."""
    found = [call.workspace]
    if call.whole_organisation:
        found = [each for each in state.of_organisation(call.token.team_id) if each.id in state.added_to]
    page, metadata = call.page([{"id": each.id, "name": each.name} for each in found])
    return {"teams": page, "response_metadata": metadata}


def _installed(state: SlackState, token: Token) -> Json:
    """What an installation's answer says besides its token: on a whole organisation `team` is null."""
    workspace = state.workspaces.get(token.team_id)
    organisation = {"id": token.team_id, "name": ENTERPRISE_NAME}
    return {
        "token_type": "bot",
        "scope": ",".join(sorted(token.scopes)),
        "bot_user_id": BOT_USER,
        "app_id": state.config.app_id,
        "team": {"name": workspace.name, "id": workspace.id} if workspace else None,
        "enterprise": _enterprise(workspace) if workspace else organisation,
        "is_enterprise_install": workspace is None,
    }


def _rotating(access: str, refresh: str) -> Json:
    return {"access_token": access, "refresh_token": refresh, "expires_in": LIFETIME}


def sign_in_user_info(state: SlackState, call: Call) -> Json:
    """`openid.connect.userInfo`: only for a token of Sign in with Slack."""
    if "openid" not in call.token.scopes:
        raise SlackError("missing_scope", needed="openid", provided=",".join(sorted(call.token.scopes)))
    return user_info(call.token.scopes, state.person(call.token.user), call.workspace)


def _check_client(state: SlackState, arguments: Json) -> None:
    if arguments.get("client_id") != state.config.client_id:
        raise SlackError("invalid_client_id")
    given, right = str(arguments.get("client_secret", "")), state.config.client_secret
    if not hmac.compare_digest(given.encode(), right.encode()):
        raise SlackError("bad_client_secret")


def _redeem(state: SlackState, arguments: Json, flow: Flow) -> Grant:
    _check_client(state, arguments)
    if arguments.get("grant_type", "authorization_code") != "authorization_code":
        raise SlackError("unsupported_grant_type" if flow == "openid" else "invalid_grant_type")
    return state.grants.redeem(str(arguments.get("code", "")), flow, arguments.get("redirect_uri"))


def _enterprise(workspace: Workspace) -> Json | None:
    return {"id": workspace.enterprise_id, "name": ENTERPRISE_NAME} if workspace.enterprise_id else None
