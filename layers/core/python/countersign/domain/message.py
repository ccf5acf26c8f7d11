"""What is said in chat, without a chat vendor's shapes: texts with typed values, and a few kinds of block.

A ``Text`` is a template written by us and values that came from elsewhere. The renderer escapes every value for
where it lands, so data from an app can never become a mention, a link or formatting. Templates use ``*bold*``,
``_italic_`` and ```code```, and ``{name}`` for values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Mention:
    """A person, shown as a mention."""

    user_id: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (epoch seconds), shown in the reader's own time zone."""

    at: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link with a label; the address is one of ours or from the catalog, never from chat."""

    url: str
    label: str


type Value = str | int | Mention | Moment | Link


@dataclass(frozen=True, slots=True)
class Text:
    """A template of ours, and the values for its ``{names}``."""

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Style(StrEnum):
    """How loud a button is."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Asked before a button does what it says. All are plain text: no formatting, no mentions."""

    title: str
    text: str
    confirm: str
    deny: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button. ``action`` names what it does; ``value`` is an opaque id of ours; ``url`` opens in the browser too."""

    label: str
    action: str
    value: str = ""
    url: str | None = None
    style: Style = Style.PLAIN
    confirmation: Confirmation | None = None


@dataclass(frozen=True, slots=True)
class PersonPicker:
    """Chooses somebody in chat; what is chosen is the value of ``action``. A confirmation could not name them."""

    placeholder: str
    action: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that stands out. Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, with an optional button or picker beside it."""

    text: Text
    button: Button | PersonPicker | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, drawn in two columns."""

    items: Sequence[tuple[str, Value]]


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of buttons."""

    buttons: Sequence[Button]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print."""

    text: Text


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between sections."""


type Block = Heading | Paragraph | Facts | Buttons | Note | Divider


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. ``summary`` is what notifications and screen readers get; it holds no link."""

    summary: Text
    blocks: Sequence[Block] = ()


class FieldKind(StrEnum):
    """What a form can ask for."""

    TEXT = "text"
    MULTILINE = "multiline"
    NUMBER = "number"
    SELECT = "select"
    DATE = "date"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class OptionsFrom:
    """Where a SELECT's options are read when its form is opened: an operation, as its person, with filled templates."""

    operation: str
    inputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. ``options`` are (value, label) pairs of a SELECT, unless ``options_from`` says where.

    ``pattern`` is a regular expression that the whole answer must match; ``placeholder`` is then an example of one.
    ``initial`` is what it begins with: in the catalog a template over the message that a shortcut was used on.
    """

    name: str
    kind: FieldKind
    label: str
    required: bool = True
    hint: str | None = None
    placeholder: str | None = None
    options: Sequence[tuple[str, str]] = ()
    min_length: int | None = None
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    secret: bool = False
    pattern: str | None = None
    options_from: OptionsFrom | None = None
    initial: str | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in a SELECT that is read: (value, label) pairs, each value once. ``more``: there are more."""

    options: tuple[tuple[str, str], ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A form to open. ``state`` comes back with the answers, as it was; it holds no secret and ≤ 3,000 characters.

    ``submit``: its button; None where there is nothing to send. ``blocks`` stand above the questions.
    """

    title: str
    submit: str | None
    fields: Sequence[Field]
    state: str
    blocks: Sequence[Block] = ()
