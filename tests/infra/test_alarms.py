"""The alarms: each watches a count that is really made, under exactly the dimensions that it is made with."""

import json
import subprocess
import sys
from typing import Any, Final

import pytest

from tools.resolve import functions, of_type, resolved, template

OURS: Final = "Countersign"
STACK: Final = {"Ref": "AWS::StackName"}
WORKER: Final = "AppActions"
"""Whatever ends an action runs there."""
DIFFERS: Final = """
import boto3
from moto import mock_aws
from countersign.adapters.dynamodb.audit import DynamoAuditLog
from countersign.adapters.logging import PowertoolsJournal
from countersign.config import Settings
from tests.contract.tables import template_table
from tests.support.acting_world import JOSIE, ActingWorld

with mock_aws():
    client = boto3.client("dynamodb", "eu-central-1", aws_access_key_id="test", aws_secret_access_key="test")
    table, journal = template_table(client, "AuditTable"), PowertoolsJournal(Settings({"LOG_LEVEL": "ERROR"}))
    world = ActingWorld()
    world.__dict__["audit"] = DynamoAuditLog(table, lambda: world.now, 86_400, journal)
    world.put_card()
    world.connect(JOSIE, "josie")
    world.servicenow.recorded = "service-account"
    world.click(JOSIE)
"""
EMITTERS: Final = {"attribution_differs": DIFFERS}
"""What makes our own counts happen, as the product does it: a whole approval, and its audit."""


def alarms() -> dict[str, Any]:
    """Every alarm of the template, by its logical id."""
    return of_type(resolved(), "AWS::CloudWatch::Alarm")


def watched(alarm: dict[str, Any]) -> tuple[str, str, frozenset[tuple[str, str]]]:
    return (
        alarm["Namespace"],
        alarm["MetricName"],
        frozenset((one["Name"], one["Value"]) for one in alarm["Dimensions"]),
    )


def counted(program: str) -> set[tuple[str, str, frozenset[tuple[str, str]]]]:
    """Every count that a program writes, as CloudWatch keeps it apart: a set of dimensions is a count of its own."""
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    env = {name: value for name, value in variables.items() if name.startswith("POWERTOOLS_")}
    env["PYTHONPATH"] = ":".join(filter(None, sys.path))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)
    lines = [json.loads(line) for line in done.stdout.splitlines() if '"_aws"' in line]
    return {
        (group["Namespace"], metric["Name"], frozenset((name, line[name]) for name in names))
        for line in lines
        for group in line["_aws"]["CloudWatchMetrics"]
        for names in group["Dimensions"]
        for metric in group["Metrics"]
        if line[metric["Name"]]
    }


@pytest.mark.parametrize("name", [name for name, alarm in alarms().items() if alarm["Namespace"] == OURS])
def test_what_we_count_is_counted_as_its_alarm_watches_it(name: str) -> None:
    alarm = alarms()[name]
    assert watched(alarm) in counted(EMITTERS[alarm["MetricName"]])


@pytest.mark.parametrize("name", [name for name, alarm in alarms().items() if alarm["Namespace"] != OURS])
def test_what_aws_counts_is_watched_by_the_names_that_aws_counts_it_under(name: str) -> None:
    """By its documentation: Lambda's, SQS's and API Gateway's "metrics and dimensions" pages."""
    alarm = alarms()[name]
    queues = of_type(resolved(), "AWS::SQS::Queue")
    (api,) = of_type(resolved(), "AWS::Serverless::Api").values()
    dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    match alarm["Namespace"], alarm["MetricName"]:
        case "AWS/Lambda", "Errors" | "Throttles":
            assert dimensions in [{"FunctionName": {"Ref": function}} for function in functions()]
        case "AWS/SQS", "ApproximateNumberOfMessagesVisible":  # a queue's Ref is its address, which counts nothing
            assert dimensions in [{"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}} for queue in queues]
        case "AWS/ApiGateway", "5XXError":
            assert dimensions == {"ApiName": STACK, "Stage": api["StageName"]}
            assert api["Name"] == STACK
        case unknown:
            pytest.fail(f"nobody says who counts {unknown}")


def test_an_answer_that_only_the_api_sees_as_an_error_raises_an_alarm() -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:given"
    alarm = of_type(resolved(AlarmTopicArn=topic), "AWS::CloudWatch::Alarm")["ApiErrorsAlarm"]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["AlarmActions"]) == ("Sum", 0, [topic])
