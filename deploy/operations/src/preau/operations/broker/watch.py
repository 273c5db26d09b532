"""``preau broker watch``: each minute, what is missing at the broker is made again, told and counted.

Services have no right to make anything there; this one process of the operators' has.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from preau.common.logging import logger
from preau.operations.broker.changes import CannotChange
from preau.operations.broker.management import BrokerUnreachable, Management
from preau.operations.broker.set_up import correct

log = logger(__name__)

MARGIN = timedelta(minutes=1)
"""Before the last look that found all well: an event may be older than its publication."""

Resend = Callable[[str, datetime], Awaitable[None]]
"""Send to a queue what was published since."""


class Metrics:
    """What Prometheus sees."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.answers = Gauge("preau_broker_answers", "1 while the broker answers", registry=self.registry)
        self.odd = Gauge(
            "preau_broker_odd", "1 while something is to be changed by hand", registry=self.registry
        )
        self.corrected = Counter(
            "preau_broker_corrected", "Things made again at the broker", registry=self.registry
        )
        self._parked = Gauge(
            "preau_broker_parked", "Messages parked of a queue", ["queue"], registry=self.registry
        )

    def publish_parked(self, parked: Mapping[str, int]) -> None:
        """How many messages are parked of each queue; one that is gone is no longer told."""
        self._parked.clear()
        for queue, messages in parked.items():
            self._parked.labels(queue).set(messages)

    def serve(self, port: int) -> None:
        start_http_server(port, registry=self.registry)


async def watch(
    management: Management,
    passwords: Mapping[str, str],
    metrics: Metrics,
    *,
    every_seconds: float,
    resend: Resend | None = None,
) -> None:
    """Look until cancelled. With ``resend``, queues that had lost something get what they missed."""
    sound_at = datetime.now(UTC)
    unsent: dict[str, datetime] = {}
    while True:
        began = datetime.now(UTC)
        try:
            changes = await correct(management, passwords)
            metrics.publish_parked(await management.parked())
        except BrokerUnreachable as error:
            metrics.answers.set(0)
            log.warning("broker away", error=str(error))
        except CannotChange as error:
            metrics.odd.set(1)
            log.error("to be changed by hand", error=str(error))
        else:
            metrics.answers.set(1)
            metrics.odd.set(0)
            metrics.corrected.inc(len(changes))
            for change in changes:
                log.error("corrected at the broker", change=change.says, sound_until=sound_at.isoformat())
            for queue in {change.starved for change in changes if change.starved}:
                unsent.setdefault(queue, sound_at - MARGIN)
            sound_at = began
        await _send_missed(unsent, resend)
        await asyncio.sleep(every_seconds)


async def _send_missed(unsent: dict[str, datetime], resend: Resend | None) -> None:
    """Try it again at the next round when it fails; without ``resend``, say what an operator must do."""
    for queue, since in list(unsent.items()):
        if resend is None:
            log.error("events were missed", do=f"preau replay --queue {queue} --since {since.isoformat()}")
        else:
            try:
                await resend(queue, since)
            except Exception as error:  # the database or the broker away: the watch goes on
                log.warning("not yet sent again", queue=queue, error=repr(error))
                continue
        del unsent[queue]
