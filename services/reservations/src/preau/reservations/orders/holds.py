"""The round that ends orders whose hold has run out."""

from datetime import timedelta

from preau.common.db.database import Database
from preau.common.periodic import Periodic
from preau.reservations.orders import repository
from preau.reservations.orders.closing import expire

BATCH = 100


async def expire_holds(database: Database) -> bool:
    """End the orders whose hold has run out, each in a transaction of its own; True when there may be more.

    Any number of processes may do this at once: each order ends once.
    """
    async with database.system_transaction() as session:
        found = await repository.expired_holds(session, BATCH)
    for commune_id, order_id in found:
        async with database.transaction(commune_id) as session:
            await expire(session, order_id)
    return len(found) == BATCH


EXPIRE_HOLDS = Periodic("expire-holds", timedelta(seconds=1), expire_holds)
