"""After a callback: the browser is at a clean address, which says what happened, to this browser alone by name."""

import base64
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.page_texts.sign_in import TEXTS
from countersign.domain.pages import Do, Page, PageKind
from countersign.entrypoints.after_callback import END, end_page, sent_on
from countersign.entrypoints.api_gateway import Answer
from countersign.entrypoints.pages import page_answer

API = "https://api.example.com/prod"
CALLBACK = "/oauth/callback/servicenow"
VALUES = {
    "app": "ServiceNow",
    "person": "@josie",
    "workspace": "Acme",
    "account": "josie@acme.com",
    "other": "Öther Ltd “1”",
    "error": "server_error",
    "previous": "old@acme.com",
    "recipes": "Approve a change",
}
ASKING = {
    kind
    for kind, text in TEXTS.items()
    if {do for do, _ in text.buttons} & {Do.GO, Do.CONFIRM, Do.CHOOSE, Do.ENTER_KEY}
}
ENDS = sorted(set(PageKind) - ASKING)
FAILURES = {PageKind.BROKEN, PageKind.MISCONFIGURED, PageKind.STORAGE_TROUBLE, PageKind.SLACK_TROUBLE}


def full(kind: PageKind) -> Page:
    """An end with all that it may say, and more than it says."""
    post_to = f"{API}/connect/{'a' * 64}" if TEXTS[kind].buttons else ""
    return Page(kind, VALUES, post_to, cause="for the log alone", trace_id="trace-1")


def given_cookie(answer: Answer) -> str:
    found = re.fullmatch(rf"{END}=([\w-]*); Max-Age=\d+; Path=/; Secure; HttpOnly; SameSite=Lax", _set_cookie(answer))
    assert found
    return found[1]


def _set_cookie(answer: Answer) -> str:
    return str(answer["headers"].get("Set-Cookie", ""))


def packed(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("kind", ENDS)
def test_an_end_is_shown_at_an_address_that_names_its_kind_and_nobody(kind: PageKind) -> None:
    shown = full(kind)
    answer = sent_on(shown, CALLBACK, "ref-1")
    assert (answer["statusCode"], answer["body"]) == (303, "")
    assert answer["headers"]["Location"] == f"../../connect/{kind}#"
    assert (answer["headers"]["Cache-Control"], answer["headers"]["Referrer-Policy"]) == ("no-store", "no-referrer")

    cookie = given_cookie(answer)
    again = page_answer(end_page(kind, cookie), "ref-2")

    assert again == page_answer(shown, "ref-1")
    told = base64.urlsafe_b64decode(cookie + "==").decode()
    assert "for the log alone" not in told
    if "{account}" not in str(TEXTS[kind]):
        assert "josie@acme.com" not in told, "what a page does not say is kept nowhere"


@pytest.mark.parametrize("kind", ENDS)
@pytest.mark.parametrize("cookie", [None, "", "x", packed(["expired", True, "", 1, {}])])
def test_without_what_it_was_given_a_browser_sees_the_plain_page(kind: PageKind, cookie: str | None) -> None:
    page = end_page(kind, cookie)
    text = TEXTS[kind]
    plain = "{" not in str(text) and not text.buttons and kind not in FAILURES
    assert page == Page(kind if plain else PageKind.REPLAYED)
    assert page_answer(page, "ref")["statusCode"] < 500


@pytest.mark.parametrize("word", ["nothing", "", "0" * 64, "../connect", "UNKNOWN", "<script>", "lost_cookie "])
def test_other_words_are_links_that_nobody_knows(word: str) -> None:
    assert end_page(word, given_cookie(sent_on(full(PageKind.DENIED), CALLBACK, "r"))) == Page(PageKind.UNKNOWN)


def test_what_was_told_of_another_end_is_not_told_of_this_one() -> None:
    cookie = given_cookie(sent_on(full(PageKind.DENIED), CALLBACK, "r"))
    assert end_page("app_error", cookie) == Page(PageKind.REPLAYED)


@pytest.mark.parametrize("kind", sorted(ASKING))
def test_no_question_is_asked_on_a_cookies_word(kind: PageKind) -> None:
    for values in ({}, VALUES):
        cookie = packed([kind, False, "https://evil.example/", "r", values])
        assert end_page(kind, cookie) == Page(PageKind.REPLAYED)


@given(
    st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(ENDS),
        lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=9,
    ).map(packed)
)
def test_any_other_cookie_is_none(cookie: str) -> None:
    for kind in (PageKind.DENIED, PageKind.EXPIRED, PageKind.BROKEN):
        answer = page_answer(end_page(kind, cookie), "ref")
        assert answer["statusCode"] in (TEXTS[kind].status, TEXTS[PageKind.REPLAYED].status)


def test_more_than_a_cookie_holds_is_left_out() -> None:
    answer = sent_on(replace(full(PageKind.DENIED), values={"app": "x" * 4_000}), CALLBACK, "r")
    assert _set_cookie(answer) == f"{END}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax"
    assert len(_set_cookie(sent_on(replace(full(PageKind.DENIED), values={"app": "x" * 2_400}), CALLBACK, "r"))) < 4_096


def test_a_page_with_an_address_of_its_own_is_shown_there() -> None:
    address = f"{API}/connect/{'b' * 64}"
    answer = sent_on(replace(full(PageKind.DONE), address=address), CALLBACK, "r")
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, f"{address}#")
    assert "Set-Cookie" not in answer["headers"]


@pytest.mark.parametrize(
    "callback", [f"{API}{CALLBACK}", f"{API}{CALLBACK}/", "https://sign-in.acme.example/oauth/slack/callback"]
)
def test_wherever_the_api_is_the_page_is_beside_the_callback(callback: str) -> None:
    path = callback.partition("://")[2].partition("/")[2].removeprefix("prod")
    location = sent_on(Page(PageKind.UNKNOWN), path, "r")["headers"]["Location"]
    assert urljoin(callback, location) == callback.partition("/oauth")[0] + "/connect/unknown"
