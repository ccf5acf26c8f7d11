"""Block Kit as Slack enforces it: limits, required fields, what may stand where, and the state of inputs."""

from sandbox.slack.block_kit.check import check_blocks, check_view, markdown_too_long, view_too_large
from sandbox.slack.block_kit.normalise import normalised
from sandbox.slack.block_kit.state import (
    chosen_value,
    find_element,
    initial_value,
    state_values,
    stateful,
    value_of,
)

__all__ = [
    "check_blocks",
    "check_view",
    "chosen_value",
    "find_element",
    "initial_value",
    "markdown_too_long",
    "normalised",
    "state_values",
    "stateful",
    "value_of",
    "view_too_large",
]
