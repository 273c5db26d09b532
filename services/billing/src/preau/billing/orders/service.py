"""Prepaid orders: an invoice a régie when they are placed, a credit note when their hold expires."""

import contextlib
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.charges import repository as known_charges
from preau.billing.copies import repository as copies
from preau.billing.copies.families import FamilyRecord, addressee_of
from preau.billing.copies.tables import ActivityCopy
from preau.billing.invoices import repository as invoices
from preau.billing.invoices import service as invoicing
from preau.billing.invoices.domain import BilledCharge, Draft, billed, lines_of
from preau.billing.invoices.draft_repository import write_drafts
from preau.billing.invoices.service import NotCancellable
from preau.billing.orders import repository
from preau.billing.regies import repository as regies
from preau.billing.tariffs.facts import ChargeFacts
from preau.billing.tariffs.service import PricedCharge, price_charges
from preau.common.ids import new_id
from preau.common.messaging.consumer import NotYet
from preau.contracts.reservations import BookingFacts, OrderClosedV1, OrderPlacedV1

EXPIRED = "délai de paiement dépassé"


async def invoice(session: AsyncSession, event: OrderPlacedV1) -> None:
    """Price a prepaid order and issue its invoices, one a régie, due at once.

    Raises `NotYet` while its family, an activity, a régie or a tariff is not known here. Does nothing for
    an order whose end came first, or that awaits no payment.
    """
    if event.status != "awaiting_payment" or not await repository.add(session, event):
        return
    copy = await copies.family(session, event.family_id)
    commune = await copies.commune(session, event.commune_id)
    if copy is None or commune is None:
        raise NotYet("the family or the commune is not known here")
    family = FamilyRecord(copy.record)
    prepaid = [
        booking
        for booking in event.bookings
        if booking.payment_mode == "prepaid" and booking.status == "awaiting_payment"
    ]
    by_regie = await _price(session, family, prepaid)
    for regie_id in sorted(by_regie):
        regie = await regies.regie(session, regie_id)
        if regie is None:
            raise NotYet("the régie is not known here")
        charges = by_regie[regie_id]
        draft = Draft(
            invoice_id=new_id(),
            commune_id=event.commune_id,
            regie_id=regie_id,
            family_id=event.family_id,
            kind="prepaid",
            period=f"{min(charge.service_date for charge in charges):%Y-%m}",
            addressee=addressee_of(family.event),
            issuer=invoicing.issuer_of(commune, regie),
            lines=lines_of(charges),
            order_id=event.aggregate_id,
        )
        await write_drafts(session, [draft])
        await invoicing.issue(session, regie, [draft.invoice_id], due_days=0, aggregate_id=draft.invoice_id)


async def close(session: AsyncSession, event: OrderClosedV1) -> None:
    """Remember the order's end; the invoices of what expired are cancelled, paid or not.

    An order of several régies may have been paid at one of them: what that confirmed did not expire.
    """
    await repository.keep_end(session, event)
    expired = [booking.booking_id for booking in event.bookings if booking.status == "expired"]
    if expired:
        for invoice_id in await invoices.live_of_order(session, event.aggregate_id, expired):
            with contextlib.suppress(NotCancellable):  # an agent was faster
                await invoicing.cancel(session, invoice_id, reason=EXPIRED)


async def _price(
    session: AsyncSession, family: FamilyRecord, bookings: list[BookingFacts]
) -> dict[UUID, list[BilledCharge]]:
    """The bookings' charges, by régie."""
    charges = [
        ChargeFacts(booking.child_id, booking.activity_id, booking.service_date) for booking in bookings
    ]
    family_id = family.event.aggregate_id
    booked = await known_charges.booked(session, family_id, [each.service_date for each in charges])
    found: dict[UUID, list[BilledCharge]] = {}
    for booking, priced in zip(bookings, await price_charges(session, family, charges, booked), strict=True):
        made, regie_id = _billed(booking.booking_id, priced, family)
        found.setdefault(regie_id, []).extend(made)
    return found


def _billed(
    booking_id: UUID, priced: PricedCharge[ActivityCopy], family: FamilyRecord
) -> tuple[list[BilledCharge], UUID]:
    if priced.activity is None:
        raise NotYet("the activity is not known here")
    if priced.price is None:
        raise NotYet("the activity has no tariff on that day")
    made = billed(
        booking_id,
        priced.charge,
        priced.price,
        child_name=family.child_name(priced.charge.child_id),
        activity_label=priced.activity.label,
    )
    return made, priced.activity.regie_id
