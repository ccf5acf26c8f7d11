"""Coverage-guided requests to Slack's routes: atheris (libFuzzer) looks for bodies that reach code which none reached.

A program of its own, because libFuzzer ends its process: `python -m tests.torture.hostile.guided RUNS SEED`. Whatever
is signed and breaks a promise ends it with a traceback and a code other than 0.
"""

import logging
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from sandbox.stack.layout import REPOSITORY

SECONDS: Final = 900


def available() -> bool:
    """Whether atheris is on this machine: it has wheels for Linux on x86-64 alone."""
    return find_spec("atheris") is not None


def fuzz(runs: int, seed: int) -> str:
    """Run it so often; what it said when something broke, else nothing."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.torture.hostile.guided", str(runs), str(seed), folder],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    return "" if done.returncode == 0 else f"guided, seed {seed}: {(done.stdout + done.stderr)[-2_000:]}"


def main(runs: str, seed: str, folder: str) -> None:
    """Fuzz in this process, which then ends. Keeps what broke it in ``folder``."""
    import atheris  # noqa: PLC0415 - this program alone needs it

    with atheris.instrument_imports(
        include=["countersign.adapters.slack", "countersign.entrypoints", "countersign.domain"]
    ):
        from tests.support.slack_requests import SLACK_EVENTS, body_of, load, signed  # noqa: PLC0415 - instrumented
        from tests.torture.hostile.judge import Judge, Verdicts  # noqa: PLC0415
        from tests.torture.hostile.mutation import with_body  # noqa: PLC0415
        from tests.torture.hostile.slack_routes import ANEW, slack_function  # noqa: PLC0415

    logging.disable(logging.CRITICAL)
    corpus = Path(folder, "corpus")
    corpus.mkdir()
    for number, name in enumerate(SLACK_EVENTS):
        (corpus / name).write_bytes(bytes([number]) + body_of(load(name)))
    events = [load(name) for name in SLACK_EVENTS]
    with slack_function() as (handle, world):

        def one(data: bytes) -> None:
            verdicts = Verdicts()
            event = events[data[0] % len(events)] if data else events[0]
            Judge(handle, verdicts)(signed(with_body(event, data[1:])), "guided")
            if world.effects > ANEW:
                world.forget()
            broken = [
                fault for fault in verdicts.faults if "on the processor" not in fault
            ]  # instrumented code is slow
            if broken:
                raise AssertionError(broken[0])

        options = [f"-runs={runs}", f"-seed={int(seed) % 2**31}", f"-artifact_prefix={folder}/", "-max_len=8192"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
