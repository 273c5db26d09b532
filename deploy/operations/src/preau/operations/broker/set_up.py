"""Making RabbitMQ what it must be, as often as one likes: only what differs is changed, and told."""

from collections.abc import Iterable, Mapping

from preau.common.messaging.consumer import queue_spec
from preau.common.messaging.rabbitmq_rights import all_rights
from preau.common.messaging.rabbitmq_topology import topology_of
from preau.contracts.topology import QUEUES
from preau.operations.broker.changes import (
    Change,
    Found,
    former_exchanges,
    topology_changes,
    user_changes,
)
from preau.operations.broker.management import Management

SPECS = [queue_spec(queue) for queue in QUEUES]


def wanted_changes(found: Found, passwords: Mapping[str, str]) -> list[Change]:
    """What differs from the topology of the contracts and from least rights. Raises CannotChange."""
    return [
        *topology_changes(found, topology_of(SPECS)),
        *user_changes(found, all_rights(SPECS), passwords),
    ]


async def set_up(
    management: Management, passwords: Mapping[str, str], *, patience_seconds: float = 60
) -> list[Change]:
    """Make it all, and take away what former versions left; what was changed.

    Raises CannotChange, BrokerUnreachable.
    """
    found = await management.find_within(patience_seconds)
    return await _make(management, [*wanted_changes(found, passwords), *former_exchanges(found)])


async def correct(management: Management, passwords: Mapping[str, str]) -> list[Change]:
    """Make again what differs; what was changed. Raises CannotChange, BrokerUnreachable."""
    return await _make(management, wanted_changes(await management.find(), passwords))


async def _make(management: Management, changes: Iterable[Change]) -> list[Change]:
    made: list[Change] = []
    for change in changes:
        await management.make(change)
        made.append(change)
    return made
