"""Secret answers are kept out of what an app says back, however it writes them."""

import html
import json
import time
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.answer import CheckResult, Recorded, Refused, Succeeded, read_answer, read_check, read_record
from countersign.domain.hidden import NOTHING, SHORTEST, Hidden, hidden_answers, hidden_credentials, without
from countersign.domain.http import HttpAnswer
from countersign.domain.message import Field, FieldKind
from countersign.domain.secret import Secret
from tests.support.shipped_catalog import shipped
from tests.unit.domain.test_answer import APPROVE, CREATE

PASSWORD = 'Tr0ub4dor & "three" <é>'
HIDDEN = Hidden((PASSWORD,))


@pytest.mark.parametrize(
    "written",
    [
        str,
        str.upper,
        html.escape,
        lambda text: quote(text, safe=""),
        quote_plus,
        lambda text: json.dumps(text)[1:-1],
        lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    ],
    ids=["as it is", "louder", "page", "address", "form", "JSON", "JSON in UTF-8"],
)
def test_it_is_found_however_it_is_written(written: object) -> None:
    assert callable(written)
    assert HIDDEN(f"«{written(PASSWORD)}» is weak") == "«•••» is weak"


OTHERWISE = "hunter's/2 <Straße> \\ é"


@pytest.mark.parametrize(
    "written",
    [
        lambda text: html.escape(text).replace("&#x27;", "&#39;"),
        lambda text: html.escape(text).replace("&#x27;", "&#039;"),
        lambda text: html.escape(text).replace("&#x27;", "&apos;"),
        lambda text: html.escape(text, quote=False).replace("é", "&eacute;"),
        lambda text: "".join(f"&#{ord(each)};" for each in text),
        lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
        lambda text: json.dumps(text)[1:-1].replace("<", "\\u003C"),
        lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
        lambda text: quote(text, safe="/' "),
        lambda text: json.dumps(html.escape(text).replace("&#x27;", "&#39;"))[1:-1],
        lambda text: html.escape(json.dumps(text).replace("/", "\\/")),
        str.upper,
    ],
)
def test_a_sentence_is_hidden_whole_where_it_is_written_in_yet_another_way(written: object) -> None:
    assert callable(written)
    assert written(OTHERWISE) != OTHERWISE
    assert Hidden((OTHERWISE,))(f"no “{written(OTHERWISE)}” here") == "•••"
    assert Hidden((OTHERWISE,))("Fish &amp; chips: 100%25, a\\/b") == "Fish &amp; chips: 100%25, a\\/b"


def test_an_answers_body_is_looked_through_for_it_in_yet_another_way() -> None:
    said = html.escape(OTHERWISE).replace("&#x27;", "&#39;")
    body = {"said": [f"no {said}", "fine"], "at": 1}
    assert without(HttpAnswer(400, body), Hidden((OTHERWISE,))).body == {"said": ["•••", "fine"], "at": 1}


@pytest.mark.parametrize("text", ["&#" + "9" * 100_000 + ";", "&#" + "0" * 100_000, "\\ud800%ff%", "&" * 100_000])
def test_what_is_escaped_to_do_harm_does_none(text: str) -> None:
    assert Hidden((OTHERWISE,))(text) == text
    assert Hidden((OTHERWISE,))(text + html.escape(OTHERWISE).replace("&#x27;", "&#39;")) == "•••"


@given(st.text(min_size=SHORTEST, max_size=40).filter(lambda text: len(text.strip()) >= SHORTEST), st.text(), st.text())
def test_nothing_of_it_is_left_whatever_stands_around_it(secret: str, before: str, after: str) -> None:
    assert secret not in Hidden((secret,))(before + secret + after) or secret in "•••"


def test_each_line_of_it_is_hidden_too_but_not_each_word() -> None:
    hidden = Hidden(("-----BEGIN KEY-----\nMIIEpAIB\n--\n",))
    assert hidden("line 2: MIIEpAIB; BEGIN KEY -- no") == "line 2: •••; BEGIN KEY -- no"


