"""The people of the sandbox: one cast, known by the same e-mail addresses to Slack and to every app."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A member of the workspace Acme.

    Attributes:
        id: Slack's user id (`U…`).
        name: The short name that others mention (`@josie`).
        real_name: The name shown beside messages.
        email: The address by which other systems find this person.
        title: What they do at Acme.
        is_admin: Whether they administer the workspace, and so its shared connections.
    """

    id: str
    name: str
    real_name: str
    email: str
    title: str
    is_admin: bool = False


PEOPLE: tuple[Person, ...] = (
    Person("U0JOSIE", "josie", "Josie", "josie@acme.com", "Manager, change approver", is_admin=True),
    Person("U0TOM", "tom", "Tom", "tom@acme.com", "Sales representative"),
    Person("U0PRIYA", "priya", "Priya", "priya@acme.com", "Database engineer, requester"),
)
