"""The caller's world: the sandbox's own by default, and each part replaceable by the promised variables."""

import json
from pathlib import Path

import pytest

from sandbox.apps.factory import DESCRIPTIONS
from sandbox.stack.deploy import parameters
from sandbox.stack.description import hook_secrets, write_json
from sandbox.stack.errors import StackError
from sandbox.stack.layout import REPOSITORY
from sandbox.stack.shortcuts import registered_shortcuts
from sandbox.stack.world import read_world


def test_without_variables_slack_and_the_apps_are_the_sandboxs_own() -> None:
    world = read_world({})
    assert (world.port, world.aws_port, world.catalog) == (4560, 4561, REPOSITORY / "layers" / "catalog")
    assert (world.slack.api_url, world.slack.web_url) == (
        "http://127.0.0.1:4560/slack/api/",
        "http://slack.localhost:4560",
    )
    assert world.slack.openid_issuer == "http://slack.localhost:4560"
    assert world.slack.openid_jwks_url == "http://slack.localhost:4560/openid/connect/keys"
    assert world.app_settings["servicenow"] == {
        "settings": {"instance": "acme"},
        "hosts": {"acme.service-now.com": "http://servicenow.localhost:4560"},
    }


def test_no_two_stacks_share_a_secret() -> None:
    first, second = (read_world({}).slack for _ in range(2))
    assert first.signing_secret != second.signing_secret
    assert first.bot_token != second.bot_token


def test_an_outside_slack_takes_the_sandboxs_place() -> None:
    given = {
        "SLACK_API_URL": "http://127.0.0.1:9000/api",
        "SLACK_WEB_URL": "http://slack.test.localhost:9000/",
        "SLACK_OPENID_JWKS_URL": "http://127.0.0.1:9000/keys",
        "SLACK_OPENID_ISSUER": "http://issuer.localhost:9000",
        "SLACK_SIGNING_SECRET": "signing",
        "SLACK_BOT_TOKEN": "xoxb-given",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "client",
    }
    slack = read_world(given).slack
    assert (slack.signing_secret, slack.bot_token, slack.client_id, slack.client_secret) == (
        *("signing", "xoxb-given", "1.2", "client"),
    )
    named = {name: value for name, value in parameters(read_world(given)).items() if name.startswith("Slack")}
    assert named == {
        "SlackApiUrl": "http://127.0.0.1:9000/api/",
        "SlackWebUrl": "http://slack.test.localhost:9000",
        "SlackOpenIdJwksUrl": "http://127.0.0.1:9000/keys",
        "SlackOpenIdIssuer": "http://issuer.localhost:9000",
    }


def test_outside_apps_are_added_and_replace_what_they_name(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(
        json.dumps({"workday": {"settings": {"site": "x"}, "hosts": {"x.workday.example": "http://127.0.0.1:1"}}})
    )
    credentials = tmp_path / "credentials.json"
    credentials.write_text(json.dumps({"servicenow": {"client_id": "id", "client_secret": "secret"}}))
    world = read_world({"APP_SETTINGS_FILE": str(settings), "APP_CREDENTIALS_FILE": str(credentials)})
    assert set(world.app_settings) == {*DESCRIPTIONS, "workday"}
    assert world.app_credentials["servicenow"] == {"client_id": "id", "client_secret": "secret"}
    assert parameters(world)["AppSettings"].startswith("servicenow.instance=acme,salesforce.domain=acme,")
    assert parameters(world)["AppSettings"].endswith(",workday.site=x")
    assert parameters(world)["LocalHosts"].endswith(",x.workday.example=http://127.0.0.1:1")


def test_every_host_of_the_sandboxs_apps_has_a_stand_in_of_its_own() -> None:
    world = read_world({})
    bases = [base for entry in world.app_settings.values() for base in entry["hosts"].values()]
    assert len(bases) == len(set(bases)) == sum(len(app.hosts) for app in DESCRIPTIONS.values())
    assert world.app_settings["github"]["hosts"]["api.github.com"] == "http://api.github.localhost:4560"


def test_what_the_stack_is_told_of_the_apps_fits_into_cloudformations_parameters() -> None:
    """Values of parameters are at most 4,096 bytes (CloudFormation quotas)."""
    assert max(len(value) for value in parameters(read_world({})).values()) <= 4096


def test_apps_without_oauth_get_no_client() -> None:
    with_oauth = {app for app, description in DESCRIPTIONS.items() if description.endpoints}
    assert set(read_world({}).app_credentials) == with_oauth


def test_an_outside_stand_in_keeps_the_settings_that_it_does_not_name(tmp_path: Path) -> None:
    hosts = {"acme.service-now.com": "http://127.0.0.1:9000"}
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"servicenow": {"hosts": hosts}}))
    world = read_world({"APP_SETTINGS_FILE": str(path)})
    assert world.app_settings["servicenow"] == {"settings": {"instance": "acme"}, "hosts": hosts}


def test_only_recipes_with_a_card_get_a_hook_and_a_given_secret_wins(tmp_path: Path) -> None:
    for folder in ("apps", "recipes"):
        (tmp_path / folder).mkdir()
    for recipe, body in {"approve": "card: {}", "decide": "card: {}", "create": "command: create"}.items():
        (tmp_path / "recipes" / f"{recipe}.yaml").write_text(f"id: {recipe}\n{body}\n")
    given = tmp_path / "hooks.json"
    given.write_text(json.dumps({"approve": "given"}))
    found = hook_secrets(read_world({"CATALOG_DIR": str(tmp_path), "HOOK_SECRETS_FILE": str(given)}))
    assert set(found) == {"approve", "decide"}
    assert found["approve"] == "given"
    assert len(found["decide"]) >= 32


