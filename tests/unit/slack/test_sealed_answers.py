"""What a form's secret questions were answered: the Slack function hands it on sealed, or not at all."""

import json
import logging
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from countersign.domain.catalog import Catalog
from countersign.domain.errors import StoreUnavailable
from countersign.domain.form_state import FormState
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.secret_answers import answers_owner, from_texts
from countersign.domain.tokens import SealOwner
from countersign.entrypoints.slack import handle
from countersign.usecases.seal_answers import SealAnswers
from tests.support.secret_form import secret_form
from tests.support.slack_ingress import Ingress
from tests.support.slack_requests import load, signed, with_body

PASSWORD = "correct horse battery staple"
ANSWERS = {"account": "Payroll", "password": PASSWORD}
STATE = FormState("hand_over", "run", None, ReplyTo("D0JOSIE")).as_text()


@dataclass
class SecretIngress(Ingress):
    """Knows the form with a secret in it."""

    def catalog(self) -> Catalog:
        return secret_form()


@dataclass
class Untouched(SecretIngress):
    """Has nobody who could seal."""

    def seal_answers(self) -> SealAnswers:
        raise AssertionError("the key service was asked for nothing")


def form(answers: dict[str, str], state: str = STATE) -> Interaction:
    josie = Person("T0ACME", "U0JOSIE")
    return Interaction(
        "view_submission:V1:h1", Kind.FORM, josie, Workspace("T0ACME"), ReplyTo(), answers=answers, state=state
    )


def test_a_secret_answer_leaves_sealed_to_its_person_form_and_submission() -> None:
    ingress = SecretIngress()

    assert ingress.receive_interaction(form(ANSWERS)) == {}

    (message,) = ingress.actions.sent
    assert PASSWORD not in json.dumps(message)
    queued = Interaction.from_json(json.loads(json.dumps(message["interaction"])))
    assert queued.answers == {"account": "Payroll"}
    assert queued.sealed is not None
    owner = SealOwner(queued.person, "T0ACME", "recipe.hand_over", "answers", "view_submission:V1:h1", 1)
    assert answers_owner(queued, "hand_over") == owner
    assert ingress.sealer.open(from_texts(queued.sealed), owner) == {"password": PASSWORD}


def test_every_secret_answer_is_in_one_envelope() -> None:
    ingress = SecretIngress()
    ingress.receive_interaction(form({**ANSWERS, "spare": "swordfish 2"}))

    queued = Interaction.from_json(ingress.actions.sent[0]["interaction"])
    assert queued.answers == {"account": "Payroll"}
    assert ingress.sealer.sealed == 1


def test_where_it_can_not_be_sealed_the_form_stays_open_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    ingress, event = SecretIngress(), signed(submission({**ANSWERS, "spare": "swordfish 2"}))
    ingress.sealer.broken = True
    with caplog.at_level(logging.DEBUG):
        answered = handle(event, ingress)

    assert answered["statusCode"] == 200
    said = "This could not be locked away just now, so nothing was sent. Please try again in a minute."
    assert json.loads(answered["body"]) == {
        "response_action": "errors",
        "errors": {"password": said, "spare": said},
    }
    assert ingress.untouched
    assert PASSWORD not in caplog.text
    assert PASSWORD not in repr([vars(record) for record in caplog.records])


def test_the_same_form_sent_again_is_taken_once_it_can_be_sealed() -> None:
    ingress = SecretIngress()
    ingress.sealer.broken = True
    assert set(ingress.receive_interaction(form(ANSWERS))) == {"password"}
    ingress.sealer.broken = False
    assert ingress.receive_interaction(form(ANSWERS)) == {}
    assert len(ingress.actions.sent) == 1


def test_a_queue_that_does_not_take_it_is_said_by_slack_and_nothing_is_half_done() -> None:
    ingress = SecretIngress()
    ingress.actions.broken = True
    with pytest.raises(StoreUnavailable):
        ingress.receive_interaction(form(ANSWERS))
    assert ingress.untouched


@pytest.mark.parametrize(
    "answers",
    [{"account": "Payroll"}, {"account": "Payroll", "password": "short"}, {"password": PASSWORD}],
    ids=["none", "too short", "another is missing"],
)
def test_what_is_wrong_is_said_before_anything_is_sealed(answers: dict[str, str]) -> None:
    ingress = Untouched()
    errors = ingress.receive_interaction(form(answers))
    assert errors
    assert not any(answer in error for answer in answers.values() for error in errors.values())
    assert ingress.untouched


def test_a_form_without_a_secret_answer_asks_no_key_service() -> None:
    ingress = Untouched()
    state = FormState("approve_change", "reject", "c1", ReplyTo()).as_text()

    assert ingress.receive_interaction(form({"comment": "Not this week"}, state)) == {}

    assert Interaction.from_json(ingress.actions.sent[0]["interaction"]).sealed is None


def test_answers_are_in_no_words_about_an_interaction() -> None:
    assert "horse" not in repr(form(ANSWERS))


def submission(answers: dict[str, str]) -> dict[str, Any]:
    """Slack's own request for the form, with these answers."""
    event = load("form_comment")
    values = {name: {name: {"type": "plain_text_input", "value": answer}} for name, answer in answers.items()}
    payload = {
        "type": "view_submission",
        "team": {"id": "T0ACME", "domain": "acme"},
        "user": {"id": "U0JOSIE", "team_id": "T0ACME"},
        "view": {
            "id": "V0FORM",
            "hash": "1.a",
            "type": "modal",
            "callback_id": "form",
            "private_metadata": STATE,
            "state": {"values": values},
        },
    }
    return with_body(event, urlencode({"payload": json.dumps(payload)}).encode())


PROGRAM = """
import json, sys
from countersign.bootstrap.container import Container
from countersign.config import Settings
from countersign.domain.catalog import Catalog, Procedure, Recipe
from countersign.domain.identity import Person, Workspace
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Field, FieldKind, Style

class Queue:
    sent = 0
    def send(self, body):
        json.dumps(body)
        Queue.sent += 1

comment = Procedure("reject", "Reject", "Rejected", Style.PLAIN, (Field("comment", FieldKind.TEXT, "Why?"),), (), None)
recipe = Recipe("r", "R", "R", True, None, None, {}, None, {"reject": comment})
made = Container(Settings({}))
made.catalog, made.hasty_messenger = Catalog({}, {"r": recipe}), None
made.actions_queue = made.connections_queue = Queue()
who = Person("T0ACME", "U0JOSIE"), Workspace("T0ACME"), ReplyTo()
made.receive_interaction(Interaction("b", Kind.BUTTON, *who, name="connect.open"))
state = '{"recipe":"r","procedure":"reject"}'
assert made.receive_interaction(Interaction("f", Kind.FORM, *who, answers={"comment": "no"}, state=state)) == {}
assert Queue.sent == 2
print(json.dumps(sorted(sys.modules)))
"""


def test_neither_a_click_nor_a_form_without_secrets_loads_anything_of_sealing() -> None:
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment)
    loaded = set(json.loads(done.stdout))
    assert "countersign.usecases.receive_interaction" in loaded
    sealing = re.compile(r"boto3|botocore|cryptography|countersign\.(adapters\.kms|domain\.secret_answers|.*seal)")
    assert [name for name in loaded if sealing.match(name)] == []
