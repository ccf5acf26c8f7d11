"""Josie's envelopes, a draft and one that was sent; templates for everybody."""

from tests.support.app_scenario import Creation, Decision, Inputs, Reading, Scenario, given

DRAFT, SENT = 0, 1  # their places among the envelopes at the start


def envelope(place: int, **more: str) -> Inputs:
    """An envelope of Josie's."""
    return lambda twin: {"envelope_id": twin.store.all("envelope")[place].id} | more


SCENARIO = Scenario(
    reading=Reading("read_envelope", envelope(SENT), {"status": "sent", "subject": "Supplier agreement"}),
    readings=(Reading("list_templates", given()),),
    decisions=(
        Decision("send_envelope", envelope(DRAFT), audit="sent", description="sent"),
        Decision("void_envelope", envelope(SENT, reason="The price changed"), audit="voided", description="voided"),
    ),
    creations=(
        # The transaction's id only finds it again: the check does.
        Creation(
            "create_envelope",
            given(
                template_id="0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f",
                role="Signer",
                name="Priya",
                email="priya@acme.com",
                subject="Please sign",
            ),
            person="tom",
            once=False,
        ),
    ),
)
