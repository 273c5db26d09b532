"""Bounds by network alone, where no account is known yet: links that prove themselves, registrations."""

from datetime import timedelta
from typing import NamedTuple

from preau.common.db.database import Database
from preau.identity.throttles import budgets
from preau.identity.throttles.budgets import Budget
from preau.identity.throttles.keys import key_of, network_key
from preau.identity.throttles.turns import turn_of


class Door(NamedTuple):
    """What a network may try there."""

    use: str
    network: Budget


LINK = Door("link", Budget(burst=30, each=timedelta(seconds=20)))
"""Links that turned out to be none."""
REGISTRATION = Door("registration", Budget(burst=200, each=timedelta(seconds=10)))
"""Accounts asked for: each costs us a slow hash and a mail. A school's evening comes from one address."""


def _key(door: Door, address: str) -> str:
    return key_of(door.use, "network", network_key(address))


async def knock(database: Database, door: Door, address: str) -> None:
    """Count a try for good, whatever becomes of the request. Raises ``TooManyRequests``."""
    async with turn_of(address), database.system_transaction() as session:
        await budgets.spend(session, door.network, _key(door, address))


async def let_in(database: Database, door: Door, address: str) -> None:
    """The try was genuine and costs nothing."""
    async with database.system_transaction() as session:
        await budgets.give_back(session, door.network, _key(door, address))
