"""A check that asks for a record by our own id: that there is none yet says that nothing was done."""

from dataclasses import replace

import pytest

from countersign.domain.answer import CheckResult, Refused, read_check
from countersign.domain.http import HttpAnswer
from tests.unit.domain.test_operation import SYS_ID, call

APPROVE = call("servicenow.approve_change", sys_id=SYS_ID)
ABSENT = HttpAnswer(404, {"error": {"message": "no such record", "detail": ""}})


@pytest.mark.parametrize(("permitted", "may"), [(None, None), ("record.mine", False)])
def test_a_status_that_means_absent_is_neither_done_nor_decided_nor_anybodys(
    permitted: str | None, *, may: bool | None
) -> None:
    check = APPROVE.operation.check
    assert check is not None
    operation = replace(APPROVE.operation, check=replace(check, absent_status=(404,), permitted=permitted))
    found = read_check(replace(APPROVE, operation=operation), ABSENT)
    assert found == CheckResult(done=False, decided=False, actor=None, description=None, permitted=may, absent=True)


def test_any_other_refusal_is_one() -> None:
    assert read_check(APPROVE, ABSENT) == Refused("no such record")
