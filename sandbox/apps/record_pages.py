"""The app's own pages: the audit view at `/`, a page per record, and deciding there in the app itself."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from sandbox.apps import sessions
from sandbox.apps.audit import Caller
from sandbox.apps.cards import CardSender
from sandbox.apps.records import Records, RefusedError
from sandbox.apps.state import AppState, current

type Page = str | Response
type Answer = Page | tuple[Page, int]


def record_pages(state: AppState, records: Records, cards: CardSender) -> Blueprint:
    """The pages that a browser sees."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def home() -> str:
        return render_template(
            "home.html",
            app=state.description,
            records=records.listing(),
            audit=state.audit.entries(),
            grants=state.grants.as_json(),
        )

    @routes.post("/records/<record_id>/decision")
    def decide(record_id: str) -> Answer:
        return _decide(records, cards, record_id)

    @routes.post("/records/<record_id>/card")
    def send_card(record_id: str) -> Answer:
        sessions.check_csrf()
        view = records.view(record_id) or abort(404)
        try:
            cards.send(record_id)
        except KeyError:
            abort(404, "No hook is set up for this record's cards.")
        return redirect(view.url)

    return routes


def _decide(records: Records, cards: CardSender, record_id: str) -> Answer:
    account = sessions.signed_in()
    view = records.view(record_id) or abort(404)
    if account is None:
        return redirect(url_for("oauth.login", next=view.url))
    sessions.check_csrf()
    approve, comments = request.form.get("decision") == "approve", request.form.get("comments", "").strip()
    try:
        records.decide(record_id, Caller(account, None), approve=approve, comments=comments)
    except RefusedError as refusal:
        return record_page(records, cards, record_id, problem=refusal.detail), 403
    cards.update(record_id)
    return redirect(view.url)


def record_page(records: Records, cards: CardSender, record_id: str, problem: str = "") -> Page:
    """A record as the signed-in person sees it; others sign in first. Unknown record: 404."""
    view = records.view(record_id) or abort(404)
    account = sessions.signed_in()
    if account is None:
        return redirect(url_for("oauth.login", next=request.full_path))
    return render_template(
        "record.html",
        app=current().description,
        record=view,
        account=account,
        decidable=records.may_decide(record_id, account),
        has_card=records.card(record_id) is not None,
        deliveries=cards.deliveries(record_id),
        problem=problem,
    )
