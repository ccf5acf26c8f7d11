"""The reduced run of swapped seals, and that it would notice one that opens."""

from dataclasses import replace

from countersign.domain.tokens import SealOwner
from tests.torture.measure import DEFAULT_SEED
from tests.torture.sealing import key_service, opens, owners, swap_all

ROWS = 40


def test_nothing_that_is_sealed_opens_as_anything_else() -> None:
    swapped = swap_all(DEFAULT_SEED, ROWS)
    assert (swapped.swaps, swapped.opened) == (ROWS * (ROWS - 1) + 3 * (ROWS - 1), ())


def test_every_kind_of_sealed_row_is_among_them() -> None:
    found = owners()
    assert {owner.purpose for owner in found} == {"connection", "answers", "inputs", "reply"}
    assert {owner.person.user_id for owner in found} >= {"U0JOSIE", "U0TOM", "bot"}
    assert len({(owner.version, owner.account_id, owner.workspace) for owner in found}) > 10
    assert len(found) == len(set(found)) > 100


def test_a_seal_that_opens_for_another_row_is_noticed() -> None:
    owner: SealOwner = owners()[0]
    with key_service() as sealer:
        sealed = sealer.seal({"access_token": "at"}, owner)
        assert opens(sealer, sealed, replace(owner))
        assert not opens(sealer, sealed, replace(owner, version=owner.version + 1))
