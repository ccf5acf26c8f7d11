"""The pages: every one renders, escapes what it shows, and allows nothing."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from countersign.domain.page_texts.sign_in import ALERTS, PROOFS, REASONS, TEXTS
from countersign.domain.pages import Alert, Entry, Onward, Page, PageKind
from countersign.domain.proof import Proof
from countersign.domain.sign_in_policy import Reason
from countersign.entrypoints.api_gateway import Answer
from countersign.entrypoints.pages import onward_answer, page_answer
from tests.support.sign_in_world import JOSIE

if TYPE_CHECKING:
    from tests.unit.sign_in.conftest import Scripted

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "</title><style>*{display:none}</style>",
    "{person.__class__}",
    "\u202egnp.exe",
    "&amp;<!--",
]
VALUES = {
    "app": "ServiceNow",
    "person": "@josie",
    "workspace": "Acme",
    "account": "josie@acme.com",
    "other": "Other Ltd",
    "error": "server_error",
    "email": "josie@acme.com",
    "account_email": "j@else.example",
    "previous": "old@acme.com",
    "previous_site": "Acme Labs",
    "hint": "It is under Settings.",
    "tries_left": "2",
    "proof": PROOFS[Proof.SIWS],
    "recipes": "Approve a change",
}


class Tags(HTMLParser):
    """Every start tag with its attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _full(kind: PageKind, values: dict[str, str] = VALUES) -> Page:
    facts = (("Slack", values["person"]), (values["app"], values["account"]))
    page = Page(kind, values, "https://api.example.com/prod/connect/" + "a" * 64, facts)
    match kind:
        case PageKind.CONFIRM:
            return replace(page, reasons=tuple(Reason))
        case PageKind.CHOOSE:
            choices = tuple((f"{place}{values['other']}", values["other"]) for place in range(12))
            return replace(page, choices=choices, alert=Alert.NO_CHOICE, reasons=tuple(Reason))
        case PageKind.KEY:
            entries = (Entry("user_id", values["other"], secret=False), Entry("user_secret", "Secret", secret=True))
            return replace(page, entries=entries, alert=Alert.KEY_WRONG, help_url=values["other"])
    return page


def _policy(answer: Answer) -> str:
    return str(answer["headers"]["Content-Security-Policy"])


def test_every_page_has_a_text_and_every_name_in_it_is_known() -> None:
    assert set(TEXTS) == set(PageKind)
    assert set(REASONS) == set(Reason)
    assert set(ALERTS) == set(Alert)
    assert set(PROOFS) == set(Proof)
    texts = [text for page in TEXTS.values() for text in (page.title, *page.paragraphs)]
    texts += [*REASONS.values(), *ALERTS.values()]
    names = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
    assert names <= set(VALUES)


@pytest.mark.parametrize("kind", PageKind)
def test_every_page_is_one_heading_in_a_language_and_says_something(kind: PageKind) -> None:
    answer = page_answer(_full(kind), "ref-1")
    tags = Tags(answer["body"])
    assert answer["statusCode"] == TEXTS[kind].status
    assert tags.named("html") == [{"lang": "en"}]
    assert len(tags.named("h1")) == len(tags.named("title")) == len(tags.named("main")) == 1
    assert ("ref-1" in tags.text) is (answer["statusCode"] >= 500)
    assert "{" not in re.sub(r"(?s)<style>.*?</style>", "", answer["body"])


@pytest.mark.parametrize("kind", PageKind)
@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_wrote_is_text_wherever_it_lands(kind: PageKind, text: str) -> None:
    tame = Tags(page_answer(_full(kind), "ref-1")["body"])
    wild = Tags(page_answer(_full(kind, dict.fromkeys(VALUES, text)), text)["body"])
    assert [tag for tag, _ in wild.tags] == [tag for tag, _ in tame.tags]
    assert [sorted(attributes) for _, attributes in wild.tags] == [sorted(a) for _, a in tame.tags]


