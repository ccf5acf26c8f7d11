"""The seal on moto's KMS: it opens for its very owner, and for nobody and nothing else."""

import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from countersign.adapters import aws
from countersign.adapters.kms import KmsSealer
from countersign.domain.errors import SealBroken, StoreUnavailable
from countersign.domain.identity import Person, Workspace, shared_owner
from countersign.domain.interaction import Interaction, Kind, ReplyTo
from countersign.domain.message import Field, FieldKind
from countersign.domain.tokens import SealOwner
from countersign.usecases.open_answers import OpenAnswers
from countersign.usecases.seal_answers import SealAnswers

OWNER = SealOwner(Person("T0ACME", "U0JOSIE"), "T0ACME", "servicenow", "connection", "a1", 1)
ANSWERS = {"code": "canary-code", "name": "Payroll"}
TOKENS = {"access_token": "at", "refresh_token": "rt" * 3_000}


@pytest.fixture
def sealer(monkeypatch: pytest.MonkeyPatch) -> Iterator[KmsSealer]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("kms", region_name="eu-central-1")
        yield KmsSealer(client, client.create_key()["KeyMetadata"]["Arn"])


def test_it_opens_for_its_owner_also_when_it_is_larger_than_kms_itself_takes(sealer: KmsSealer) -> None:
    assert sealer.open(sealer.seal(TOKENS, OWNER), OWNER) == TOKENS


def test_the_sealed_row_holds_nothing_readable(sealer: KmsSealer) -> None:
    sealed = sealer.seal({"access_token": "canary-token"}, OWNER)

    assert b"canary" not in sealed.ciphertext + sealed.encrypted_key + sealed.nonce


def test_secret_answers_ride_a_queue_as_nothing_readable_and_open_for_their_form_alone(sealer: KmsSealer) -> None:
    fields = (Field("code", FieldKind.TEXT, "Code", secret=True), Field("name", FieldKind.TEXT, "Name"))
    form = Interaction("V1:h", Kind.FORM, OWNER.person, Workspace("T0ACME"), ReplyTo(), answers=ANSWERS)

    body = json.dumps(SealAnswers(sealer)(form, "hand_over", fields).as_json())

    assert "canary" not in body
    there, opened = Interaction.from_json(json.loads(body)), OpenAnswers(sealer)
    assert opened(there, "hand_over").answers == ANSWERS
    for moved in (replace(there, person=Person("T0ACME", "U0TOM")), replace(there, id="V2:h")):
        with pytest.raises(SealBroken):
            opened(moved, "hand_over")
    with pytest.raises(SealBroken):
        opened(there, "create_opportunity")
    with pytest.raises(SealBroken):
        opened(replace(there, sealed={**(there.sealed or {}), "schema": 2}), "hand_over")


def test_a_key_service_that_says_nothing_is_given_up_in_time_for_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"http://127.0.0.1:{silent.getsockname()[1]}")
        hasty = KmsSealer(aws.client.__wrapped__("kms", hasty=True), "key")  # type: ignore[attr-defined]
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            hasty.seal(TOKENS, OWNER)
        assert time.monotonic() - began < 2


def test_the_same_content_is_never_sealed_the_same_way(sealer: KmsSealer) -> None:
    first, second = sealer.seal(TOKENS, OWNER), sealer.seal(TOKENS, OWNER)

    assert first.ciphertext != second.ciphertext
    assert first.encrypted_key != second.encrypted_key


def test_a_prepared_seal_asks_nobody_any_more(sealer: KmsSealer) -> None:
    seal = sealer.prepare(OWNER)
    broken = {"Error": {"Code": "KMSInternalException", "Message": "down"}}
    answer = type("Answer", (), {"status_code": 500})()
    sealer._client.meta.events.register("before-call.kms.GenerateDataKey", lambda **_: (answer, broken))
    with pytest.raises(StoreUnavailable):
        sealer.prepare(OWNER)

    sealed = seal(TOKENS)

    assert sealer.open(sealed, OWNER) == TOKENS


@pytest.mark.parametrize(
    "change",
    [
        {"person": Person("T0ACME", "U0TOM")},
        {"person": Person("T0OTHER", "U0JOSIE")},
        {"person": shared_owner(Workspace("T0ACME"))},
        {"workspace": "T0LABS"},
        {"app": "salesforce"},
        {"purpose": "inputs"},
        {"account_id": "a2"},
        {"version": 2},
    ],
    ids=lambda change: next(iter(change)),
)
def test_it_opens_for_no_other_owner(sealer: KmsSealer, change: dict[str, Any]) -> None:
    sealed = sealer.seal(TOKENS, OWNER)

    with pytest.raises(SealBroken):
        sealer.open(sealed, replace(OWNER, **change))


def test_what_is_a_workspaces_opens_for_it_and_not_for_its_sibling(sealer: KmsSealer) -> None:
    one, sibling = (shared_owner(Workspace(team, "E0ACME")) for team in ("T0ONE", "T0SIBLING"))
    owner = replace(OWNER, person=one)
    sealed = sealer.seal(TOKENS, owner)

    assert sealer.open(sealed, owner) == TOKENS
    with pytest.raises(SealBroken):
        sealer.open(sealed, replace(owner, person=sibling))


@pytest.mark.parametrize("part", ["ciphertext", "nonce", "encrypted_key"])
def test_a_damaged_part_is_noticed(sealer: KmsSealer, part: str) -> None:
    sealed = sealer.seal(TOKENS, OWNER)
    damaged = bytes([getattr(sealed, part)[-1] ^ 1])

    with pytest.raises(SealBroken):
        sealer.open(replace(sealed, **{part: getattr(sealed, part)[:-1] + damaged}), OWNER)


@pytest.mark.parametrize("part", ["ciphertext", "nonce", "encrypted_key"])
def test_parts_of_two_seals_do_not_mix(sealer: KmsSealer, part: str) -> None:
    first, second = sealer.seal(TOKENS, OWNER), sealer.seal(TOKENS, OWNER)

    with pytest.raises(SealBroken):
        sealer.open(replace(first, **{part: getattr(second, part)}), OWNER)


def test_a_seal_of_another_schema_is_refused(sealer: KmsSealer) -> None:
    with pytest.raises(SealBroken):
        sealer.open(replace(sealer.seal(TOKENS, OWNER), schema=2), OWNER)


def test_a_key_service_that_does_not_answer_is_no_broken_seal(sealer: KmsSealer) -> None:
    sealed = sealer.seal(TOKENS, OWNER)
    throttled = {"Error": {"Code": "ThrottlingException", "Message": "slow down"}}
    answer = type("Answer", (), {"status_code": 400})()
    sealer._client.meta.events.register("before-call.kms.Decrypt", lambda **_: (answer, throttled))

    with pytest.raises(StoreUnavailable):
        sealer.open(sealed, OWNER)
