"""What ends connections of many: admins, people who leave or want to be forgotten, and the nightly sweep."""

import time
from collections.abc import Callable
from random import Random
from typing import Any, Final

import boto3
import requests

from sandbox.one_process.person import NotSeen, Person
from sandbox.one_process.stack import OneProcess
from tests.torture.canaries.journeys import approve
from tests.torture.canaries.signing_in import house

DAY: Final = 86_400
AT_NIGHT: Final = 2 * 3_600
"""Seconds of the UTC day at which the sweep begins."""
LONG: Final = 60


def slack(stack: OneProcess, path: str, **asked: Any) -> None:
    """What somebody does in Slack."""
    requests.post(f"{stack.world.sandbox_url}/api/{path}", json=asked, timeout=10).raise_for_status()


def wait_for(stack: OneProcess, happens: Callable[[], Any]) -> None:
    """Slack tells of events in its own time, and what they queue is worked off here."""
    until = time.monotonic() + LONG
    while not happens():
        stack.settle(seconds=0)
        assert time.monotonic() < until
        time.sleep(0.05)


def connections() -> list[dict[str, Any]]:
    """What is stored of people's."""
    found: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName="ConnectionsTable")["Items"]
    return found


def press(person: Person, label: str, value: str | None = None, *, anew: bool = True) -> None:
    """The element of the home tab with this label or placeholder."""
    if anew:
        person._do("home", {})
        person.stack.settle(seconds=0)
    view = person.screen()["home"]
    for block in view["blocks"]:
        for element in [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else [])]:
            said = element.get("text") or element.get("placeholder") or {}
            if isinstance(said, dict) and said.get("text") == label:
                place = {"view_id": view["id"], "block_id": block["block_id"], "value": value}
                person._do("click", {**place, "action_id": element["action_id"]})
                person.stack.settle(seconds=0)
                return
    raise NotSeen(f"no {label!r} in the home tab")


def admin(stack: OneProcess, chance: Random) -> None:
    """An admin pauses and resumes an app, cuts it off for everyone, and a person off; somebody else tries to."""
    approve(stack, chance)
    josie = Person(stack, "josie")
    press(josie, "Pause")
    press(josie, "Resume")
    press(josie, "Cut off everyone")
    wait_for(stack, lambda: len(connections()) < 2)
    press(josie, "Choose a person", josie.id)
    press(josie, "Cut off", anew=False)
    wait_for(stack, lambda: not connections())


def forget_me(stack: OneProcess, chance: Random) -> None:
    """A person with connections, a history and a waiting action is forgotten."""
    approve(stack, chance)
    josie = Person(stack, "josie")
    josie.type("forget me")
    stack.settle(seconds=0)
    josie.click("Forget me")
    wait_for(stack, lambda: not connections())


def deactivated(stack: OneProcess, chance: Random) -> None:
    """Slack says that somebody's account is switched off."""
    approve(stack, chance)
    slack(stack, "people/U0JOSIE/deactivate")
    wait_for(stack, lambda: not connections())


def removed(stack: OneProcess, chance: Random) -> None:
    """The app is removed from the workspace."""
    approve(stack, chance)
    slack(stack, "administration", remove="T0ACME")
    wait_for(stack, lambda: not connections())


def swept(stack: OneProcess, chance: Random) -> None:
    """Slack never said it: the nightly sweep finds who is gone."""
    approve(stack, chance)
    workspace = stack.sandbox.slack.state.workspaces["T0ACME"]
    workspace.deactivated.add("U0JOSIE")
    stack.clock.forward(AT_NIGHT - stack.clock() % DAY + DAY)
    house(stack)
    wait_for(stack, lambda: not connections())
