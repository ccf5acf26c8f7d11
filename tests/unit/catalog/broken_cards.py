"""Cards with one mistake each: an edit of a good recipe, and the one problem that the build must report."""

from catalog_build import document
from tests.support.shipped_catalog import SOURCE
from tests.unit.catalog.broken_files import Broken

CHANGE = "recipes/approve_change.yaml"
OPPORTUNITY = "recipes/create_opportunity.yaml"
SERVICENOW = document.read("servicenow", (SOURCE / "apps" / "servicenow.yaml").read_text(encoding="utf-8")).content
READERS = sorted(f"servicenow.{name}" for name, one in SERVICENOW["operations"].items() if one["kind"] == "read")
RESULTS = sorted(SERVICENOW["operations"]["read_change"]["results"])
RECORD = "  record: ${input.sys_id}\n"
PROCEDURES = "procedures:\n  approve:\n"
UNCHANGED = (
    "  unchanged:\n"
    "    operation: servicenow.read_change\n"
    "    inputs: {sys_id: '${input.sys_id}'}\n"
    "    same: {short_description: short_description}\n"
)


def _card(name: str, lines: str, *, at: str, what: str, instead: str, also: int = 0) -> Broken:
    """``lines`` added to the card of the change."""
    return Broken(name, CHANGE, RECORD, RECORD + lines, at=at, what=what, instead=instead, also=also)


BROKEN_CARDS = [
    _card(
        "self-approval forbidden to nobody",
        "  self_approval: false\n",
        at="  self_approval: false",
        what="nobody knows who the requester is",
        instead="add requester: their id, login or e-mail",
    ),
    _card(
        "a reminder after the end",
        "  remind_after: 8d\n  expires_after: 7d\n",
        at="  remind_after: 8d",
        what="the card has expired before anybody is reminded",
        instead="remind before expires_after",
    ),
    _card(
        "a card that waits for years",
        "  expires_after: 366d\n",
        at="  expires_after: 366d",
        what="366d is longer than a card is kept",
        instead="write at most 365d",
    ),
    _card(
        "a time that is none",
        "  remind_after: 1 day\n",
        at="  remind_after: 1 day",
        what='"1 day" is not of the right form for remind_after',
        instead="write for example 24h",
    ),
    _card(
        "nobody who may",
        "  who: {}\n",
        at="  who: {}",
        what="who is empty",
        instead="write something, or remove the line",
    ),
    _card(
        "a person by name",
        "  who:\n    people: [Josie]\n",
        at="    people: [Josie]",
        what='"Josie" is not of the right form for entry 1 of people',
        instead="write for example josie@acme.com",
    ),
    _card(
        "a channel by name",
        '  who: {channel: "#approvers"}\n',
        at='  who: {channel: "#approvers"}',
        what='"#approvers" is not of the right form for channel',
        instead="write for example C0APPROVERS",
    ),
    _card(
        "somebody to tell whom the hook does not bring",
        "  tell: ${input.requester}\n",
        at="  tell: ${input.requester}",
        what="${input.requester} is not known here",
        instead="write one of ${input.decided_by}, ${input.number}, ${input.planned_start}, ${input.requested_by}, "
        "${input.risk}, ${input.short_description}, ${input.state}, ${input.sys_id}, ${settings.servicenow.instance}",
    ),
    _card(
        "a comparison that acts",
        UNCHANGED.replace("read_change", "approve_change").replace(": short_description}", ": number}"),
        at="    operation: servicenow.approve_change",
        what="servicenow.approve_change does more than read",
        instead=f"write one of {', '.join(READERS)}",
    ),
    _card(
        "a comparison by an operation that is not there",
        UNCHANGED.replace("read_change", "look"),
        at="    operation: servicenow.look",
        what="there is no operation servicenow.look",
        instead=f"write one of {', '.join(READERS)}",
    ),
    _card(
        "a comparison in another app",
        UNCHANGED.replace("servicenow.read_change", "salesforce.read_opportunity")
        .replace("sys_id: '", "opportunity_id: '")
        .replace("short_description: short_description", "number: name"),
        at="    operation: salesforce.read_opportunity",
        what="the record is decided in another app than salesforce",
        instead="read it in the app of the procedures' last steps",
    ),
    _card(
        "a comparison that lacks what it takes",
        UNCHANGED.replace("    inputs: {sys_id: '${input.sys_id}'}\n", ""),
        at="    operation: servicenow.read_change",
        what="servicenow.read_change needs the input sys_id",
        instead="add inputs: sys_id: ${input.…}",
    ),
    _card(
        "a comparison with an input that the operation does not take",
        UNCHANGED.replace("{sys_id:", "{number: '${input.number}', sys_id:"),
        at="    inputs: {number:",
        what="servicenow.read_change takes no input number",
        instead="write one of sys_id",
    ),
    _card(
        "a comparison of what the card does not show",
        UNCHANGED.replace("{short_description: s", "{summary: s"),
        at="    same: {summary:",
        what="summary is no input of the recipe",
        instead="write one of decided_by, number, planned_start, requested_by, risk, short_description, state, sys_id",
    ),
    _card(
        "a comparison with what the operation does not give",
        UNCHANGED.replace(": short_description}", ": text}"),
        at="    same: {short_description: text}",
        what="servicenow.read_change does not give text",
        instead=f"write one of {', '.join(RESULTS)}",
    ),
    Broken(
        "no votes needed",
        CHANGE,
        PROCEDURES,
        PROCEDURES + "    votes: 0\n",
        at="    votes: 0",
        what="votes: 0 is less than the minimum of 1",
        instead="write what the schema says: So many different people must choose this on the card. Votes are counted "
        "in Slack, and only the last needed one acts in the app, as its own voter",
    ),
    Broken(
        "votes without a card",
        OPPORTUNITY,
        "  run:\n",
        "  run:\n    votes: 2\n",
        at="    votes: 2",
        what="votes are counted on a card, and this recipe has none",
        instead="remove it",
    ),
    Broken(
        "more votes than people",
        CHANGE,
        PROCEDURES,
        PROCEDURES + "    votes: 2\n",
        at="    votes: 2",
        what="it needs 2 different people, and card.who names 1",
        instead="write votes: 1 or less, or name more people",
        change=("card:\n", "card:\n  who: {people: [josie@acme.com, Josie@acme.com]}\n"),
    ),
]
