"""Names that chat and apps bring: what can't be shown or stored is gone before it is either."""

import pytest

from countersign.domain.openid import check_claims
from countersign.domain.pages import Page, PageKind
from countersign.entrypoints.html import element
from countersign.entrypoints.pages import page_answer
from countersign.usecases.begin_sign_in import BeginSignIn
from tests.support.sign_in_world import ACME, JOSIE, SignInWorld

MARKS = "\u202e\u2066\u200f\u061c\ud800"


def test_no_mark_of_direction_and_no_half_character_gets_onto_a_page() -> None:
    page = Page(PageKind.CONNECT, values={"app": f"a{MARKS}b"}, facts=((f"c{MARKS}d", f"e{MARKS}f"),))
    body = page_answer(page, "ref-1")["body"]
    assert not any(mark in body for mark in MARKS)
    assert "<dt>cd</dt><dd>ef</dd>" in body
    body.encode()


def test_nor_into_an_attribute() -> None:
    assert str(element("a", "x", href=f"https://{MARKS}acme.example")) == '<a href="https://acme.example">x</a>'


@pytest.mark.parametrize(
    ("email", "kept"),
    [("josie@acme.com", "josie@acme.com"), ("jo\u200bsie@acme.com", None), ("josie@acme.com\ud800", None)],
)
def test_a_link_keeps_names_that_can_be_shown_and_no_address_that_looks_like_another(
    email: str, kept: str | None
) -> None:
    world = SignInWorld()
    begin = BeginSignIn(world.sign_ins, world.randomness, world.clock, world.base_url)
    profile = {"name": f"jo{MARKS}sie", "email": email, "workspace_name": f"Ac{MARKS}me"}
    intent = begin(JOSIE, ACME, "servicenow", profile).intent
    assert (intent.person_name, intent.workspace_name, intent.person_email) == ("@josie", "Acme", kept)


@pytest.mark.parametrize(
    "email", ["jo\u202esie@acme.com", "josie@acme.com\ud800", "jo\u200bsie@acme.com", "josie @acme.com\n"]
)
def test_an_address_in_slacks_own_token_that_only_looks_like_hers_is_none(email: str) -> None:
    claims = {"iss": "https://slack.com", "aud": "1.2", "exp": 1_900_000_000, "iat": 1_800_000_000, "nonce": "n"}
    claims |= {"sub": "U0JOSIE", "https://slack.com/user_id": "U0JOSIE", "https://slack.com/team_id": "T0ACME"}
    claims |= {"email": email, "email_verified": True}
    found = check_claims(claims, issuer="https://slack.com", client_id="1.2", nonce="n", now=1_800_000_000)
    assert (found.user_id, found.email) == ("U0JOSIE", None)


def test_a_name_with_nothing_to_show_is_none() -> None:
    world = SignInWorld()
    begin = BeginSignIn(world.sign_ins, world.randomness, world.clock, world.base_url)
    intent = begin(JOSIE, ACME, "servicenow", {"name": MARKS, "workspace_name": MARKS}).intent
    assert (intent.person_name, intent.workspace_name) == ("U0JOSIE", "T0ACME")
