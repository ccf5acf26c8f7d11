"""``${names}`` are substituted, never evaluated, and escaped for where they land."""

import json
from urllib.parse import unquote, urlsplit

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countersign.domain.template import (
    BrokenTemplate,
    Landing,
    UnknownName,
    UnusableValue,
    fill,
    fill_form,
    fill_json,
    fill_map,
    references,
)


def test_names_are_found_in_order() -> None:
    assert references("${a.b} and ${c}") == ("a.b", "c")


@pytest.mark.parametrize("template", ["${", "${a", "${}", "${a b}", "${a.}", "${A}", "${a()}", "${${a}}", "x ${ y"])
def test_anything_but_a_name_is_a_broken_template(template: str) -> None:
    with pytest.raises(BrokenTemplate):
        references(template)


@pytest.mark.parametrize("landing", list(Landing))
def test_an_unknown_name_is_an_error_and_never_an_empty_text(landing: Landing) -> None:
    with pytest.raises(UnknownName, match=r"\$\{b\} is not known here"):
        fill("${a} ${b}", {"a": "1"}, landing)


@given(st.text())
def test_what_a_value_holds_is_never_read_as_a_template(value: str) -> None:
    assert fill("<${a}>", {"a": "${b}" + value, "b": "secret"}) == "<${b}" + value + ">"


@given(st.text(min_size=1).filter(lambda text: text.strip(".") and text.isprintable()))
def test_a_value_in_an_address_stays_in_its_segment(value: str) -> None:
    filled = urlsplit(fill("https://acme.example/a/${x}/b", {"x": value}, Landing.URL))
    assert (filled.netloc, filled.query, filled.fragment) == ("acme.example", "", "")
    assert [unquote(segment) for segment in filled.path.split("/")] == ["", "a", value, "b"]


@pytest.mark.parametrize("value", [".", "..", "", None, "\ud83d"])
def test_a_value_that_would_move_an_address_is_refused(value: str | None) -> None:
    with pytest.raises(UnusableValue):
        fill("https://acme.example/a/${x}/b", {"x": value}, Landing.URL)


def test_the_api_base_is_an_address_already_and_only_at_the_beginning() -> None:
    known = {"api_base": "https://acme.example/"}
    assert fill("${api_base}/x", known, Landing.URL) == "https://acme.example/x"
    assert (
        fill("https://b.example/${api_base}", known, Landing.URL) == "https://b.example/https%3A%2F%2Facme.example%2F"
    )


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "tab\t", "é", "\x7f"])
def test_a_header_takes_no_value_that_could_end_it(value: str) -> None:
    with pytest.raises(UnusableValue):
        fill("${x}", {"x": value}, Landing.HEADER)


@given(st.text())
def test_a_value_in_a_query_is_a_literal_whatever_it_holds(value: str) -> None:
    query = fill("rows[?id == ${x}].name | [0]", {"x": value}, Landing.QUERY)
    assert (
        jmespath.search(query, {"rows": [{"id": value, "name": "mine"}, {"id": value + "x", "name": "other"}]})
        == "mine"
    )


@given(st.recursive(st.text() | st.integers() | st.booleans(), st.lists, max_leaves=5))
def test_json_without_names_is_itself(value: object) -> None:
    plain = json.loads(json.dumps(value).replace("${", "$_"))
    assert fill_json(plain, {}) == plain


def test_a_json_string_that_is_one_name_takes_the_values_own_type() -> None:
    known = {"n": 12.5, "b": True, "s": "12.5"}
    template = {"n": "${n}", "b": "${b}", "s": "${s}", "text": "${n} ${b}", "list": ["${n}"]}
    assert fill_json(template, known) == {"n": 12.5, "b": True, "s": "12.5", "text": "12.5 true", "list": [12.5]}


def test_what_has_no_value_is_left_out_where_it_stands_alone() -> None:
    known = {"a": None, "b": "x"}
    assert fill_json({"a": "${a}", "b": "${b}", "c": ["${a}", "${b}"], "d": "${a}!"}, known) == {
        "b": "x",
        "c": ["x"],
        "d": "!",
    }
    assert fill_map({"a": "${a}", "b": "${b}", "c": "c${a}"}, known) == {"b": "x", "c": "c"}


def test_a_form_field_that_is_a_json_value_is_sent_as_its_text() -> None:
    """Expensify's requestJobDescription: what a value holds can't leave its place in the JSON."""
    form = {"job": {"type": "create", "amount": "${amount}", "note": "${note}", "tags": ["${a}", "x"]}, "plain": "${a}"}
    filled = fill_form(form, {"amount": 12, "note": None, "a": 'a"},{"b'})
    assert list(filled) == ["job", "plain"]
    assert json.loads(filled["job"]) == {"type": "create", "amount": 12, "tags": ['a"},{"b', "x"]}
    assert filled["plain"] == 'a"},{"b'
    assert fill_form({"gone": "${a}", "list": ["${a}"]}, {"a": None}) == {"list": "[]"}
    with pytest.raises(UnknownName):
        fill_form({"job": {"x": "${b}"}}, {"a": "1"})
