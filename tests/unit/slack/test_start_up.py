"""What a cold click pays for: the Slack function loads no SDK before it needs one."""

import json
import subprocess
import sys

HEAVY = ("slack_sdk", "requests", "urllib3", "boto3", "botocore", "aws_lambda_powertools", "jwt", "cryptography")
PROGRAM = """
import json, sys
import countersign.entrypoints.slack
import countersign.usecases.receive_interaction
import countersign.adapters.slack.messenger
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} | {m for m in sys.modules if "." in m})))
"""


def test_the_slack_function_loads_no_library_and_not_every_port() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=_path())
    loaded = set(json.loads(done.stdout))
    assert "countersign.entrypoints.slack" in loaded
    assert not loaded & {*HEAVY, "countersign.ports"}


def _path() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(filter(None, sys.path))}
