"""The queues: nothing is lost, nothing is worked on twice by a short visibility, and a poison message is set aside."""

from typing import Any

import pytest

from countersign.usecases.fresh_token import NEEDED
from sandbox.stack.deploy import QUEUE_VISIBILITY_SECONDS, WORKER_TIMEOUT_SECONDS
from tools.resolve import functions, of_type, resolved, template

CONSUMERS = {"ActionsQueue": "AppActions", "ConnectionsQueue": "Connections"}
FOURTEEN_DAYS = 14 * 24 * 3600


def queue(name: str) -> dict[str, Any]:
    found: dict[str, Any] = of_type(resolved(), "AWS::SQS::Queue")[name]
    return found


def mapping(name: str, **given: str) -> dict[str, Any]:
    (event,) = functions(**given)[CONSUMERS[name]]["Events"].values()
    assert event["Type"] == "SQS"
    found: dict[str, Any] = event["Properties"]
    return found


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_run(name: str) -> None:
    timeout = int(functions()[CONSUMERS[name]]["Timeout"])
    assert int(queue(name)["VisibilityTimeout"]) >= 6 * timeout


@pytest.mark.parametrize("seconds", ["Default", "MinValue"])
def test_a_worker_lives_long_enough_to_refresh_a_token_and_more(seconds: str) -> None:
    assert template()["Parameters"]["WorkerTimeoutSeconds"][seconds] >= NEEDED + 3
    assert WORKER_TIMEOUT_SECONDS >= NEEDED + 3


def test_the_local_stack_keeps_the_ratio() -> None:
    assert QUEUE_VISIBILITY_SECONDS >= 6 * WORKER_TIMEOUT_SECONDS
    limits = template()["Parameters"]
    assert limits["WorkerTimeoutSeconds"]["MinValue"] <= WORKER_TIMEOUT_SECONDS
    assert limits["QueueVisibilitySeconds"]["MinValue"] <= QUEUE_VISIBILITY_SECONDS


@pytest.mark.parametrize("name", CONSUMERS)
def test_after_five_tries_a_message_waits_for_a_person_for_fourteen_days(name: str) -> None:
    redrive = queue(name)["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 5
    target = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert target == name.replace("Queue", "DeadLetterQueue")
    assert queue(target)["MessageRetentionPeriod"] == FOURTEEN_DAYS


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_queue_hands_out_one_message_and_takes_back_only_what_failed(name: str) -> None:
    found = mapping(name)
    assert found["Queue"] == {"Fn::GetAtt": [name, "Arn"]}
    assert (found["BatchSize"], found["FunctionResponseTypes"]) == (1, ["ReportBatchItemFailures"])


@pytest.mark.parametrize("name", CONSUMERS)
def test_how_many_messages_are_worked_on_at_once_is_bounded_on_aws(name: str) -> None:
    assert mapping(name)["ScalingConfig"] == {"MaximumConcurrency": "20"}


def test_every_queue_is_encrypted_by_sqs_itself() -> None:
    queues = of_type(resolved(), "AWS::SQS::Queue")
    assert {name: properties["SqsManagedSseEnabled"] for name, properties in queues.items()} == dict.fromkeys(
        [*CONSUMERS, *(name.replace("Queue", "DeadLetterQueue") for name in CONSUMERS)], True
    )
