"""Values that an operation of an app file takes, from its own examples."""

from countersign.domain.app_operation import Input, InputType, Operation

_PLAIN = {InputType.STRING: "Some text", InputType.NUMBER: "5", InputType.BOOLEAN: "true"}


def sample_inputs(operation: Operation, *, optional: bool = True) -> dict[str, str]:
    """One value for each input; without the optional ones if asked."""
    return {name: _value(one) for name, one in operation.inputs.items() if one.required or optional}


def _value(one: Input) -> str:
    return one.example or _PLAIN[one.type]
