"""What `make sam-local` makes of answers and of functions without events, where there is no Docker to ask."""

from pathlib import Path

import pytest

from tools.sam_local import Invoker, status_of


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ('{"statusCode": 404, "headers": {}, "body": "", "isBase64Encoded": false}', "404"),
        ('{"batchItemFailures": []}', "0 back to the queue"),
        ('{"batchItemFailures": [{"itemIdentifier": "a"}]}', "1 back to the queue"),
        ("null", "done"),
        ('{"statusCode": 500, "headers": {}, "body": "", "isBase64Encoded": false}', None),
        ('{"statusCode": "200"}', None),
        ('{"errorType": "KeyError", "errorMessage": "x"}', None),
        ("", None),
        ("Task timed out after 10.00 seconds", None),
    ],
)
def test_an_answer_is_said_in_a_word_or_is_none(answer: str, status: str | None) -> None:
    assert status_of(answer) == status


def test_a_function_without_events_is_a_fault(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    invoker = Invoker(stack={}, template=tmp_path, overrides={}, gateway="", scratch=tmp_path)
    assert invoker.faults("Forgotten", []) == 1
    assert capsys.readouterr().out == "FAIL Forgotten has no events\n"
