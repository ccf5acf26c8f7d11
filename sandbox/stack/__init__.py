"""The whole product on one machine: the real template on a local AWS, with the sandbox beside it.

`python -m sandbox.stack demo|up|down` is what `make demo`, `make up` and `make down` run. One stack lives in one state
folder (`.local` unless `--state` names another), listens on two ports of 127.0.0.1 (COUNTERSIGN_PORT and the next one)
and writes `stack.json` there, from which outside programs take every address and credential.
"""
