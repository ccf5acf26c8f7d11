"""A pull request and a deployment that wait for Josie; issues by anybody."""

from tests.support.app_scenario import Creation, Decision, Reading, Scenario, given, picked
from tests.support.app_twin import Twin

DEPLOYMENT = 2  # its place among the cards, after two pull requests


def forced_push(twin: Twin) -> None:
    """None of the pull request's commits is there any more."""
    twin.store.all("pull")[0].fields["commits"] = ["f" * 40]


def pull(twin: Twin) -> dict[str, str]:
    """The pull request that waits for Josie, as its card shows it."""
    card = twin.card()
    return {name: card[name] for name in ("owner", "repo", "number")} | {"commit_id": card["head_sha"]}


SCENARIO = Scenario(
    reading=Reading("read_pull_request", picked("owner", "repo", "number"), {"author": "priya", "state": "open"}),
    decisions=(
        Decision("approve_pull_request", pull, audit="approved", settled=False, moved=forced_push),
        Decision(
            "request_changes",
            lambda twin: pull(twin) | {"comment": "A test, please"},
            audit="changes_requested",
            settled=False,
            moved=forced_push,
        ),
        # What waits is listed, and who decided what waits no more is not: it is never taken for our own doing.
        Decision(
            "approve_deployment",
            picked("owner", "repo", "run_id", "environment_id", place=DEPLOYMENT, comment="Go"),
            audit="approved",
            opposite="reject_deployment",
            names_who=False,
        ),
        Decision(
            "reject_deployment",
            picked("owner", "repo", "run_id", "environment_id", place=DEPLOYMENT, comment="Not now"),
            audit="rejected",
            opposite="approve_deployment",
            names_who=False,
        ),
    ),
    creations=(
        Creation(
            "create_issue",
            given(owner="acme", repo="website", title="The page is slow", body="Since today"),
            person="tom",
            once=False,
        ),
    ),
    shows_email=False,
)
