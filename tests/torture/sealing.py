"""Everything that the product seals, for several people, apps, accounts and versions, opened as everything else."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final
from unittest import mock

import boto3
from moto import mock_aws

from countersign.adapters.kms import KmsSealer
from countersign.domain.connection import Account, seal_owner
from countersign.domain.errors import SealBroken
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.installation import bot_of
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.secret import Secret
from countersign.domain.secret_answers import answers_owner
from countersign.domain.sign_in import Leg, LegStep, leg_owner
from countersign.domain.token_codec import pack
from countersign.domain.tokens import Sealed, SealOwner, Tokens
from countersign.usecases.action_inputs import inputs_owner
from countersign.usecases.resume_actions import prompt_owner
from sandbox.stack.aws import OWNER, REGION
from tests.support.queue_events import ACTION, INTENT

TENANTS: Final = ("T0ACME", "T0OTHER", "E0ACME")
USERS: Final = ("U0JOSIE", "U0TOM")
APPS: Final = ("salesforce", "servicenow", "records")
ACCOUNTS: Final = ("josie@acme.com", "tom@acme.com")
VERSIONS: Final = (1, 2)
PARTS: Final = ("encrypted_key", "nonce", "ciphertext")
_ACCOUNT: Final = {"AWS_ACCESS_KEY_ID": OWNER, "AWS_SECRET_ACCESS_KEY": OWNER, "AWS_DEFAULT_REGION": REGION}


@dataclass(frozen=True, slots=True)
class Swapped:
    """How many swaps were tried, and which ones opened, in words."""

    swaps: int
    opened: tuple[str, ...]


def owners() -> list[SealOwner]:
    """Every kind of row that holds something sealed, in all combinations that a deployment could hold."""
    people = [Person(tenant, user) for tenant in TENANTS for user in USERS]
    people += [shared_owner(Workspace(tenant)) for tenant in TENANTS]
    found = [
        seal_owner(person, workspace, app, account, version)
        for person, app, account, version in itertools.product(people, APPS, ACCOUNTS, VERSIONS)
        for workspace in ({person.tenant, "T0ACME", "T0LABS"} if person.tenant.startswith("E") else {person.tenant})
    ]
    found += [
        seal_owner(bot_of(tenant), tenant, "chat", "U0BOT", version) for tenant in TENANTS for version in VERSIONS
    ]
    for person, number in itertools.product(people, range(2)):
        intent = replace(INTENT, person=person, workspace=person.tenant, id_hash=f"{number:064x}")
        found += [prompt_owner(intent), inputs_owner(replace(ACTION, person=person, id=f"card#approve#{number}"))]
        form = Interaction(f"card#approve#{number}", Kind.FORM, person, Workspace(ACTION.workspace.id), ReplyTo())
        found.append(answers_owner(form, ACTION.recipe))
        account = Account(f"pending-{number}", "josie", "Josie", "josie@acme.com")
        leg = Leg("a", intent.id_hash, "salesforce", "c", LegStep.CONFIRM, 1, account=account, version=3)
        found.append(leg_owner(intent, leg))
    return list(dict.fromkeys(found))


@contextmanager
def key_service() -> Iterator[KmsSealer]:
    """The product's sealer on a mocked KMS, which holds callers to the encryption context."""
    with mock.patch.dict(os.environ, _ACCOUNT), mock_aws():
        client: Any = boto3.client("kms")
        yield KmsSealer(client, client.create_key()["KeyMetadata"]["Arn"])


def swap_all(seed: int, count: int) -> Swapped:
    """Seal for ``count`` owners (all, where that is more than there are), and open each as every other one, n².

    Besides, for neighbouring rows, each part of one in the place of the other's. Raises SealBroken when something does
    not open for its very owner.
    """
    chance = Random(seed)  # noqa: S311 - dice, which must fall the same way again
    everybody = owners()
    chosen = chance.sample(everybody, min(count, len(everybody)))
    swaps, opened = 0, []
    with key_service() as sealer:
        rows = [(owner, sealer.seal(pack(Tokens(Secret(f"at-{n}"), None)), owner)) for n, owner in enumerate(chosen)]
        for owner, sealed in rows:
            sealer.open(sealed, owner)
        for (owner, _), (other, sealed) in itertools.permutations(rows, 2):
            swaps += 1
            if opens(sealer, sealed, owner):
                opened.append(f"what is sealed to {other} opens as {owner}")
        for (owner, sealed), (other, theirs) in itertools.pairwise(rows):
            for part in PARTS:
                swaps += 1
                if opens(sealer, replace(sealed, **{part: getattr(theirs, part)}), owner):
                    opened.append(f"{owner} opens with the {part} of {other}")
    return Swapped(swaps, tuple(opened))


def opens(sealer: KmsSealer, sealed: Sealed, owner: SealOwner) -> bool:
    """Whether something sealed opens for an owner."""
    try:
        sealer.open(sealed, owner)
    except SealBroken:
        return False
    return True
