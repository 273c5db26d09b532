"""The round that frees what is booked on closed days."""

from datetime import timedelta

from preau.common.db.database import Database
from preau.common.periodic import Periodic
from preau.reservations.closures import repository
from preau.reservations.closures.service import apply_next


async def apply_closures(database: Database) -> bool:
    """Go one step on with each closure, each in a transaction of its own; True when there is more to do."""
    async with database.system_transaction() as session:
        found = await repository.every_pending(session)
    more = False
    for commune_id, closure_id in found:
        async with database.transaction(commune_id) as session:
            more |= await apply_next(session, closure_id)
    return more


APPLY_CLOSURES = Periodic("apply-closures", timedelta(seconds=1), apply_closures)
