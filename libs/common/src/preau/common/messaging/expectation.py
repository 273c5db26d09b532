"""Looking again and again whether what a service's queues need is still at the broker."""

import asyncio
from collections.abc import Sequence

import aiohttp
from aio_pika.exceptions import AMQPError

from preau.common.logging import logger
from preau.common.messaging.broker import Broker, QueueSpec

log = logger(__name__)


class Expectation:
    """The queues of a service and the bindings that fill them; ``missing`` is what the last look missed.

    A queue that has lost a binding gets nothing and complains of nothing: only looking tells.
    """

    def __init__(self, broker: Broker, queues: Sequence[QueueSpec]) -> None:
        self._broker = broker
        self._queues = tuple(queues)
        self.missing: tuple[str, ...] = ()

    async def look_forever(self, every_seconds: float) -> None:
        while True:
            await self.look()
            await asyncio.sleep(every_seconds)

    async def look(self) -> None:
        """Look once; while the broker does not answer, what was seen last stands."""
        try:
            missing = tuple(await self._broker.missing(self._queues))
        except (AMQPError, OSError, RuntimeError, TimeoutError, aiohttp.ClientError) as error:
            log.warning("the broker's topology cannot be looked at", error=repr(error))
            return
        if missing and missing != self.missing:
            log.error(
                "missing at the broker: events may be lost until `preau broker set-up`", missing=missing
            )
        elif self.missing and not missing:
            log.warning("at the broker again: send what was missed by `preau replay`", found=self.missing)
        self.missing = missing
