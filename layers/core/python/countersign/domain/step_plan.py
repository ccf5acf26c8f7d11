"""Which steps of a procedure are taken: conditions over what was filled in and what earlier steps gave. Pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from countersign.domain.catalog import Comparison, Condition, Step
from countersign.domain.template import Values, fill, references


def next_step(steps: Sequence[Step], start: int, values: Values) -> int:
    """The place of the first step from ``start`` on that is to be taken; the number of steps where none is.

    ``values``: every name of the recipe, with the results of the steps before ``start``.
    """
    return next((place for place in range(start, len(steps)) if _applies(steps[place], values)), len(steps))


def may_be_taken(steps: Sequence[Step], start: int, values: Values) -> Iterator[tuple[int, Step]]:
    """The step at ``start``, which is taken, and those after it that may be, each with its place.

    What a step that is still to come will give can't be told, so what depends on it counts as taken.
    """
    to_come = {f"steps.{steps[start].id}."}
    yield start, steps[start]
    for place in range(start + 1, len(steps)):
        step = steps[place]
        known = [condition for condition in step.when if not _depends(condition, to_come)]
        if all(holds(condition, values) for condition in known):
            to_come.add(f"steps.{step.id}.")
            yield place, step


def holds(condition: Condition, values: Values) -> bool:
    """Whether it is so. A value that is absent is an empty text, and no number. Raises UnknownName."""
    text, against = fill(condition.value, values), condition.against
    match condition.comparison:
        case Comparison.IS:
            return text == against
        case Comparison.IS_NOT:
            return text != against
        case Comparison.ONE_OF:
            return isinstance(against, Sequence) and text in against
        case Comparison.EMPTY:
            return (not text.strip()) is against
        case Comparison.AT_LEAST:
            return (number := _number(text)) is not None and number >= Decimal(str(against))
        case Comparison.AT_MOST:
            return (number := _number(text)) is not None and number <= Decimal(str(against))


def _applies(step: Step, values: Values) -> bool:
    return all(holds(condition, values) for condition in step.when)


def _depends(condition: Condition, prefixes: set[str]) -> bool:
    return any(name.startswith(prefix) for name in references(condition.value) for prefix in prefixes)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
