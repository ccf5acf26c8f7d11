"""The template's parameters that a caller sets for a local stack: `COUNTERSIGN_PARAMETERS="Proof=dm_code Apps=box"`."""

import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

from sandbox.stack.errors import StackError
from tools.resolve import template

VARIABLE: Final = "COUNTERSIGN_PARAMETERS"

_OURS: Final = {
    **dict.fromkeys(("Stage", "Architecture", "LocalGatewayPort", "AwsEndpointUrl"), "the local stack sets it itself"),
    **dict.fromkeys(("AppSettings", "LocalHosts"), "it comes from APP_SETTINGS_FILE"),
    "SlackApiUrl": "it comes from SLACK_API_URL",
    "SlackWebUrl": "it comes from SLACK_WEB_URL",
    "SlackOpenIdIssuer": "it comes from SLACK_OPENID_ISSUER",
    "SlackOpenIdJwksUrl": "it comes from SLACK_OPENID_JWKS_URL",
}
"""What can't be set here, and why."""


def read_parameters(text: str) -> dict[str, str]:
    """Read `Name=value` pairs; a value with spaces stands in quotes, as in a shell.

    Raises:
        StackError: A pair is none, the template has no such parameter, or would not take the value.
    """
    try:
        pairs = [word.partition("=") for word in shlex.split(text)]
    except ValueError as error:
        raise StackError(f"{VARIABLE} can't be read: {error}.") from error
    given: dict[str, str] = {}
    for name, equals, value in pairs:
        if wrong := _complaint(name, value) if equals else "write it as Name=value":
            raise StackError(f"{VARIABLE}: {name or '='}: {wrong}.")
        given[name] = value
    return given


def _complaint(name: str, value: str) -> str | None:
    specs: Mapping[str, Mapping[str, Any]] = template()["Parameters"]
    if name in _OURS:
        return _OURS[name]
    if name not in specs:
        return f"template.yaml has no such parameter; it has {', '.join(sorted(specs.keys() - _OURS.keys()))}"
    return _refused(specs[name], value)


def _refused(spec: Mapping[str, Any], value: str) -> str | None:
    """As CloudFormation would, which the local one does not."""
    if "AllowedValues" in spec and value not in map(str, spec["AllowedValues"]):
        return f"{value!r} is none of {', '.join(map(str, spec['AllowedValues']))}"
    if "AllowedPattern" in spec and not re.fullmatch(spec["AllowedPattern"], value):
        return f"{value!r} does not match {spec['AllowedPattern']}"
    if spec["Type"] == "Number":
        least, most = spec.get("MinValue", 0), spec.get("MaxValue")
        if not value.isascii() or not value.isdecimal() or int(value) < least or (most and int(value) > most):
            return f"{value!r} is no whole number {f'from {least} to {most}' if most else f'of {least} or more'}"
    return None
