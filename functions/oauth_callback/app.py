"""Walking skeleton: answers so that the stack can be deployed before the function is written."""

from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer 200 to /health and 404 to everything else."""
    healthy = event.get("path") == "/health"
    return {"statusCode": 200 if healthy else 404, "headers": {"Content-Type": "application/json"}, "body": "{}"}
