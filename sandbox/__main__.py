"""`python -m sandbox FILE`: serve the sandbox that the JSON file describes, until SIGTERM or Ctrl-C."""

import json
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox.server import create_sandbox, serve


def main(arguments: list[str]) -> int:
    """Serve; the exit code says whether the arguments were understood."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sandbox CONFIG.json\n")
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    # Its warnings about queue depth are no news here: 32 threads wait for the app now and then.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    config = json.loads(Path(arguments[0]).read_text())
    sandbox = create_sandbox(config)
    server = serve(sandbox.wsgi, config["port"])
    signal.signal(signal.SIGTERM, _leave)
    if config.get("sample_cards"):
        threading.Thread(target=sandbox.send_sample_cards, daemon=True).start()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        server.close()
        sandbox.close()
    return 0


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
