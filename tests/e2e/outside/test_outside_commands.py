"""`make up` where it can't be: in another program's way, and with a catalog that must not be deployed."""

import shutil
import socket
from pathlib import Path

from sandbox.stack.layout import State
from tests.e2e.outside.stack import OutsideStack
from tests.e2e.outside.world import CATALOG
from tests.e2e.ports import free_pair


def test_a_port_of_another_program_is_named(tmp_path: Path) -> None:
    port = free_pair()
    stack = OutsideStack(tmp_path, {"COUNTERSIGN_PORT": str(port)})
    with socket.create_server(("127.0.0.1", port + 1)):
        refused = stack.command("up")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"Port {port + 1} of 127.0.0.1 is in use by another program. End it, or choose two free ports in a row: "
        f"COUNTERSIGN_PORT={port + 100} make demo\n"
    )
    assert (stack.described, stack.processes) == (False, [])


def test_a_broken_catalog_is_refused_by_file_and_line_and_nothing_is_deployed(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog"
    shutil.copytree(CATALOG, catalog)
    file = catalog / "apps" / "records.yaml"
    file.write_text(file.read_text().replace("acts_as: person", "acts_as: persona"))
    line = file.read_text().splitlines().index("acts_as: persona") + 1
    stack = OutsideStack(tmp_path / "state", {"COUNTERSIGN_PORT": str(free_pair()), "CATALOG_DIR": str(catalog)})
    refused = stack.command("up")
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"The catalog in {catalog} is not deployed:",
        f'apps/records.yaml:{line}: "persona" is no acts_as; write one of person, app',
        f"1 problem in {catalog}",
    ]
    assert (stack.described, stack.processes) == (False, [])
    assert not (State(stack.folder).logs / "aws.log").exists()
