"""The functions and the API before them: routes, environment, logs, alarms, and what an operator can set."""

from typing import Any

import pytest

from tools.resolve import TEMPLATE, functions, of_type, resolved, template

ROUTES = {
    ("post", "/slack/interactions"): "SlackInteractions",
    ("post", "/slack/events"): "SlackInteractions",
    ("post", "/slack/commands"): "SlackInteractions",
    ("get", "/connect/{sign_in}"): "OAuthCallback",
    ("post", "/connect/{sign_in}"): "OAuthCallback",
    ("get", "/oauth/slack/callback"): "OAuthCallback",
    ("get", "/oauth/callback/{app}"): "OAuthCallback",
    ("post", "/hooks/{recipe}"): "CardHooks",
    ("get", "/slack/install"): "SlackInstall",
    ("get", "/slack/oauth_redirect"): "SlackInstall",
    ("get", "/health"): "SlackInteractions",
}
FUNCTIONS = sorted(functions())
LONGEST_ANSWER_SECONDS = 29
"""API Gateway's integration timeout for REST APIs, unless an account has it raised."""


def events(function: str, kind: str) -> list[dict[str, Any]]:
    return [event["Properties"] for event in functions()[function].get("Events", {}).values() if event["Type"] == kind]


def test_the_api_has_these_routes_and_no_other() -> None:
    found = {(event["Method"], event["Path"]): name for name in FUNCTIONS for event in events(name, "Api")}
    assert found == ROUTES


def test_an_address_that_is_no_route_is_not_found() -> None:
    """API Gateway alone would answer 403, "Missing Authentication Token"; a local AWS may know no such setting."""
    answers = of_type(resolved(), "AWS::Serverless::Api")["Api"]["GatewayResponses"]
    assert answers["MISSING_AUTHENTICATION_TOKEN"] == {
        "StatusCode": 404,
        "ResponseTemplates": {"application/json": '{"error": "not_found"}'},
    }


def test_a_function_ends_before_the_api_gives_up_on_it() -> None:
    behind_the_api = {name: int(functions()[name]["Timeout"]) for name in FUNCTIONS if events(name, "Api")}
    assert max(behind_the_api.values()) < LONGEST_ANSWER_SECONDS


def test_every_route_is_throttled_and_no_request_is_traced() -> None:
    (settings,) = of_type(resolved(), "AWS::Serverless::Api")["Api"]["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == ("50", "100")
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)


def test_the_api_is_regional_and_has_one_stage() -> None:
    api = of_type(resolved(), "AWS::Serverless::Api")["Api"]
    assert (api["EndpointConfiguration"], api["StageName"]) == ({"Type": "REGIONAL"}, "prod")
    assert template()["Globals"]["Api"]["OpenApiVersion"] == "3.0.1"


def test_a_web_acl_stands_before_the_api_where_one_is_given() -> None:
    arn = "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/given"
    assert "WebAclAssociation" not in resolved()
    assert resolved(WebAclArn=arn)["WebAclAssociation"]["Properties"]["WebACLArn"] == arn


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_python_3_13_in_a_folder_of_its_own(name: str) -> None:
    function = functions()[name]
    assert (function["Runtime"], function["Handler"], function["Architectures"]) == (
        "python3.13",
        "app.handler",
        ["arm64"],
    )
    assert (TEMPLATE.parent / function["CodeUri"] / "app.py").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_logs_into_a_group_that_forgets(name: str) -> None:
    group = of_type(resolved(), "AWS::Logs::LogGroup")[f"{name}LogGroup"]
    assert functions()[name]["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}LogGroup"}}
    assert group["RetentionInDays"] == "90"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_errors_and_throttles_of_a_function_raise_an_alarm(name: str) -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:given"
    alarms = of_type(resolved(AlarmTopicArn=topic), "AWS::CloudWatch::Alarm").values()
    watched = {
        alarm["MetricName"]: alarm["AlarmActions"]
        for alarm in alarms
        if alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": name}}]
    }
    assert watched == {"Errors": [topic], "Throttles": [topic]}


@pytest.mark.parametrize("queue", ["ActionsDeadLetterQueue", "ConnectionsDeadLetterQueue"])
def test_the_first_dead_letter_raises_an_alarm(queue: str) -> None:
    (alarm,) = (
        alarm
        for alarm in of_type(resolved(), "AWS::CloudWatch::Alarm").values()
        if alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
    )
    assert (alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
        "ApproximateNumberOfMessagesVisible",
        "GreaterThanThreshold",
        0,
    )


