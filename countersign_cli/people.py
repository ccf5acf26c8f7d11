"""A person as an operator names one."""

import re
from typing import Final

import typer

from countersign.domain.identity import Person

_KEY: Final = re.compile(r"(?P<tenant>[TE][A-Z0-9]+)/(?P<user>[UW][A-Z0-9]+)", re.ASCII)
_USER: Final = re.compile(r"[UW][A-Z0-9]+", re.ASCII)


def found_person(text: str, workspace: str, option: str = "--person") -> Person:
    """``T0ACME/U0JOSIE``, or a user id with the workspace that it means something in. Raises typer.BadParameter.

    ``option``: where it was typed.
    """
    if whole := _KEY.fullmatch(text):
        return Person(whole["tenant"], whole["user"])
    if not _USER.fullmatch(text):
        said = f"{text!r} is no Slack user id: they look like U0JOSIE (profile, ⋮, Copy member ID)."
        raise typer.BadParameter(said, param_hint=option)
    if not workspace:
        said = f"write T…/{text}, or name the workspace with --workspace; in an organisation, its id (E…)."
        raise typer.BadParameter(said, param_hint=option)
    return Person(workspace, text)
