"""How a record stands once an app has taken somebody's decision about it. Pure."""

from enum import StrEnum


class Standing(StrEnum):
    """Whether one person's decision was all that the record needed."""

    SETTLED = "settled"
    WAITS = "waits"
    """The app still waits for others: another approver, a next step."""
    UNSAID = "unsaid"
    """It may wait for others; the app could not be asked, or does not say."""

    @classmethod
    def of(cls, final: bool | None) -> "Standing":
        """What an app's answer says, or its silence."""
        return cls.UNSAID if final is None else cls.SETTLED if final else cls.WAITS
