"""No secret stands in a file of the repository, in any of the shapes by which their makers let them be told."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
SHAPES: Final = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a token of Slack's": r"\bxox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{24,}|\bxapp-[0-9]-[A-Z0-9]+-[0-9]+-[a-f0-9]{10,}",
    "an access key of AWS": r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    "a token of GitHub's": r"\b(?:gh[opusr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    "a token of GitLab's": r"\bgl(?:pat|oas|rt)-[A-Za-z0-9_-]{20,}",
    "a key or token of Google's": r"\b(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{30,}|1//0[\w-]{30,})",
    "a session of Salesforce's": r"\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{40,}",
    "a token of HubSpot's": r"\bpat-(?:na|eu)[0-9]-[0-9a-f-]{36}",
    "a token of Atlassian's": r"\bATATT3[A-Za-z0-9_=-]{50,}",
    "a token of Asana's": r"\b[12]/[0-9]{15,}(?:/[0-9]{15,})?:[0-9a-f]{32}",
    "a token of npm's": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a signed token": r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}<>]+:[^\s/@'\"{}<>]+@",
}
SAMPLES: Final = {
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a token of Slack's": "xoxb-" + "123456789012-1234567890123-" + "aB3" * 8,
    "an access key of AWS": "AKIA" + "ABCDEFGH2345WXYZ",
    "a token of GitHub's": "ghp_" + "aB3" * 12,
    "a token of GitLab's": "glpat-" + "aB3-" * 5,
    "a key or token of Google's": "GOCSPX-" + "aB3_" * 7,
    "a session of Salesforce's": "00D" + "0" * 12 + "!" + "aB3." * 10,
    "a token of HubSpot's": "pat-na1-" + "0123456789ab" * 3,
    "a token of Atlassian's": "ATATT3" + "aB3_=" * 10,
    "a token of Asana's": "1/" + "1" * 16 + ":" + "0a" * 16,
    "a token of npm's": "npm_" + "aB3" * 12,
    "a signed token": "eyJ" + "aB3" * 6 + ".eyJ" + "aB3" * 6 + "." + "aB3" * 9,
    "a password in an address": "https://josie:" + "s3cr3t@acme.com",
}


def found_in(text: str) -> set[str]:
    return {name for name, shape in SHAPES.items() if re.search(shape, text)}


def files() -> list[Path]:
    """What git keeps, and nothing that lies beside it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_of_the_repository_holds_a_secret() -> None:
    looked_at = files()
    assert len(looked_at) > 500
    held = {str(path.relative_to(ROOT)): found_in(path.read_bytes().decode(errors="replace")) for path in looked_at}
    assert {path: names for path, names in held.items() if names} == {}


@pytest.mark.parametrize("name", SHAPES)
def test_one_that_was_left_in_a_file_is_found(name: str) -> None:
    assert found_in(f"token: {SAMPLES[name]}\n") == {name}
