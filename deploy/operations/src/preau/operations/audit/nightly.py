"""``preau audit-nightly``: the audit at start and each night, and metrics that an alert can be made of."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from preau.common.invariants import invariants_of
from preau.common.logging import logger
from preau.operations.audit.between import SAME
from preau.operations.audit.finding import Finding
from preau.operations.services import SERVICES

log = logger(__name__)

TRIED_AGAIN_AFTER = timedelta(minutes=10)
"""After an audit that could not be made, because a database was away."""
LOOKED_AGAIN_AFTER = timedelta(hours=1)
"""After an audit that found something: an alarm ends once it is mended, not the night after."""


class Metrics:
    """What a monitoring system reads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._findings = Gauge(
            "preau_audit_findings",
            "What must hold and does not",
            ("rule", "service"),
            registry=self.registry,
        )
        self._last_run = Gauge(
            "preau_audit_last_run_timestamp_seconds", "The last audit that was made", registry=self.registry
        )
        self._last_success = Gauge(
            "preau_audit_last_success_timestamp_seconds",
            "The last audit that found nothing",
            registry=self.registry,
        )
        self._failures = Counter(
            "preau_audit_failures", "Audits that could not be made", registry=self.registry
        )
        self.reset()

    def serve(self, port: int) -> None:
        """Answer to whoever asks at ``port``."""
        start_http_server(port, registry=self.registry)

    def reset(self) -> None:
        """Every rule at nought, so that an alert knows it."""
        self._findings.clear()
        for service in SERVICES:
            for invariant in invariants_of(service):
                self._findings.labels(invariant.says, service).set(0)
        for rule in SAME:
            self._findings.labels(rule.says, rule.reader).set(0)

    def publish(self, findings: Sequence[Finding]) -> None:
        """Publish what an audit found."""
        self.reset()
        for finding in findings:
            self._findings.labels(finding.rule, finding.service).inc()
        self._last_run.set(time.time())
        if not findings:
            self._last_success.set(time.time())

    def count_failure(self) -> None:
        """Count an audit that could not be made."""
        self._failures.inc()


def until_next(now: datetime, hour: int) -> timedelta:
    """How long until it is next ``hour`` o'clock."""
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (at if at > now else at + timedelta(days=1)) - now


def pause_after(findings: Sequence[Finding], now: datetime, hour: int) -> timedelta:
    """How long until the next audit: the night, or sooner when something was found."""
    night = until_next(now, hour)
    return min(night, LOOKED_AGAIN_AFTER) if findings else night


async def audit_nightly(audit: Callable[[], Awaitable[list[Finding]]], metrics: Metrics, hour: int) -> None:
    """Audit now and at ``hour`` each night, for ever; sooner again when it found something or failed."""
    while True:
        try:
            findings = await audit()
        except Exception as error:  # whatever it is, the next one may succeed
            metrics.count_failure()
            log.warning("audit not made", error=repr(error))
            pause = TRIED_AGAIN_AFTER
        else:
            metrics.publish(findings)
            for finding in findings:
                log.error("audit finding", rule=finding.rule, service=finding.service, what=finding.what)
            log.info("audit made", findings=len(findings))
            pause = pause_after(findings, datetime.now().astimezone(), hour)
        await asyncio.sleep(pause.total_seconds())
