"""What cards and answers to clicks say."""

import pytest

from countersign.domain.card import Card, CardStatus, Decision
from countersign.domain.identity import Workspace
from countersign.domain.message import Facts, Mention, Moment, Paragraph
from countersign.domain.texts.cards import already_decided, card

CARD = Card("c" * 32, "approve_change", Workspace("T0ACME"), {}, "r1", CardStatus.OPEN, (), 1_800_000_000, 1)
BY_JOSIE = Decision("reject", "Rejected", "U0JOSIE", "josie@acme.com in ServiceNow", 1_800_000_000, "Too risky.")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2027-01-15T08:00:00Z", Moment(1_800_000_000)),
        ("2027-01-15T09:00:00.250+01:00", Moment(1_800_000_000)),
        ("2027-01-15", "2027-01-15"),
        ("2027-01-15T08:00:00", "2027-01-15T08:00:00"),  # whose eight o'clock, nobody knows
        ("2027-02-30T08:00:00Z", "2027-02-30T08:00:00Z"),
        ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),  # before the epoch chat counts from
        ("0001-01-01T00:00:00+23:59", "0001-01-01T00:00:00+23:59"),
        ("Tomorrow", "Tomorrow"),
    ],
)
def test_a_point_in_time_is_shown_in_the_readers_own_and_nothing_else_is_changed(value: str, shown: object) -> None:
    message = card(CARD, "Change", None, [("Planned start", value)], link=None, buttons=())
    assert [block.items for block in message.blocks if isinstance(block, Facts)] == [[("Planned start", shown)]]


def test_a_late_click_far_from_its_card_is_told_which_one_and_who_decided_how() -> None:
    (block,) = already_decided(BY_JOSIE, "Approve · Change CHG0030001").blocks
    assert isinstance(block, Paragraph)
    assert block.text.template == (
        "*{what}* was not done, because this is settled already:\n*{past}* by {who} ({account}), {at}\n“{comment}”"
    )
    assert (block.text.values["what"], block.text.values["who"]) == ("Approve · Change CHG0030001", Mention("U0JOSIE"))
