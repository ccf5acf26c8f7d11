"""A decision stands once the app took it: what its recipe does after that is told beside it, and undoes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pytest

from countersign.domain.action import ActionStatus, Outcome
from countersign.domain.card import CardStatus
from countersign.domain.catalog import Catalog, Check, Idempotency, OperationKind, Request, Step
from countersign.domain.errors import AppUnavailable
from countersign.domain.http import HttpAnswer, HttpRequest
from countersign.domain.texts.conversation import Past, history
from tests.support.acting_world import CARD, JOSIE, TOM
from tests.support.card_world import INPUTS, PRIYA, RECIPE, CardWorld, everything
from tests.support.memory_chat import words
from tests.support.scripted_servicenow import ScriptedServiceNow

NOTES = "https://acme.service-now.com/notes"


@dataclass
class NotingServiceNow(ScriptedServiceNow):
    """Takes notes, too. ``note_fault``: ``refused``, ``lost`` (it is there), ``never_arrived``, or none."""

    notes: list[str] = field(default_factory=list)
    note_fault: str = ""

    def send(self, request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        """As it is, and the notes beside it."""
        if request.url != NOTES:
            return super().send(request, allowed_hosts)
        if request.method == "GET":
            return HttpAnswer(200, {"notes": self.notes})
        if self.note_fault == "refused":
            return HttpAnswer(403, {"error": {"message": "No notes here"}})
        if self.note_fault != "never_arrived":
            self.notes.append(request.json["id"])
        if self.note_fault:
            raise AppUnavailable("the answer was lost")
        return HttpAnswer(200, {"noted": True})


def with_note(catalog: Catalog, *, asked: bool) -> Catalog:
    """The catalog, where a note follows the approval; ``asked``: the app can say afterwards whether it is there."""
    app = catalog.apps["servicenow"]
    ours = Check(Request("GET", NOTES), "notes[?@ == ${action.id}]", None, None, None, success="type(notes) == 'array'")
    note = replace(
        app.operations["approve_change"],
        id="add_note",
        title="Add a note",
        kind=OperationKind.CREATE,
        inputs={},
        request=Request("POST", NOTES, json={"id": "${action.id}"}),
        results={},
        success="noted",
        idempotency=Idempotency.CHECK_BEFORE_ACT if asked else Idempotency.NONE,
        check=ours if asked else None,
        read_back=None,
    )
    servicenow = replace(app, operations={**app.operations, "add_note": note})
    recipe = catalog.recipes[RECIPE]
    approve = recipe.procedures["approve"]
    approve = replace(approve, steps=(*approve.steps, Step("note", "servicenow.add_note", {})))
    noting = replace(recipe, procedures={**recipe.procedures, "approve": approve})
    return replace(
        catalog, apps={**catalog.apps, "servicenow": servicenow}, recipes={**catalog.recipes, RECIPE: noting}
    )


class NotingWorld(CardWorld):
    """Josie approves, and a note is added as her."""

    def __init__(self, note_fault: str = "", *, asked: bool = False) -> None:
        super().__init__(tell="${input.requester_email}")
        self.asked = asked
        self.servicenow: NotingServiceNow = NotingServiceNow(note_fault=note_fault)
        self.put_card(inputs=INPUTS)
        self.connect(JOSIE, "josie", expires_in=None)
        self.connect(TOM, "tom", expires_in=None)

    @cached_property
    def catalog(self) -> Catalog:  # type: ignore[override]
        there: Catalog = CardWorld.catalog.func(self)
        return with_note(there, asked=self.asked)


def _is_closed_by_josie(world: NotingWorld) -> bool:
    decision = world.card.decision
    settled = world.card.status is CardStatus.CLOSED and decision is not None and decision.user_id == "U0JOSIE"
    return settled and "josie@acme.com in ServiceNow" in world.drawn


def test_whom_the_app_recorded_is_of_the_decision_and_not_of_what_followed() -> None:
    world = NotingWorld()
    world.click(JOSIE)

    action = world.action_of(JOSIE)
    assert (action.status, action.outcome, action.recorded_id) == (ActionStatus.DONE, Outcome.DONE, "id-josie")
    assert _is_closed_by_josie(world)
    assert world.slack.said_to(JOSIE) == []


def test_a_refusal_of_what_follows_leaves_the_decision_on_the_card_and_is_told_beside_it() -> None:
    world = NotingWorld("refused")
    world.click(JOSIE)

    action = world.action_of(JOSIE)
    assert (action.status, action.outcome) == (ActionStatus.DONE, Outcome.PARTLY)
    assert _is_closed_by_josie(world)
    said = words(world.last_to(JOSIE))
    assert said.startswith("*Approve · Change CHG0030001: Upgrade the payroll database*: done, as josie@acme.com")
    assert "What was to follow was not: *Add a note*. ServiceNow did not allow it, and said: “No notes here”" in said
    assert "did not allow this" not in said
    assert "Nothing was changed" not in said
    assert [everything(message) for person, message in world.slack.told if person == PRIYA] != []


def test_its_record_is_settled_for_everybody_else() -> None:
    world = NotingWorld("refused")
    world.click(JOSIE)
    world.click(TOM)

    assert "This is settled already" in world.slack.said_to(TOM)[-1]
    assert world.servicenow.acts == 1
    assert [holder["status"] for holder in world.actions.subjects.values()] == ["settled"]


def test_history_and_audit_do_not_call_it_undone() -> None:
    world = NotingWorld("refused")
    world.click(JOSIE)

    (action,) = world.actions.of_card(JOSIE, CARD)
    assert "done, but not what was to follow" in str(history([Past("Approve", action)]))
    ended = [facts for event, _, facts in world.audit.events if event == "action_ended"]
    assert [(facts["status"], facts["outcome"], facts["attribution"]) for facts in ended] == [
        ("done", "partly", "confirmed")
    ]


@pytest.mark.parametrize("asked", [False, True])
def test_what_follows_in_doubt_closes_the_card_all_the_same(asked: bool) -> None:
    world = NotingWorld("lost", asked=asked)
    world.click(JOSIE)
    if asked:
        world.now += 21
        world.run_queue()
        assert (world.action_of(JOSIE).outcome, len(world.servicenow.notes)) == (Outcome.DONE, 1)
    else:
        assert world.action_of(JOSIE).status is ActionStatus.UNKNOWN
        said = words(world.last_to(JOSIE))
        assert "whether “Add a note” after “Approve · Change CHG0030001: Upgrade the payroll database” happened" in said
        assert "nobody else can decide it here" not in said
    assert _is_closed_by_josie(world)


def test_its_persons_word_that_it_did_not_happen_undoes_no_decision() -> None:
    world = NotingWorld("never_arrived")
    world.click(JOSIE)
    world.click(JOSIE, name="action.not_happened", value=f"{CARD}#approve#0")

    action = world.action_of(JOSIE)
    assert (action.status, action.outcome) == (ActionStatus.DONE, Outcome.PARTLY)
    assert _is_closed_by_josie(world)
    assert "you looked in ServiceNow, and it had not happened" in words(world.last_to(JOSIE))


def test_what_its_check_finds_by_our_own_id_is_ours_also_before_it_was_sent() -> None:
    """The row was lost between the call and its write: the note is there, and not "done before" by somebody."""
    world = NotingWorld(asked=True)
    seen: list[HttpRequest] = []
    send = world.servicenow.send

    def remember(request: HttpRequest, allowed_hosts: Sequence[str]) -> HttpAnswer:
        seen.append(request)
        return send(request, allowed_hosts)

    world.servicenow.send = remember  # type: ignore[method-assign]
    world.click(JOSIE)
    (mine,) = [request.json["id"] for request in seen if request.method == "POST"]
    again = NotingWorld(asked=True)
    again.servicenow.notes.append(mine)
    again.click(JOSIE)

    assert (again.action_of(JOSIE).outcome, again.servicenow.notes) == (Outcome.DONE, [mine])
