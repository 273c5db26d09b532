"""Limits by network alone, where no account is known yet: links that prove themselves, registrations."""

from datetime import timedelta
from typing import NamedTuple

from preau.common.db.database import Database
from preau.identity.throttles import budget_repository
from preau.identity.throttles.domain import Budget
from preau.identity.throttles.keys import key_of, network_key
from preau.identity.throttles.turns import turn_of


class NetworkLimit(NamedTuple):
    """How many tries of one use a network has; tries of different uses are counted apart."""

    use: str
    budget: Budget

    def key(self, address: str) -> str:
        return key_of(self.use, "network", network_key(address))


LINK = NetworkLimit("link", Budget(burst=30, each=timedelta(seconds=20)))
"""Links that turned out to be none."""
REGISTRATION = NetworkLimit("registration", Budget(burst=200, each=timedelta(seconds=10)))
"""Accounts asked for: each costs us a slow hash and a mail. A school's evening comes from one address."""


async def consume(database: Database, limit: NetworkLimit, address: str) -> None:
    """Count a try for good, in a transaction of its own. Raises ``TooManyRequests``."""
    async with turn_of(address), database.system_transaction() as session:
        await budget_repository.spend(session, limit.budget, limit.key(address))


async def give_back(database: Database, limit: NetworkLimit, address: str) -> None:
    """The try was genuine and costs nothing; a transaction of its own."""
    async with database.system_transaction() as session:
        await budget_repository.give_back(session, limit.budget, limit.key(address))
