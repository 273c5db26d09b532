"""What there must be in RabbitMQ for a set of queues: exchanges, queues with their arguments, bindings.

Pure data: the set-up job makes it with the administrator's rights, services look whether it is there.
Every exchange is of type topic, so that the broker checks each publisher's routing keys (docs/adr/0008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from preau.common.messaging.broker import RETRY_TIERS, QueueSpec

EXCHANGE = "preau.events"
"""Events, under their type."""
PARKED = "preau.parked"
"""What is put aside, under the name of its parked queue."""
DELIVERY_LIMIT = 20
PARKED_DELIVERY_LIMIT = 1_000_000

Arguments = Mapping[str, str | int]


class Binding(NamedTuple):
    """Messages of ``exchange`` under ``routing_key`` go to ``queue``."""

    exchange: str
    queue: str
    routing_key: str

    def __str__(self) -> str:
        return f"binding of {self.queue} to {self.routing_key} at {self.exchange}"


@dataclass(frozen=True)
class Topology:
    """Durable topic exchanges, durable queues by name, and bindings."""

    exchanges: tuple[str, ...]
    queues: Mapping[str, Arguments] = field(default_factory=dict[str, Arguments])
    bindings: frozenset[Binding] = frozenset()


def tier_name(wait: timedelta) -> str:
    """The queue of a retry tier: ``preau.retry.5s``, ``preau.retry.30m``."""
    return f"preau.retry.{_duration(wait)}"


def retries_name(wait: timedelta) -> str:
    """The exchange of a retry tier: ``preau.retries.5s``; a message comes under the name of its queue."""
    return f"preau.retries.{_duration(wait)}"


def parked_name(queue: str) -> str:
    return f"{queue}.parked"


def topology_of(queues: Sequence[QueueSpec], tiers: Sequence[timedelta] = RETRY_TIERS) -> Topology:
    """All that ``queues`` need; each dead-letters into its parked queue, a tier into the queue of the key."""
    made: dict[str, Arguments] = {}
    bindings: set[Binding] = set()
    for wait in tiers:
        made[tier_name(wait)] = _quorum(
            {"x-message-ttl": int(wait.total_seconds() * 1000), "x-dead-letter-exchange": ""}, lossless=True
        )
        bindings.add(Binding(retries_name(wait), tier_name(wait), "#"))
    for spec in queues:
        parked = parked_name(spec.name)
        made[parked] = _quorum({"x-delivery-limit": PARKED_DELIVERY_LIMIT})
        made[spec.name] = _quorum(
            {
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": parked,
            },
            lossless=True,
        )
        bindings.add(Binding(PARKED, parked, parked))
        bindings |= {Binding(EXCHANGE, spec.name, routing_key) for routing_key in spec.routing_keys}
    exchanges = (EXCHANGE, PARKED, *(retries_name(wait) for wait in tiers))
    return Topology(exchanges, made, frozenset(bindings))


def _quorum(arguments: Arguments, *, lossless: bool = False) -> Arguments:
    kept = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"} if lossless else {}
    return {"x-queue-type": "quorum", **arguments, **kept}


def _duration(wait: timedelta) -> str:
    seconds = int(wait.total_seconds())
    return f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"
