"""A prepaid booking that ends after it was billed is given back at once, by a credit note."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges import repository as charges
from preau.billing.charges.domain import GIVEN_BACK
from preau.billing.copies.families import Addressee
from preau.billing.invoices import service as invoicing
from preau.billing.invoices.corrections import KnownCharge, corrections
from preau.billing.invoices.domain import Draft, Issuer, lines_of
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger import repository as ledger
from preau.billing.orders import billed_repository
from preau.billing.orders.billed_repository import Billed
from preau.billing.regies import repository as regies
from preau.billing.tariffs.facts import ChargeFacts
from preau.common.ids import new_id
from preau.common.messaging.consumer import NotYet
from preau.contracts.reservations import (
    AttendanceRecordedV1,
    BookingChangedV1,
    BookingFacts,
    OrderPlacedV1,
)


async def of_changed(session: AsyncSession, event: BookingChangedV1) -> None:
    await give_back(session, [event.booking])


async def of_absent(session: AsyncSession, event: AttendanceRecordedV1) -> None:
    await give_back(session, [event.booking])


async def of_order(session: AsyncSession, event: OrderPlacedV1) -> None:
    """An order cancels bookings, too; and one of its own may have ended before the order was heard of."""
    await give_back(session, [*event.bookings, *event.cancellations])


async def give_back(session: AsyncSession, bookings: Sequence[BookingFacts]) -> None:
    """Give back what was billed of prepaid bookings that ended; nothing of one that goes on, or again.

    A credit note for each invoice that is concerned. Whether a booking may end without being paid for is for
    reservations to say: a firm one does not become "cancelled".
    """
    prepaid = [booking.booking_id for booking in bookings if booking.payment_mode == "prepaid"]
    ended = await charges.among(session, prepaid, GIVEN_BACK) if prepaid else []
    if not ended:
        return
    concerned = await billed_repository.counting(session, ended)
    await ledger.lock(session, {invoice.holder for invoice in concerned})
    by_invoice: dict[UUID, list[Billed]] = defaultdict(list)
    for billed in await billed_repository.billed(session, ended):  # under the lock: once
        by_invoice[billed.invoice_id].append(billed)
    for invoice in concerned:
        if billed_of := by_invoice.get(invoice.invoice_id):
            await _note(session, invoice, billed_of)


async def _note(session: AsyncSession, invoice: Invoice, billed_of: Sequence[Billed]) -> None:
    regie = await regies.regie(session, invoice.regie_id)
    if regie is None:
        raise NotYet("the régie is not known here")
    draft = Draft(
        invoice_id=new_id(),
        commune_id=invoice.commune_id,
        regie_id=invoice.regie_id,
        family_id=invoice.family_id,
        kind="credit_note",
        period=invoice.period,
        addressee=Addressee(**invoice.addressee),
        issuer=Issuer(**invoice.issuer),
        lines=lines_of(corrections(map(_known, billed_of))),
        corrects_invoice_id=invoice.invoice_id,
    )
    await invoicing.give_back(session, regie, draft)


def _known(billed: Billed) -> KnownCharge:
    return KnownCharge(
        booking_id=billed.booking_id,
        status=billed.status,
        charge=ChargeFacts(billed.child_id, billed.activity_id, billed.service_date),
        child_name=billed.child_name,
        activity_label=billed.activity_label,
        price=None,
        billed_units=billed.units,
        billed_cents=billed.cents,
    )
