"""Structured logs and metrics with Powertools: one line per thing that happened, redacted before it is written."""

import logging
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from countersign.adapters.log_lines import SERVICE, send_through
from countersign.config import Settings
from countersign.domain.redaction import redact


class RedactingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON lines, with every secret-looking value masked in the finished line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line that is written."""
        return redact(super().format(record))


@cache
def configure(level: str) -> Logger:
    """Send everything through the redacting formatter, warnings of libraries too; once per process."""
    formatter = RedactingFormatter(utc=True)
    send_through(formatter)
    return Logger(service=SERVICE, level=level, logger_formatter=formatter)


class PowertoolsJournal:
    """Implements ``ports.system.Journal``: a log line, and a count in CloudWatch's embedded metric format."""

    def __init__(self, settings: Settings) -> None:
        configure(settings.get("LOG_LEVEL", "INFO"))
        # A logger of its own: what happened is written whatever level the operator asks of all the rest.
        self._log = logging.getLogger("countersign.happened")
        self._log.setLevel(logging.INFO)
        self._namespace = settings.get("POWERTOOLS_METRICS_NAMESPACE", "Countersign")

    def __call__(self, event: str, **facts: str | int | None) -> None:
        """Note that ``event`` happened."""
        known: dict[str, Any] = {name: fact for name, fact in facts.items() if fact is not None}
        self._log.info(event, extra=known)
        self._count(event, str(known.get("outcome") or ""))

    def _count(self, event: str, outcome: str) -> None:
        from aws_lambda_powertools.metrics import MetricUnit  # noqa: PLC0415 - not at a cold ack
        from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (  # noqa: PLC0415
            AmazonCloudWatchEMFProvider,
        )

        metrics = AmazonCloudWatchEMFProvider(namespace=self._namespace)
        metrics.add_metric(event, MetricUnit.Count, 1)
        # CloudWatch adds nothing up over dimensions: an alarm sees only what is counted under exactly its own. So each
        # event is counted as such, and once more by how it ended.
        service = metrics.service or SERVICE
        metrics.add_dimension("service", service)
        if outcome:
            metrics.add_dimensions(service=service, outcome=outcome)
        metrics.flush_metrics()
