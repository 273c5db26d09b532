"""What each user of RabbitMQ may do: a service speaks for itself and reads what is its own, nothing more.

The broker checks a permission by the name of exchange or queue, and in topic exchanges the routing key too.
A right to write to the default exchange would reach any queue by its name: only operators have it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from preau.common.messaging.broker import RETRY_TIERS, QueueSpec
from preau.common.messaging.rabbitmq_topology import EXCHANGE, PARKED, parked_name, retries_name

NOTHING = "^$"
OPERATIONS = "preau_operations"


@dataclass(frozen=True)
class Rights:
    """Regular expressions: what a user may configure, write to and read; per exchange, under which keys."""

    user: str
    write: str
    read: str
    topics: Mapping[str, str]
    tags: tuple[str, ...] = ()
    configure: str = NOTHING


def user_of(service: str) -> str:
    return f"preau_{service}"


def rights_of_service(
    service: str, queues: Sequence[QueueSpec], tiers: Sequence[timedelta] = RETRY_TIERS
) -> Rights:
    """Publish ``<service>.…``, read its own queues, put what it read into a retry tier or aside.

    The tag ``management`` lets it look at bindings over the management API, and at nothing else of others.
    """
    own = [queue.name for queue in queues if queue.name.split(".", 1)[0] == service]
    retries = [retries_name(wait) for wait in tiers]
    return Rights(
        user_of(service),
        write=_one_of([EXCHANGE, PARKED, *retries]),
        read=_one_of(own),
        topics={
            EXCHANGE: rf"^{re.escape(service)}\.",
            PARKED: _one_of([parked_name(name) for name in own]),
            **dict.fromkeys(retries, _one_of(own)),
        },
        tags=("management",),
    )


def rights_of_operations(queues: Sequence[QueueSpec], tiers: Sequence[timedelta] = RETRY_TIERS) -> Rights:
    """Look at what is parked, and put messages into one queue by its name; publish no event to all."""
    return Rights(
        OPERATIONS,
        write=_one_of(["amq.default"]),
        read=_one_of([parked_name(queue.name) for queue in queues]),
        topics=dict.fromkeys([EXCHANGE, PARKED, *(retries_name(wait) for wait in tiers)], NOTHING),
    )


def all_rights(queues: Sequence[QueueSpec], tiers: Sequence[timedelta] = RETRY_TIERS) -> list[Rights]:
    """Of every service that has a queue, and of the operators."""
    services = sorted({queue.name.split(".", 1)[0] for queue in queues})
    return [
        *(rights_of_service(service, queues, tiers) for service in services),
        rights_of_operations(queues, tiers),
    ]


def _one_of(names: Sequence[str]) -> str:
    """Matches exactly these names; without any, nothing."""
    return f"^({'|'.join(re.escape(name) for name in sorted(names))})$" if names else NOTHING
