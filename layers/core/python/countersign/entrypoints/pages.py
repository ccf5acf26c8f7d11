"""The pages of a sign-in as HTML: for small screens, keyboards and screen readers alike; nothing is loaded or run."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from countersign.domain.page_texts.phrases import REFERENCE, PageText
from countersign.domain.page_texts.shared import text_of
from countersign.domain.page_texts.sign_in import (
    ALERTS,
    CHOICES,
    KEY_HELP,
    ONWARD_LINK,
    ONWARD_TEXT,
    ONWARD_TITLE,
    REASONS,
)
from countersign.domain.pages import Do, Entry, Onward, Page
from countersign.domain.sign_in import WHOLE_SECONDS
from countersign.entrypoints.api_gateway import Answer, answer, page
from countersign.entrypoints.frame import framed
from countersign.entrypoints.html import Element, element
from countersign.entrypoints.page_style import SOURCE

COOKIE: Final = "__Host-bt"
"""Bound to this very host, sent on top-level navigations only, never readable by scripts (RFC 6265bis §4.1.3.2).

It lives as long as a whole sign-in: every leg must bring it, and so must the last question's answer.
"""
ENTRY: Final = "key_"
"""Before the name of every part of a key, so that none can be taken for a field of ours."""
CHOICE: Final = "site"
_NO_PLACEHOLDER: Final = "—"


class _Values(dict[str, str]):
    """A name that a page forgot reads as a dash: a page that explains an error must not be one."""

    def __missing__(self, _key: str) -> str:
        return _NO_PLACEHOLDER


def page_answer(shown: Page, reference: str) -> Answer:
    """A page, with the reference number where an operator may be asked about it."""
    text, values = text_of(shown.kind, shared=shown.shared), _Values(shown.values)
    body = [element("p", paragraph.format_map(values)) for paragraph in text.paragraphs]
    if shown.facts:
        body.append(element("dl", *(_fact(label, value) for label, value in shown.facts)))
    if shown.reasons:
        body.append(element("ul", *(element("li", REASONS[reason].format_map(values)) for reason in shown.reasons)))
    if shown.help_url:
        opens = {"href": shown.help_url, "target": "_blank", "rel": "noopener noreferrer"}
        body.append(element("p", element("a", KEY_HELP.format_map(values), **opens)))
    if shown.alert is not None:
        body.append(element("p", ALERTS[shown.alert].format_map(values), role="alert", class_="alert"))
    if text.buttons and shown.post_to:
        body.append(_form(text, shown, values))
    if text.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        body.append(element("p", f"{REFERENCE}: ", element("code", shown.reference or reference), class_="reference"))
    return page(text.status, framed(text.title.format_map(values), body), style_source=SOURCE)


def onward_answer(onward: Onward, *, after_post: bool) -> Answer:
    """Sends the browser on, with its cookie.

    After a form was posted by a page that goes on by itself, never by a redirect: browsers hold every redirect that
    follows a form against the page's ``form-action`` (MDN, CSP: form-action), so Slack and the app would be blocked.
    """
    cookie = f"{COOKIE}={onward.cookie}; Max-Age={WHOLE_SECONDS}; Path=/; Secure; HttpOnly; SameSite=Lax"
    if not after_post:
        # Its own empty fragment, or else the browser takes along the one that it came with (see ``after_callback``).
        headers = {"Location": f"{onward.url}#", "Referrer-Policy": "no-referrer"}
        return answer(HTTPStatus.FOUND, headers, cookies=[cookie])
    body = [
        element("p", ONWARD_TEXT),
        element("a", ONWARD_LINK.format(service=onward.service), href=onward.url, class_="go"),
    ]
    refresh = element("meta", http_equiv="refresh", content=f"0;url={onward.url}")
    html = framed(ONWARD_TITLE.format(service=onward.service), body, refresh)
    return page(HTTPStatus.OK, html, style_source=SOURCE, cookies=[cookie])


def _form(text: PageText, shown: Page, values: Mapping[str, str]) -> Element:
    fields = [_entry(entry) for entry in shown.entries]
    if shown.choices:
        legend = element("legend", CHOICES.format_map(values))
        fields.append(element("fieldset", legend, *(_choice(value, label) for value, label in shown.choices)))
    buttons = [_button(do, label.format_map(values), first=not place) for place, (do, label) in enumerate(text.buttons)]
    return element("form", *fields, *buttons, method="post", action=shown.post_to)


def _button(do: Do, label: str, *, first: bool) -> Element:
    """Only the first one needs what is asked for above it: saying no needs nothing."""
    how = {"class_": "go"} if first else {"class_": "", "formnovalidate": ""}
    return element("button", label, type="submit", name="do", value=do, **how)


def _entry(entry: Entry) -> Element:
    """A labelled field. What is secret is hidden while it is typed; the browser is asked to remember none of it."""
    name = ENTRY + entry.name
    how = {"type": "password" if entry.secret else "text", "autocomplete": "off", "maxlength": "600", "required": ""}
    field = element("input", id=name, name=name, autocapitalize="none", spellcheck="false", **how)
    return element("div", element("label", entry.label, for_=name), field, class_="entry")


def _choice(value: str, label: str) -> Element:
    radio = element("input", type="radio", name=CHOICE, value=value, required="")
    return element("label", radio, element("span", label), class_="choice")


def _fact(label: str, value: str) -> Element:
    return element("div", element("dt", label), element("dd", value))
