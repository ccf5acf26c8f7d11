"""Permalinks: what `chat.getPermalink` answers leads to the message's conversation on the sandbox page."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from sandbox.slack.state import SlackState
from sandbox.slack.web.browser import current_session


def permalink_routes(state: SlackState) -> Blueprint:
    """`/archives/{channel}/p{ts}`."""
    routes = Blueprint("permalinks", __name__)

    @routes.get("/archives/<channel>/p<int:_message>")
    def show(channel: str, _message: int) -> Response:
        with state.lock:
            session = current_session(state)
            user = session.accounts.get(state.config.team_id) if session else None
        return redirect(f"{state.config.page_url}#/{user}/{channel}" if user else state.config.page_url)

    return routes
