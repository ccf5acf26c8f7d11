"""Start a worker of each function before anyone clicks.

On this machine a cold start is a new Python process, on two cores perhaps beside a browser; Slack waits three seconds.
"""

import json
from concurrent.futures import ThreadPoolExecutor

import requests

from sandbox.stack.aws import session
from sandbox.stack.deploy import Deployment
from sandbox.stack.world import World

INVOKED = ("Connections", "AppActions")
"""The queue functions; a batch without messages starts a worker and does nothing else."""
REQUESTS = (("GET", "/health"), ("GET", "/health"), ("GET", "/connect/warm"), ("POST", "/hooks/warm"))
"""Harmless requests to each function behind the API; two workers for Slack's, which sends events while one clicks."""


def warm_up(world: World, deployment: Deployment) -> None:
    """Have each function answer once; what it answers does not matter."""
    client = session().client("lambda", endpoint_url=world.aws_endpoint_url)

    def invoke(logical_id: str) -> None:
        client.invoke(FunctionName=deployment.functions[logical_id], Payload=json.dumps({"Records": []}))

    def request(method: str, route: str) -> None:
        requests.request(method, f"{deployment.api_url}{route}", timeout=30)

    with ThreadPoolExecutor() as pool:
        started = [pool.submit(invoke, logical_id) for logical_id in INVOKED]
        started += [pool.submit(request, method, route) for method, route in REQUESTS]
        for future in started:
            future.result()
