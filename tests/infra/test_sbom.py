"""The bill of materials: what the functions are deployed with, each package with the version and hash of uv.lock."""

import json
import subprocess
import tomllib
from typing import Any

from sandbox.stack.layout import REPOSITORY


def locked() -> dict[str, dict[str, Any]]:
    packages = tomllib.loads((REPOSITORY / "uv.lock").read_text())["package"]
    return {package["name"]: package for package in packages}


def deployed() -> set[str]:
    """Ours and all that they need, by uv.lock: what its markers leave out on Lambda's Python is not followed."""
    known, found, following = locked(), set[str](), ["countersign"]
    while following:
        for needed in known[following.pop()].get("dependencies", ()):
            name = needed["name"]
            if name not in found and "marker" not in needed:
                found.add(name)
                following.append(name)
    return found


def test_it_names_every_package_that_is_deployed_as_it_is_pinned() -> None:
    subprocess.run(["make", "--silent", "sbom"], cwd=REPOSITORY, check=True, timeout=100)
    written = json.loads((REPOSITORY / ".local" / "sbom.json").read_text())
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.5")
    components = {one["name"]: one for one in written["components"]}
    known, needed = locked(), deployed()
    assert {"cryptography", "requests", "slack-sdk", "urllib3"} <= needed <= set(components)
    assert "pytest" not in components
    for name, one in components.items():
        hashes = {digest["content"] for each in one["externalReferences"] for digest in each["hashes"]}
        pinned = {file["hash"].removeprefix("sha256:") for file in [known[name]["sdist"], *known[name]["wheels"]]}
        assert one["version"] == known[name]["version"]
        assert hashes
        assert hashes <= pinned
