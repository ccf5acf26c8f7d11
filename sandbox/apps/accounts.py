"""A person's account in one app: who signs in there, and whom the app records."""

import hmac
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Person(Protocol):
    """What the apps need to know of a sandbox person (`sandbox.people.Person` fits)."""

    @property
    def id(self) -> str:
        """Slack user id."""

    @property
    def real_name(self) -> str:
        """Full name."""

    @property
    def email(self) -> str:
        """E-mail address, the same in Slack and in every app."""


@dataclass(frozen=True)
class Account:
    """One login in one app. `password` is a sample, printed on the sign-in page."""

    account_id: str
    login: str
    name: str
    email: str
    person_id: str
    password: str = field(repr=False)

    def get_user_id(self) -> str:
        """The app's own id of the account (authlib's name for it)."""
        return self.account_id


class Directory:
    """The accounts of one app, and which of them are locked out."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._accounts = {account.account_id: account for account in accounts}
        self._inactive: set[str] = set()

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def by_id(self, account_id: str | None) -> Account | None:
        """The account with this id, if it is there and active."""
        account = self._accounts.get(account_id or "")
        return account if account and account_id not in self._inactive else None

    def by_login(self, login: str) -> Account | None:
        """The account with this login, locked or not."""
        return next((account for account in self._accounts.values() if account.login == login), None)

    def authenticate(self, login: str, password: str) -> Account | None:
        """The account, if the password is right and the account is active."""
        account = self.by_login(login)
        if account is None or not hmac.compare_digest(account.password.encode(), password.encode()):
            return None
        return self.by_id(account.account_id)

    def set_active(self, login: str, *, active: bool) -> bool:
        """Lock an account out or let it in again; False when there is no such login."""
        account = self.by_login(login)
        if account is None:
            return False
        (self._inactive.discard if active else self._inactive.add)(account.account_id)
        return True

    def is_active(self, account: Account) -> bool:
        """Whether the account may sign in and call."""
        return account.account_id not in self._inactive


def accounts_like(
    account_id: Callable[[Person, int], str], login: Callable[[Person], str] = lambda person: person.email
) -> Callable[[Sequence[Person]], list[Account]]:
    """Everyone has an account: `account_id` comes from the person and their place (from 1)."""

    def accounts(people: Sequence[Person]) -> list[Account]:
        return [
            Account(
                account_id(person, place),
                login(person),
                person.real_name,
                person.email,
                person.id,
                f"{person.email.partition('@')[0]}-sample",
            )
            for place, person in enumerate(people, 1)
        ]

    return accounts
