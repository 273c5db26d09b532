"""Every SQL statement about receipts."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.payments.receipts.tables import Receipt, ReceiptSeries


async def take_rank(session: AsyncSession, commune_id: UUID, regie_id: UUID, year: int) -> int:
    """The next rank of a régie's receipts that year. The series stays locked until the transaction ends."""
    statement = insert(ReceiptSeries).values(commune_id=commune_id, regie_id=regie_id, year=year, last=1)
    taken = await session.execute(
        statement.on_conflict_do_update(
            index_elements=[ReceiptSeries.regie_id, ReceiptSeries.year],
            set_={"last": ReceiptSeries.last + 1},
        ).returning(ReceiptSeries.last)
    )
    return taken.scalar_one()


def add_receipt(session: AsyncSession, receipt: Receipt) -> None:
    session.add(receipt)


async def receipt_of(session: AsyncSession, payment_id: UUID) -> Receipt | None:
    return await session.get(Receipt, payment_id)
