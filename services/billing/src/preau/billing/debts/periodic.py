"""Periodic work on debts: days pass, money comes, and who may book is told."""

from preau.billing.debts import repository
from preau.billing.debts.repository import BATCH
from preau.common.db.database import Database
from preau.common.messaging.outbox import emit
from preau.contracts.billing import FamilyDebtChangedV1


async def publish_debts(database: Database) -> bool:
    """Tell what changed, in one transaction with what is kept of it; whether there may be more.

    Emits `FamilyDebtChangedV1`.
    """
    async with database.system_transaction() as session:
        changed = await repository.publish(session)
        await emit(
            session,
            *(
                FamilyDebtChangedV1(
                    commune_id=each.commune_id,
                    aggregate_id=each.family_id,
                    aggregate_version=each.version,
                    owed_cents=each.owed_cents,
                )
                for each in changed
            ),
        )
    return len(changed) == BATCH