@pytest.mark.parametrize("port", ["http", "80", "65535", "-1", "4560.0", "٤٥٦٠"])
def test_a_port_that_makes_no_sense_is_refused_by_name(port: str) -> None:
    with pytest.raises(StackError, match="COUNTERSIGN_PORT is"):
        read_world({"COUNTERSIGN_PORT": port})


@pytest.mark.parametrize("variable", ["APP_CREDENTIALS_FILE", "APP_SETTINGS_FILE", "HOOK_SECRETS_FILE"])
@pytest.mark.parametrize("content", [None, "not json", "[]"])
def test_a_file_that_makes_no_sense_is_refused_by_name(tmp_path: Path, variable: str, content: str | None) -> None:
    path = tmp_path / "given.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(StackError, match=variable):
        read_world({variable: str(path)})


@pytest.mark.parametrize(
    ("variable", "content", "complaint"),
    [
        ("APP_SETTINGS_FILE", {"jira": 1}, "jira must be an object with nothing but settings and hosts"),
        ("APP_SETTINGS_FILE", {"jira": {"host": {}}}, "jira must be an object with nothing but settings and hosts"),
        (
            "APP_SETTINGS_FILE",
            {"jira": {"settings": {"site": "x,y=z"}}},
            r"jira\.settings\.site must be a text or number",
        ),
        ("APP_SETTINGS_FILE", {"jira": {"hosts": {"h.example": "https://h.example"}}}, "must be a loopback address"),
        ("APP_CREDENTIALS_FILE", {"jira": {"client_id": "id"}}, "jira must be an object with client_id and client_sec"),
        (
            "APP_CREDENTIALS_FILE",
            {"jira": {"client_id": "id", "client_secret": 77}},
            "client_secret must be a text, or",
        ),
        ("HOOK_SECRETS_FILE", {"approve": {"secret": "s"}}, "approve must be a text that is not empty"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_place_without_quoting_it(
    tmp_path: Path, variable: str, content: object, complaint: str
) -> None:
    path = tmp_path / "given.json"
    path.write_text(json.dumps(content))
    with pytest.raises(StackError, match=f"^{variable} names .*given.json, in which .*{complaint}") as refused:
        read_world({variable: str(path)})
    assert "77" not in str(refused.value).replace(str(path), "")


def test_a_catalog_without_its_folders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "apps").mkdir()
    with pytest.raises(StackError, match=r"CATALOG_DIR .* has no folder recipes"):
        read_world({"CATALOG_DIR": str(tmp_path)})


def test_a_description_holds_secrets_and_is_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "stack.json"
    write_json(path, {"a": 1})
    assert json.loads(path.read_text()) == {"a": 1}
    assert path.stat().st_mode & 0o777 == 0o600


def test_slacks_shortcuts_are_those_of_the_catalogs_recipes(tmp_path: Path) -> None:
    (tmp_path / "recipes").mkdir()
    both = {"id": "report_bug", "description": "d" * 160, "shortcut": "Report a bug", "message_shortcut": "Report it"}
    (tmp_path / "recipes" / "report_bug.yaml").write_text(json.dumps(both))
    (tmp_path / "recipes" / "approve.yaml").write_text(json.dumps({"id": "approve", "description": "None", "card": {}}))
    described = {"description": "d" * 150}
    assert registered_shortcuts(tmp_path) == [
        {"name": "Report a bug", "type": "global", "callback_id": "recipe.report_bug", **described},
        {"name": "Report it", "type": "message", "callback_id": "message.report_bug", **described},
    ]


def test_any_other_parameter_of_the_template_can_be_set() -> None:
    given = (
        "Proof=siws+dm_code Apps=box,github 'HousekeepingSchedule=rate(5 minutes)' AuditRetentionDays=30 MemorySize=256"
    )
    deployed = parameters(read_world({"COUNTERSIGN_PARAMETERS": given}))
    assert deployed["Proof"] == "siws+dm_code"
    assert deployed["Apps"] == "box,github"
    assert deployed["HousekeepingSchedule"] == "rate(5 minutes)"
    assert (deployed["AuditRetentionDays"], deployed["MemorySize"], deployed["Stage"]) == ("30", "256", "local")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("Prof=dm_code", "Prof: template.yaml has no such parameter; it has Admins, AlarmTopicArn, "),
        ("Proof", "Proof: write it as Name=value"),
        ("=dm_code", "template.yaml has no such parameter"),
        ("Proof=sms", "Proof: 'sms' is none of siws, dm_code, siws+dm_code"),
        ("Admins=josie", "Admins: 'josie' does not match"),
        ("AuditRetentionDays=29", "AuditRetentionDays: '29' is no whole number from 30 to 3650"),
        ("ThrottlingRateLimit=-1", "ThrottlingRateLimit: '-1' is no whole number of 1 or more"),
        ("Stage=prod", "Stage: the local stack sets it itself"),
        ("SlackApiUrl=http://127.0.0.1:1/", "SlackApiUrl: it comes from SLACK_API_URL"),
        ("'Proof=siws", "COUNTERSIGN_PARAMETERS can't be read: No closing quotation"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(given: str, said: str) -> None:
    with pytest.raises(StackError) as refused:
        read_world({"COUNTERSIGN_PARAMETERS": given})
    assert said in str(refused.value)
    assert str(refused.value).startswith("COUNTERSIGN_PARAMETERS")