@pytest.mark.parametrize("kind", PageKind)
def test_the_policy_allows_the_one_style_sheet_and_nothing_else(kind: PageKind) -> None:
    answer = page_answer(_full(kind), "ref-1")
    styles = re.findall(r"(?s)<style>(.*?)</style>", answer["body"])
    digest = base64.b64encode(hashlib.sha256(styles[0].encode()).digest()).decode()
    assert len(styles) == 1
    assert set(_policy(answer).split("; ")) == {
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        f"style-src 'sha256-{digest}'",
    }
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["Referrer-Policy"] == "no-referrer"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    tags = Tags(answer["body"])
    assert not {"script", "img", "link", "iframe", "object", "base"} & {tag for tag, _ in tags.tags}
    assert not [a for _, a in tags.tags if "style" in a or any(name.startswith("on") for name in a)]


def test_buttons_post_to_the_one_address_and_say_what_they_do() -> None:
    tags = Tags(page_answer(_full(PageKind.CONFIRM), "r")["body"])
    assert tags.named("form") == [{"method": "post", "action": "https://api.example.com/prod/connect/" + "a" * 64}]
    assert [(button["name"], button["value"]) for button in tags.named("button")] == [
        ("do", "confirm"),
        ("do", "decline"),
    ]


def test_a_page_with_nowhere_to_post_has_no_buttons() -> None:
    assert not Tags(page_answer(Page(PageKind.EXPIRED, VALUES), "r")["body"]).named("form")


def test_after_a_form_a_page_goes_on_by_itself_and_by_a_link() -> None:
    url = "https://slack.com/openid/connect/authorize?a=1&b=%22%3E"
    answer = onward_answer(Onward(url, "Slack", "c" * 64), after_post=True)
    tags = Tags(answer["body"])
    assert answer["statusCode"] == 200
    assert {"http-equiv": "refresh", "content": f"0;url={url}"} in tags.named("meta")
    assert [link["href"] for link in tags.named("a")] == [url]
    assert answer["headers"]["Set-Cookie"] == (
        f"__Host-bt={'c' * 64}; Max-Age=1800; Path=/; Secure; HttpOnly; SameSite=Lax"
    )


def test_the_cookie_outlives_the_last_leg_of_the_slowest_sign_in(scripted: "Scripted") -> None:
    """Set when Slack vouched; then ten minutes at the app, and ten more before the question is answered."""
    _, cookie, state = scripted.to_app(JOSIE)
    set_at = scripted.world.clock.now
    scripted.world.clock.now += 599
    asked = scripted.back(state, cookie)
    scripted.world.clock.now += 599
    answered = scripted.world.confirm_sign_in(asked.post_to.rpartition("/")[2], cookie, accepted=True)
    cookies = onward_answer(Onward("https://a.example", "A", cookie), after_post=True)["headers"]["Set-Cookie"]
    (seconds,) = re.findall(r"Max-Age=(\d+)", cookies)
    assert (asked.kind, answered.kind) == (PageKind.CONFIRM, PageKind.DONE)
    assert int(seconds) > scripted.world.clock.now - set_at


@pytest.mark.parametrize("kind", [PageKind.DONE, PageKind.NEW_LINK_SENT])
def test_no_page_promises_what_only_slack_will_know(kind: PageKind) -> None:
    """Nothing may have waited, or too long; and a person's links are limited."""
    said = " ".join(TEXTS[kind].paragraphs)
    assert not re.search("by itself|was sent|has been sent", said)
    assert "or you are asked there" in said or "If {person} can have" in said


def test_after_a_redirect_comes_a_redirect() -> None:
    answer = onward_answer(Onward("https://app.example.com/", "App", "c" * 64), after_post=False)
    assert (answer["statusCode"], answer["headers"]["Location"], answer["body"]) == (
        302,
        "https://app.example.com/#",
        "",
    )
    assert answer["headers"]["Set-Cookie"].startswith("__Host-bt=")
