"""API Gateway in this process: an HTTP request becomes a REST proxy event, its answer an HTTP answer.

Source: docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from sandbox.one_process.functions import Function

type Route = tuple[re.Pattern[str], str, str, Function]
"""Path, method, the route as the template writes it, its function."""


def gateway(template: Mapping[str, Any], functions: Mapping[str, Function], stage: str) -> Callable[..., Any]:
    """A WSGI application with the template's routes below `/<stage>`."""
    routes = [
        (_pattern(api["Path"]), api["Method"].upper(), api["Path"], function)
        for name, function in functions.items()
        for api in _api_events(template["Resources"][name])
    ]
    numbers = itertools.count(1)

    @Request.application
    def application(request: Request) -> Response:
        path = request.path.removeprefix(f"/{stage}")
        for pattern, method, route, function in routes:
            if method == request.method and (found := pattern.fullmatch(path)):
                event = _event(request, path, route, found.groupdict(), f"one-process-{next(numbers)}")
                return _response(function(event))
        return Response('{"error": "not_found"}', 404, content_type="application/json")

    return application


def _api_events(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    events = resource["Properties"].get("Events", {}).values()
    return [event["Properties"] for event in events if event["Type"] == "Api"]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


def _event(request: Request, path: str, route: str, parameters: Mapping[str, str], request_id: str) -> dict[str, Any]:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name, []).append(value)
    query = {name: request.args.getlist(name) for name in request.args}
    body = request.get_data()
    return {
        "resource": route,
        "path": path,
        "httpMethod": request.method,
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(parameters) or None,
        "requestContext": {"requestId": request_id},
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def _response(answer: Mapping[str, Any]) -> Response:
    headers = [(name, value) for name, value in answer["headers"].items()]
    headers += [(name, value) for name, values in answer.get("multiValueHeaders", {}).items() for value in values]
    return Response(answer["body"], answer["statusCode"], headers)
