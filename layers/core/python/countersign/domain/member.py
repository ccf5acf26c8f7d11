"""Who belongs to a workspace, as chat lists them."""

from dataclasses import dataclass

from countersign.domain.identity import Person


@dataclass(frozen=True, slots=True)
class Member:
    """One of them.

    Attributes:
        gone: their account in this workspace was switched off.
        elsewhere: they are still in another workspace of the organisation.
        admin: they administer this workspace, or its organisation.
    """

    person: Person
    gone: bool
    elsewhere: bool
    admin: bool
