"""How long things are kept: what an operator says, and nothing that is no number of days."""

import pytest

from countersign.config import Settings
from countersign.domain.errors import ConfigurationError


def test_retention_is_counted_in_days_and_is_that_of_the_template_without_any() -> None:
    given = Settings({"HISTORY_RETENTION_DAYS": "90", "AUDIT_RETENTION_DAYS": "2557"})
    assert (given.history_retention, given.audit_retention) == (90 * 86_400, 2557 * 86_400)
    assert (Settings({}).history_retention, Settings({}).audit_retention) == (400 * 86_400, 400 * 86_400)


@pytest.mark.parametrize("days", ["0", "-1", "ten", "1e3", "9.5", "٣", " 7"])
def test_what_is_no_number_of_days_is_said_by_name(days: str) -> None:
    with pytest.raises(ConfigurationError, match="AUDIT_RETENTION_DAYS"):
        _ = Settings({"AUDIT_RETENTION_DAYS": days}).audit_retention
