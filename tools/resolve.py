"""The template as CloudFormation sees it for given parameters: conditions decided, `Fn::If` and values filled in."""

from functools import cache
from pathlib import Path
from typing import Any

from tools.template import read_template

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
ABSENT = object()


@cache
def template() -> dict[str, Any]:
    """template.yaml as it stands."""
    return read_template(TEMPLATE)


def resolved(**given: str) -> dict[str, Any]:
    """The template's resources with parameters at their defaults, or as given; what else is known only on AWS stays."""
    source = template()
    parameters = {name: str(spec["Default"]) for name, spec in source["Parameters"].items()} | given
    conditions = {name: _holds(expression, parameters) for name, expression in source["Conditions"].items()}
    resources = _fill(source["Resources"], parameters, conditions)
    return {
        name: resource
        for name, resource in resources.items()
        if "Condition" not in resource or conditions[resource["Condition"]]
    }


def _holds(expression: dict[str, Any], parameters: dict[str, str]) -> bool:
    ((operator, operands),) = expression.items()
    if operator == "Fn::Not":
        return not _holds(operands[0], parameters)
    if operator != "Fn::Equals":
        raise NotImplementedError(f"a condition uses {operator}, which is not decided here yet")
    left, right = (str(parameters[side["Ref"]]) if isinstance(side, dict) else str(side) for side in operands)
    return left == right


def _fill(value: Any, parameters: dict[str, str], conditions: dict[str, bool]) -> Any:
    if isinstance(value, list):
        items = [_fill(item, parameters, conditions) for item in value]
        return [item for item in items if item is not ABSENT]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        condition, then, otherwise = value["Fn::If"]
        return _fill(then if conditions[condition] else otherwise, parameters, conditions)
    if value == {"Ref": "AWS::NoValue"}:
        return ABSENT
    if value.get("Ref") in parameters:
        return parameters[value["Ref"]]
    filled = {key: _fill(part, parameters, conditions) for key, part in value.items()}
    return {key: part for key, part in filled.items() if part is not ABSENT}


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    """The properties of every resource of a type, by logical id."""
    return {name: resource.get("Properties", {}) for name, resource in resources.items() if resource["Type"] == kind}


def functions(**given: str) -> dict[str, Any]:
    """The functions' properties by logical id, with what Globals adds to each."""
    common = _globals(given)
    return {
        name: {
            **common,
            **properties,
            "Environment": {
                "Variables": {**common["Environment"]["Variables"], **properties["Environment"]["Variables"]}
            },
        }
        for name, properties in of_type(resolved(**given), "AWS::Serverless::Function").items()
    }


def _globals(given: dict[str, str]) -> dict[str, Any]:
    source = template()
    parameters = {name: str(spec["Default"]) for name, spec in source["Parameters"].items()} | given
    conditions = {name: _holds(expression, parameters) for name, expression in source["Conditions"].items()}
    common: dict[str, Any] = _fill(source["Globals"]["Function"], parameters, conditions)
    return common
