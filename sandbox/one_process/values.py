"""Works out what the template's `!Ref`, `!GetAtt` and `!If` come to, as far as functions' environments use them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.one_process.aws import Resource


@dataclass(frozen=True)
class Values:
    """The template with its parameters given and its resources made."""

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    made: Mapping[str, Resource]

    def of(self, raw: Any) -> str | None:
        """The value, or None for `AWS::NoValue`. Raises KeyError for what is not made here, ValueError for the rest."""
        match raw:
            case {"Ref": "AWS::NoValue"}:
                return None
            case {"Ref": name}:
                return self.made[name].ref if name in self.made else self._parameter(name)
            case {"Fn::GetAtt": [name, "Arn" | "Id"]}:
                return self.made[name].arn
            case {"Fn::If": [condition, yes, no]}:
                return self.of(yes if self._holds(condition) else no)
            case str() | int():
                return str(raw)
        raise ValueError(f"a function's environment uses {raw}, which is not worked out here")

    def _parameter(self, name: str) -> str:
        return self.parameters.get(name, str(self.template["Parameters"][name].get("Default", "")))

    def _holds(self, condition: str) -> bool:
        return self._true(self.template["Conditions"][condition])

    def _true(self, raw: Any) -> bool:
        match raw:
            case {"Fn::Equals": [one, other]}:
                return self.of(one) == self.of(other)
            case {"Fn::Not": [inner]}:
                return not self._true(inner)
            case {"Condition": name}:
                return self._holds(name)
            case {"Fn::Or": several}:
                return any(map(self._true, several))
            case {"Fn::And": several}:
                return all(map(self._true, several))
        raise ValueError(f"a condition uses {raw}, which is not worked out here")
