"""All apps behind one server: told apart by host, listed for the page, each made when it is first asked."""

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from sandbox.apps import factory
from sandbox.apps.factory import DESCRIPTIONS
from sandbox.apps.hosts import local_names
from sandbox.server import Sandbox, create_sandbox

SLACK = {"signing_secret": "s", "bot_token": "xoxb-1", "client_id": "1.2", "client_secret": "c", "app_id": "A0"}
OURS = {
    app: {"client_id": app, "client_secret": "s", "redirect_uri": f"http://127.0.0.1:9/{app}"} for app in DESCRIPTIONS
}


def config(apps: dict[str, Any]) -> dict[str, Any]:
    addresses = {"port": 4560, "api_url": "http://127.0.0.1:9", "browser_url": "http://127.0.0.1:9"}
    return addresses | {"slack": SLACK | {"team_id": "T0ACME", "enterprise_id": None}, "apps": apps}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with every app; nothing listens."""
    made = create_sandbox(config(OURS))
    yield made
    made.close()


def get(sandbox: Sandbox, host: str, path: str = "/") -> Any:
    return Client(sandbox.wsgi).get(path, headers={"Host": f"{host}:4560"})


def test_every_local_name_answers_for_its_app(sandbox: Sandbox) -> None:
    for app_id, description in DESCRIPTIONS.items():
        for name in local_names(description).values():
            assert f"Whom {description.name} recorded" in get(sandbox, name).text
            assert sandbox.apps.at(name) is sandbox.apps[app_id]


def test_no_two_apps_share_a_name() -> None:
    names = [name for description in DESCRIPTIONS.values() for name in local_names(description).values()]
    assert len(names) == len(set(names))


def test_a_name_of_nobody_is_misdirected(sandbox: Sandbox) -> None:
    assert get(sandbox, "evil.localhost").status_code == 421
    with pytest.raises(KeyError):
        sandbox.apps.at("evil.localhost")


def test_the_page_lists_the_apps_best_known_first(sandbox: Sandbox) -> None:
    listed = get(sandbox, "127.0.0.1", "/api/apps").get_json()["apps"]
    assert [one["id"] for one in listed] == list(DESCRIPTIONS)
    assert [one["name"] for one in listed[:2]] == ["ServiceNow", "Salesforce"]


def test_an_app_is_made_once_and_only_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    create_app = factory.create_app

    def noted(app_id: str, *arguments: Any, **options: Any) -> Any:
        made.append(app_id)
        return create_app(app_id, *arguments, **options)

    monkeypatch.setattr("sandbox.served_apps.create_app", noted)
    sandbox = create_sandbox(config(OURS))
    assert (made, sandbox.apps.signed_in_at()) == ([], [])
    for _ in range(2):
        get(sandbox, "github.localhost")
    assert made == ["github"]
    sandbox.close()


def test_apps_without_oauth_need_no_registration_and_others_do() -> None:
    sandbox = create_sandbox(config({"servicenow": OURS["servicenow"], "elsewhere": OURS["box"]}))
    without_oauth = [app for app, description in DESCRIPTIONS.items() if description.endpoints is None]
    assert list(sandbox.apps) == ["servicenow", *without_oauth]
    sandbox.close()