def test_an_app_that_records_somebody_else_raises_an_alarm() -> None:
    topic = "arn:aws:sns:eu-central-1:111122223333:given"
    alarm = of_type(resolved(AlarmTopicArn=topic), "AWS::CloudWatch::Alarm")["AttributionDiffersAlarm"]
    watched = (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"])
    assert watched == ("Countersign", "attribution_differs", [{"Name": "service", "Value": "countersign"}])
    assert (alarm["Statistic"], alarm["Threshold"], alarm["AlarmActions"]) == ("Sum", 0, [topic])


@pytest.mark.parametrize(
    ("parameter", "variable", "table"),
    [
        ("HistoryRetentionDays", "HISTORY_RETENTION_DAYS", "CARDS_TABLE"),
        ("AuditRetentionDays", "AUDIT_RETENTION_DAYS", "AUDIT_TABLE"),
    ],
)
def test_whoever_writes_what_is_kept_knows_how_long(parameter: str, variable: str, table: str) -> None:
    for name, function in functions(**{parameter: "90"}).items():
        variables = function["Environment"]["Variables"]
        if table in variables:
            assert (name, variables.get(variable)) == (name, "90")


def test_functions_behind_the_api_are_not_told_its_address() -> None:
    """It would be a circle that only a deploy finds; they take it from the sign-in's row."""
    told = {name for name in FUNCTIONS if "PUBLIC_URL" in functions()[name]["Environment"]["Variables"]}
    assert told == {"Connections", "AppActions", "Housekeeping"}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({"PublicUrl": "https://countersign.acme.com"}, "https://countersign.acme.com"),
        ({}, {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}"}),
        ({"Stage": "local"}, {"Fn::Sub": "http://${Api}.execute-api.localhost:${LocalGatewayPort}/${Stage}"}),
    ],
)
def test_the_public_address_is_the_given_one_or_the_apis_own(given: dict[str, str], address: Any) -> None:
    assert functions(**given)["Connections"]["Environment"]["Variables"]["PUBLIC_URL"] == address


def test_every_function_that_reads_the_catalog_knows_which_apps_are_on() -> None:
    told = {name: functions(Apps="servicenow")[name]["Environment"]["Variables"].get("APPS") for name in FUNCTIONS}
    assert {name for name, apps in told.items() if apps == "servicenow"} == set(FUNCTIONS) - {"SlackInstall"}


@pytest.mark.parametrize("proof", template()["Parameters"]["Proof"]["AllowedValues"])
def test_the_function_that_meets_browsers_knows_what_proves_whose_they_are(proof: str) -> None:
    told = {name: functions(Proof=proof)[name]["Environment"]["Variables"].get("PROOF") for name in FUNCTIONS}
    assert {name: value for name, value in told.items() if value is not None} == {"OAuthCallback": proof}


def test_the_functions_that_speak_of_admins_know_them() -> None:
    told = {name: functions(Admins="U0PRIYA")[name]["Environment"]["Variables"].get("ADMINS") for name in FUNCTIONS}
    knowing = {name for name, admins in told.items() if admins == "U0PRIYA"}
    assert knowing == {"Connections", "AppActions", "Housekeeping"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hosts_are_replaced_only_where_the_stage_is_local(name: str) -> None:
    hosts = "acme.service-now.com=http://servicenow.localhost:4560"
    assert "LOCAL_HOSTS" not in functions(LocalHosts=hosts)[name]["Environment"]["Variables"]
    assert functions(LocalHosts=hosts, Stage="local")[name]["Environment"]["Variables"]["LOCAL_HOSTS"] == hosts


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_endpoint_of_a_local_aws_is_unset_on_aws(name: str) -> None:
    assert "AWS_ENDPOINT_URL" not in functions()[name]["Environment"]["Variables"]


def test_the_schedule_can_be_switched_off() -> None:
    def state(**given: str) -> str:
        return str(functions(**given)["Housekeeping"]["Events"]["Schedule"]["Properties"]["State"])

    assert (state(), state(HousekeepingEnabled="false")) == ("ENABLED", "DISABLED")


@pytest.mark.parametrize("parameter", sorted(template()["Parameters"]))
def test_a_parameter_explains_itself_and_has_bounds(parameter: str) -> None:
    specification = template()["Parameters"][parameter]
    assert specification["Description"].endswith((".", "acme"))
    assert specification.keys() & {"AllowedPattern", "AllowedValues", "MinValue"}
    assert "Default" in specification


def test_every_parameter_is_in_a_group_of_the_console() -> None:
    groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    listed = [name for group in groups for name in group["Parameters"]]
    assert sorted(listed) == sorted(template()["Parameters"])