def test_nothing_is_hidden_where_nothing_is_secret() -> None:
    form = (Field("a", FieldKind.TEXT, "A"), Field("b", FieldKind.TEXT, "B", secret=True))
    assert hidden_answers(form, {"a": "public answer"}) == NOTHING
    assert hidden_answers(form, {"a": "public answer", "b": "secret answer"}).secrets == ("secret answer",)
    assert NOTHING("whatever") == "whatever"
    assert "secret answer" not in repr(Hidden(("secret answer",)))


def test_a_long_secret_of_many_lines_is_looked_for_in_little_time() -> None:
    hidden = Hidden(("\n".join(f"<li&{n}>" for n in range(350)),))
    text = "<li&<li&" * 60_000
    began = time.process_time()
    hidden(text)
    assert time.process_time() - began < 2


def test_half_of_it_is_not_left_where_a_sentence_is_cut() -> None:
    call = replace(APPROVE, hidden=HIDDEN)
    body = {"error": {"message": "x" * 290 + PASSWORD, "detail": None}}
    refused = read_answer(call, HttpAnswer(400, body))
    assert isinstance(refused, Refused)
    assert refused.message == "x" * 290 + "•••"


def test_it_is_out_of_everything_that_is_kept_of_an_answer() -> None:
    approver = {"approver": {"value": "someone", "display_value": PASSWORD}, "state": {"value": "approved"}}
    made = read_answer(replace(CREATE, hidden=HIDDEN), HttpAnswer(201, {"id": f"1-{PASSWORD}", "success": True}))
    found = read_check(replace(APPROVE, hidden=HIDDEN), HttpAnswer(200, {"result": [approver]}))
    recorded = read_record(replace(APPROVE, hidden=HIDDEN), HttpAnswer(200, {"result": [approver]}))
    for read in (made, found, recorded):
        assert isinstance(read, Succeeded | CheckResult | Recorded)
        assert "•••" in repr(read)
        assert PASSWORD not in repr(read)


TOKEN = "00D5e000000abcd!AQ4AQFr9Zx"


def test_a_token_and_the_secret_parts_of_a_key_are_hidden_and_no_others() -> None:
    key = {"partner_user_id": Secret("aa_josie"), "partner_user_secret": Secret("f3a9c1"), "unknown": Secret("unknown")}
    assert hidden_credentials(shipped().apps["expensify"], None, key).secrets == ("f3a9c1",)
    assert hidden_credentials(shipped().apps["salesforce"], Secret(TOKEN), {}).secrets == (TOKEN,)


def test_an_answer_quotes_it_nowhere() -> None:
    body = {"error": [{"message": f"Bearer {TOKEN}", "at": 1}, None, quote(TOKEN, safe="")], TOKEN: True}
    answer = HttpAnswer(400, body, {"www-authenticate": f'Bearer token="{TOKEN}"'}, f"no {TOKEN} here")
    assert without(answer, Hidden((TOKEN,))) == HttpAnswer(
        400,
        {"error": [{"message": "Bearer •••", "at": 1}, None, "•••"], "•••": True},
        {"www-authenticate": 'Bearer token="•••"'},
        "no ••• here",
    )


def test_the_first_half_of_it_is_not_left_where_a_text_was_cut() -> None:
    answer = HttpAnswer(502, None, {}, f"upstream said: {TOKEN[:-1]}")
    assert without(answer, Hidden((TOKEN,))).text == "upstream said: •••"
    assert without(replace(answer, text=f"it is {TOKEN[:3]}"), Hidden((TOKEN,))).text == f"it is {TOKEN[:3]}"


def test_an_answer_without_it_stays_the_very_same_in_little_time() -> None:
    body = {"records": [{"Id": f"006{n}", "Name": "Acme: “10” seats"} for n in range(20_000)]}
    began = time.process_time()
    assert without(HttpAnswer(200, body), Hidden((TOKEN,))).body is body
    assert time.process_time() - began < 1
