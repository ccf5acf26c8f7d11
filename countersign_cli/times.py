"""Dates and times as people type them, always UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

import typer

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def first_second(text: str, option: str) -> int:
    """Epoch seconds of a time, or of the beginning of a date. Raises typer.BadParameter."""
    return int(_read(text, option).timestamp())


def behind_last_second(text: str, option: str) -> int:
    """The same; for a date, the end of it: ``--to 2027-03-31`` means that day too. Raises typer.BadParameter."""
    read = _read(text, option)
    return int((read + timedelta(days=1) if _DATE.fullmatch(text) else read).timestamp())


def written(at: int) -> str:
    """ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written_finely(moment: int) -> str:
    """The same to the microsecond, of one; empty for 0."""
    whole, rest = divmod(moment, 1_000_000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest:06d}Z" if moment else ""


def _read(text: str, option: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        said = f"{text!r} is no date or time: write 2027-03-31, or 2027-03-31T14:00Z."
        raise typer.BadParameter(said, param_hint=option) from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)
