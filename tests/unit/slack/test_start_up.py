"""What a cold click pays for: the Slack function loads no SDK before it needs one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEAVY = {
    "aws_lambda_powertools",
    "boto3",
    "botocore",
    "cryptography",
    "jmespath",
    "jwt",
    "oauthlib",
    "requests",
    "requests_oauthlib",
    "slack_sdk",
    "urllib3",
}
NOT_YET = {
    "countersign.adapters.catalog_files",
    "countersign.domain.catalog",
    "countersign.ports",
    "countersign_catalog",
}
"""Ours: what only a form needs, and what only types name."""
PROGRAM = "import app, json, sys; print(json.dumps(sorted(sys.modules)))"


def test_the_slack_function_begins_with_no_library_no_catalog_and_not_every_port() -> None:
    loaded = loaded_by("slack_interactions")
    assert "countersign.entrypoints.slack" in loaded
    assert loaded & (HEAVY | NOT_YET) == set()


@pytest.mark.parametrize(
    "function", sorted(path.parent.name for path in ROOT.glob("functions/*/app.py") if "slack_inter" not in str(path))
)
def test_every_other_function_begins_with_powertools_at_init_when_lambda_gives_a_full_processor(function: str) -> None:
    assert "aws_lambda_powertools" in loaded_by(function)


def loaded_by(function: str) -> set[str]:
    """Every module that is there when Lambda has imported the function, before its first event."""
    path = [str(ROOT / "functions" / function), *filter(None, sys.path)]
    environment = {"PYTHONPATH": ":".join(path), "STAGE": "prod", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment)
    return set(json.loads(done.stdout))
