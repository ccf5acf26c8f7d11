"""Read CloudFormation's YAML as plain data, with the short tags in their long form: `!Ref X` becomes {"Ref": "X"}."""

from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """A safe loader that knows CloudFormation's tags."""


def _intrinsic(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = node.value
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def read_template(path: Path) -> dict[str, Any]:
    """Return a template's content.

    Raises:
        yaml.YAMLError: It isn't YAML.
    """
    loader = _Loader(path.read_text())
    try:
        content: dict[str, Any] = loader.get_single_data()
    finally:
        loader.dispose()
    return content
