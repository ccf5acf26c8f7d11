"""Slack's own error page: where a browser ends when Slack refuses and does not send it back to the app."""

from http import HTTPStatus

from flask import Response, render_template


class Refused(Exception):
    """The request ends here, on a page that says why.

    Attributes:
        title: What is wrong, or Slack's name for it, e.g. `invalid_team_for_non_distributed_app`.
        advice: What to do next.
    """

    def __init__(self, title: str, advice: str) -> None:
        super().__init__(title)
        self.title = title
        self.advice = advice


def refusal_page(refused: Exception) -> Response:
    """The page for a `Refused`."""
    title, advice = (refused.title, refused.advice) if isinstance(refused, Refused) else ("Something broke", "")
    return Response(render_template("refusal.html", title=title, advice=advice), HTTPStatus.BAD_REQUEST)
