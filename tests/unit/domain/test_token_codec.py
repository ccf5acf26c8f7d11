"""What is sealed for a connection comes back as it was, or not at all."""

import json
from typing import Any

import pytest

from countersign.domain.errors import SealBroken
from countersign.domain.secret import Secret
from countersign.domain.token_codec import pack, unpack
from countersign.domain.tokens import Tokens

SITES = {"c-1": "https://one.example", "c-2": "https://two.example"}


@pytest.mark.parametrize(
    "tokens",
    [
        Tokens(Secret("at"), Secret("rt"), "https://api.example"),
        Tokens(Secret("at"), None),
        Tokens(Secret("at"), Secret("rt"), sites=SITES),
        Tokens(None, None, credential={"id": Secret("a"), "secret": Secret("b")}),
    ],
)
def test_what_was_packed_is_unpacked(tokens: Tokens) -> None:
    assert unpack(json.loads(json.dumps(pack(tokens)))) == tokens
    assert not {"at", "rt", "a", "b"} & set(repr(tokens).split("'"))


def test_a_row_sealed_before_there_were_sites_and_keys_still_opens() -> None:
    before = {"access_token": "at", "refresh_token": None, "api_base": None}
    assert unpack(before) == Tokens(Secret("at"), None)


def test_the_chosen_site_says_where_the_api_is() -> None:
    packed = pack(Tokens(Secret("at"), Secret("rt"), sites=SITES))
    assert [unpack(packed, site).api_base for site in ("c-1", "c-2", "")] == [*SITES.values(), None]


@pytest.mark.parametrize(
    ("opened", "site"),
    [
        ({}, ""),
        ({"access_token": ""}, ""),
        ({"access_token": 7}, ""),
        ({"access_token": "at", "refresh_token": ["rt"]}, ""),
        ({"access_token": "at", "api_base": 7}, ""),
        ({"access_token": "at", "sites": ["c-1"]}, ""),
        ({"access_token": "at", "sites": {"c-1": 7}}, ""),
        ({"access_token": "at", "sites": SITES}, "c-3"),
        ({"access_token": "at"}, "c-1"),
        ({"credential": {"id": None}}, ""),
        ({"credential": {}}, ""),
        ({"access_token": "at", "credential": {"id": "a"}}, ""),
    ],
)
def test_anything_else_is_broken(opened: dict[str, Any], site: str) -> None:
    with pytest.raises(SealBroken):
        unpack(opened, site)
