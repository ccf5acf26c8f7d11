"""Check what is built, as Lambda will find it: `python -m tools.check_build`.

Each built function is imported with nothing but its own code, its layers and the runtime's boto3, by a clean process
with only the environment that the template declares: the local AWS hides a missing package or variable, this does not.
Compiled libraries must fit the processor, and byte code must be there.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.stack.build import build, host_architecture
from sandbox.stack.layout import REPOSITORY, tool
from tools.resolve import functions
from tools.template import read_template

ELF_MACHINES = {"x86_64": 62, "arm64": 183}
"""`e_machine` of the ELF header: EM_X86_64 and EM_AARCH64."""
RUNTIME = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONDONTWRITEBYTECODE": "1"}
"""What Lambda sets by itself; nothing is written beside the built files."""
MOST_BYTES = 40 * 1024 * 1024
"""What all functions and layers may weigh together, unzipped: cold starts read it."""

PROBE = Path(__file__).with_name("probe_function.py")
PLACEHOLDER = "https://placeholder.example.com/x"
"""Stands for what only a deployment knows: addresses, names and ARNs."""


def main() -> int:
    """Print every fault and return the exit status."""
    template = build(REPOSITORY / "layers" / "catalog")
    built = template.parent
    resources = read_template(template)["Resources"]
    faults = [*import_faults(resources, built), *byte_code_faults(built), *library_faults(built), *weight_faults(built)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def import_faults(resources: Mapping[str, Any], built: Path) -> Iterator[str]:
    """Start each function as Lambda would: its own code, its layers, its declared environment, and boto3."""
    for logical_id, function in functions().items():
        properties = resources[logical_id]["Properties"]
        layers = [built / resources[layer["Ref"]]["Properties"]["ContentUri"] for layer in properties["Layers"]]
        declared = function["Environment"]["Variables"].items()
        with tempfile.TemporaryDirectory() as empty:
            finished = subprocess.run(
                [tool("runtime", "python"), "-I", PROBE],
                input=json.dumps([str(built / properties["CodeUri"]), *(str(layer / "python") for layer in layers)]),
                env={name: value if isinstance(value, str) else PLACEHOLDER for name, value in declared} | RUNTIME,
                cwd=empty,
                capture_output=True,
                text=True,
                check=False,
            )
        if finished.returncode:
            yield f"{logical_id} does not start with what template.yaml gives it:\n{finished.stderr}"


def byte_code_faults(built: Path) -> Iterator[str]:
    """Demand byte code for every module of a layer: /opt is read-only, so Lambda would compile at each cold start."""
    for source in built.glob("*Layer/python/**/*.py"):
        if not (source.parent / "__pycache__" / f"{source.stem}.cpython-313.pyc").exists():
            yield f"{source.relative_to(built)} has no byte code beside it"


def library_faults(built: Path) -> Iterator[str]:
    """Demand that every compiled library is for the processor that it was built for."""
    expected = ELF_MACHINES[host_architecture()]
    for library in built.glob("*Layer/python/**/*.so*"):
        header = library.read_bytes()[:20]
        machine = int.from_bytes(header[18:20], "little")
        if header[:4] == b"\x7fELF" and machine != expected:
            yield f"{library.relative_to(built)} is for ELF machine {machine}, not {expected}"


def weight_faults(built: Path) -> Iterator[str]:
    """Demand that all of it stays small."""
    weight = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
    if weight > MOST_BYTES:
        yield f"functions and layers weigh {weight / 1024**2:.1f} MB unzipped, more than {MOST_BYTES // 1024**2} MB"


if __name__ == "__main__":
    sys.exit(main())
