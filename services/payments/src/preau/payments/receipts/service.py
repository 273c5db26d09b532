"""Writing a receipt."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from preau.payments.copies import repository as copies
from preau.payments.payments.tables import Payment
from preau.payments.receipts.domain import receipt_number, receipt_year
from preau.payments.receipts.repository import take_rank
from preau.payments.receipts.tables import Receipt

CIVIL_TIME_BY_DEFAULT = "Europe/Paris"


async def write_receipt(session: AsyncSession, payment: Payment, settled_at: datetime) -> str:
    """Number and write the receipt of a payment that was just settled; returns its number."""
    commune = await copies.commune(session, payment.commune_id)
    family = await copies.family(session, payment.family_id)
    year = receipt_year(settled_at, commune.time_zone if commune else CIVIL_TIME_BY_DEFAULT)
    rank = await take_rank(session, payment.commune_id, payment.regie_id, year)
    receipt = Receipt(
        payment_id=payment.payment_id,
        commune_id=payment.commune_id,
        regie_id=payment.regie_id,
        number=receipt_number(year, rank),
        payer_name=family.payer_name if family else "",
    )
    session.add(receipt)
    return receipt.number
