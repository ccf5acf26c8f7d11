"""What people read of an account: its name, and its organisation where that says more."""

import pytest

from countersign.domain.connection import Account

HUBSPOT = "HubSpot account 1234567"


@pytest.mark.parametrize(
    ("account", "label", "where"),
    [
        (Account("u1", "josie", "Josie", "josie@acme.com", "Acme Labs", "c-2"), "josie@acme.com", "Acme Labs"),
        (Account("u1", "josie", "Josie", "josie@acme.com", "00D1", "00D1"), "josie@acme.com", "organisation 00D1"),
        (Account("1234567", HUBSPOT, HUBSPOT, None, "1234567", "1234567"), HUBSPOT, ""),
        (Account("u1", "josie", "Josie"), "josie", ""),
        (Account("u1", "josie", "Josie", "josie@acme.com", "acme", "c-1"), "josie@acme.com", "acme"),
    ],
)
def test_an_organisation_is_named_once_and_an_id_is_called_one(account: Account, label: str, where: str) -> None:
    assert (account.label, account.where) == (label, where)
