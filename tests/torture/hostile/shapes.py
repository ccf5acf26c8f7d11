"""Signed payloads that hypothesis makes of the recorded ones (C3), and makes as small as can be where one breaks."""

from collections.abc import Mapping
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.support.hostile_strings import HOSTILE
from tests.support.slack_requests import signed
from tests.torture.hostile.judge import Judge, Verdicts
from tests.torture.hostile.mutation import IDS, Mutator, at, places_of, put, with_body, without
from tests.torture.hostile.slack_routes import Requests, encode_plain, hold_to_its_signature, slack_function
from tests.torture.hostile.watch import watching
from tests.torture.measure import Share

EDITS: Final = 3
FORGET: Final = 500
PLAIN: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=80)
    | st.sampled_from((*HOSTILE, *IDS))
)
VALUES: Final = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)
"""Any JSON value."""


class Broken(Exception):
    """A payload that broke a promise; the text says which one."""


@st.composite
def payloads(draw: st.DrawFn, documents: Mapping[str, Any]) -> tuple[str, Any]:
    """(a recorded request's name, its document with up to three places gone, of another type, or more besides)."""
    name = draw(st.sampled_from(sorted(documents)))
    document = documents[name]
    for _ in range(draw(st.integers(1, EDITS))):
        place = draw(st.sampled_from(list(places_of(document))))
        found, deed = at(document, place), draw(st.integers(0, 3))
        if deed == 0 and place:
            document = without(document, place)
        elif deed == 1 and isinstance(found, dict):
            document = put(document, place, {**found, draw(st.text(max_size=12)): draw(VALUES)})
        else:
            document = put(document, place, draw(VALUES))
    return name, document


def attack_shapes(share: Share) -> Verdicts:
    """So many payloads, signed; the seed decides them, and the smallest that breaks something is told."""
    verdicts, requests = Verdicts(), Requests(Mutator(share.seed))
    with slack_function() as (handle, world), watching() as watch:

        @seed(share.seed)
        @settings(
            max_examples=share.count,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(payloads(requests.documents))
        def send(made: tuple[str, Any]) -> None:
            name, document = made
            verdict, before = Verdicts(), world.effects
            event = signed(with_body(requests.recorded[name], encode_plain(name, document)))
            answer = Judge(handle, verdict, watch)(event, name)
            if answer is not None:
                hold_to_its_signature(event, answer, world.effects != before, verdict, name)
            if world.effects > FORGET:
                world.forget()
            verdicts.classes["C3"] += 1
            verdicts.add(verdict)
            verdicts.faults.clear()
            if verdict.faults:
                raise Broken(f"{verdict.faults[0]} by {document!r}")

        try:
            send()
        except Broken as error:
            verdicts.fault(f"seed {share.seed}, hypothesis: {str(error)[:2_000]}")
    verdicts.parses_before_signature, verdicts.aws_calls_before_signature = watch.parses, watch.calls
    return verdicts
