"""What the audit trail says of actions: who, as whom, on what, how it ended; and never what must not be there."""

import pytest

from countersign.domain.audit import kept_facts
from countersign.domain.card import CardStatus
from countersign.domain.form_state import FormState
from countersign.domain.interaction import Kind, ReplyTo
from countersign.domain.oauth import TokenAnswer
from countersign.domain.request_id import request_id
from countersign.domain.secret import Secret
from tests.support.acting_world import CARD, JOSIE, TOM, ActingWorld
from tests.support.crashes import Fuse, Fused, Killed


@pytest.fixture
def world() -> ActingWorld:
    made = ActingWorld()
    made.put_card()
    made.connect(JOSIE, "josie")
    return made


def test_an_approval_is_told_whole(world: ActingWorld) -> None:
    world.click(JOSIE)
    assert world.audit.events == [
        (
            "action_ended",
            JOSIE,
            {
                "workspace": "T0ACME",
                "recipe": "approve_change",
                "procedure": "approve",
                "operation": "servicenow.approve_change",
                "app": "servicenow",
                "acted_as": "person",
                "action": f"{CARD}#approve#0",
                "record": world.action_of(JOSIE).subject,
                "status": "done",
                "outcome": "done",
                "account": "id-josie",
                "recorded": "id-josie",
                "attribution": "confirmed",
                "trace_id": "trace",
            },
        )
    ]


def test_the_apps_own_id_of_the_request_is_kept(world: ActingWorld) -> None:
    world.servicenow.headers = {"X-Transaction-ID": "4b1c9f"}
    world.click(JOSIE)
    assert world.audit.of("action_ended")[0]["request_id"] == "4b1c9f"
    assert world.action_of(JOSIE).request_id == "4b1c9f"


def test_a_refusal_of_the_app_is_there_too(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    world.click(TOM)
    (facts,) = world.audit.of("action_ended")
    assert (facts["outcome"], facts["account"], facts["status"]) == ("refused", "id-tom", "failed")
    assert "attribution" not in facts


def test_the_app_naming_somebody_else_is_an_event_of_its_own_once(world: ActingWorld) -> None:
    world.servicenow.recorded = "service-account"
    world.click(JOSIE)
    world.click(JOSIE)
    (facts,) = world.audit.of("attribution_differs")
    assert (facts["account"], facts["recorded"]) == ("id-josie", "id-service-account")
    assert facts["attribution"] == "differs"
    assert world.journal.names.count("attribution_differs") == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_at_the_audit_leaves_one_row_behind_all_the_same(world: ActingWorld, *, after: bool) -> None:
    audit, fuse = world.audit, Fuse(at=1, after=after)
    world.__dict__["audit"] = Fused(audit, fuse)
    with pytest.raises(Killed):
        world.click(JOSIE)
    world.be_another_worker()
    world.now += 600
    world.keep_house()
    world.run_queue()
    assert audit.names == ["action_ended"]
    assert world.cards.rows[CARD].status is CardStatus.CLOSED


def test_nothing_that_was_filled_in_and_no_token_name_or_address_is_written(world: ActingWorld) -> None:
    world.connect(TOM, "tom")
    for person in (TOM, JOSIE):
        state = FormState("approve_change", "reject", CARD, ReplyTo(), world.button().shown).as_text()
        world.click(person, kind=Kind.FORM, state=state, answers={"comment": "a word of their own"})
    written = repr(world.audit.events)
    assert len(world.audit.of("action_ended")) == 2
    for canary in ("own", "at-josie", "rt-josie", "at-tom", "josie@acme.com", "tom@acme.com", "Josie", "hooks.slack"):
        assert canary not in written


def test_a_stranger_who_is_turned_away_is_noted(world: ActingWorld) -> None:
    world.click(JOSIE, foreign=True)
    facts = {"workspace": "T0ACME", "recipe": "approve_change", "trace_id": "trace"}
    assert world.audit.events == [("stranger_refused", JOSIE, facts)]


@pytest.mark.parametrize("headers", [{}, {"X-Request-Id": ""}, {"x-request-id": "a b"}, {"x-request-id": "x" * 101}])
def test_no_request_id_is_made_of_what_is_none(headers: dict[str, str]) -> None:
    assert request_id(headers, ()) is None


def test_the_first_header_that_looks_like_an_id_is_believed() -> None:
    assert request_id({"X-Request-Id": "<script>", "Request-Id": "a-1"}, ()) == "a-1"


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("at-josie-0f3c", "at-josie-0f3c"),
        ("AT-JOSIE-0f3c", "at-josie-0f3c"),
        ("trace.at-josie-0f3c.1", "at-josie-0f3c"),
        ("josie-0f3c", "at-josie-0f3c.and.much.more"),
        ("pin", "pin"),
    ],
)
def test_an_app_that_answers_with_a_secret_has_named_no_id(said: str, secret: str) -> None:
    headers = {"X-Request-Id": said, "X-Transaction-Id": "4b1c9f"}
    assert request_id(headers, ("", "rt-another", secret)) == "4b1c9f"


def test_an_id_that_shares_three_letters_with_a_token_is_an_id() -> None:
    assert request_id({"X-Request-Id": "4b1"}, ("at-4b1c9f-4b1",)) == "4b1"


def test_a_token_that_the_app_sends_back_as_its_id_is_written_nowhere() -> None:
    """Neither the one it was sent, nor the one that it gave instead in this very run."""
    for token in ("at-josie", "rt-josie", "at-josie-2"):
        made = ActingWorld()
        made.put_card()
        made.connect(JOSIE, "josie", expires_in=0 if token == "at-josie-2" else 1_800)
        made.authorization.answers = [TokenAnswer(Secret("at-josie-2"), Secret("rt-josie-2"), 1_800, None)]
        made.servicenow.tokens["at-josie-2"] = "josie"
        made.servicenow.headers = {"X-Request-Id": token, "X-Transaction-ID": f"x.{token}"}
        made.click(JOSIE)
        (facts,) = made.audit.of("action_ended")
        assert (facts["outcome"], "request_id" in facts, token in repr(made.audit.events)) == ("done", False, False)
        assert token not in repr(made.journal.events)


def test_facts_are_bounded_lines_and_empty_ones_are_left_out() -> None:
    assert kept_facts({"error": "a\nb" + "x" * 500, "none": None, "empty": ""}) == {"error": "a b" + "x" * 296 + "…"}
