"""Writing a receipt."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from preau.payments.copies import repository as copies
from preau.payments.receipts import repository
from preau.payments.receipts.domain import Received, receipt_number, receipt_year
from preau.payments.receipts.tables import Receipt

CIVIL_TIME_BY_DEFAULT = "Europe/Paris"


async def write_receipt(session: AsyncSession, received: Received, settled_at: datetime) -> str:
    """Number and write the receipt of a payment that was just settled; returns its number."""
    commune = await copies.commune(session, received.commune_id)
    family = await copies.family(session, received.family_id)
    year = receipt_year(settled_at, commune.time_zone if commune else CIVIL_TIME_BY_DEFAULT)
    rank = await repository.take_rank(session, received.commune_id, received.regie_id, year)
    number = receipt_number(received.series, year, rank)
    repository.add_receipt(
        session,
        Receipt(
            payment_id=received.payment_id,
            commune_id=received.commune_id,
            regie_id=received.regie_id,
            number=number,
            payer_name=family.payer_name if family else "",
        ),
    )
    return number
