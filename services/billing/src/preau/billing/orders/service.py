"""Prepaid orders: an invoice a régie when they are placed, a credit note when their hold expires."""

import contextlib
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.families import Family
from preau.billing.invoices import repository as invoices
from preau.billing.invoices import service as invoicing
from preau.billing.invoices.domain import BilledCharge, Draft, IllegalMove, Issuer, lines_of
from preau.billing.invoices.drafts import write_drafts
from preau.billing.orders.tables import PrepaidOrder
from preau.billing.quotes.pricing import Quoted, quote
from preau.billing.regies import repository as regies
from preau.billing.tariffs.domain import ChargeFacts
from preau.common.ids import new_id
from preau.common.messaging.consumer import NotYet
from preau.contracts.reservations import BookingFacts, OrderClosedV1, OrderPlacedV1

EXPIRED = "délai de paiement dépassé"


async def invoice(session: AsyncSession, event: OrderPlacedV1) -> None:
    """Price a prepaid order and issue its invoices, one a régie, due at once.

    Raises `NotYet` while its family, an activity, a régie or a tariff is not known here. Does nothing for
    an order whose end was told first.
    """
    if not await _open(session, event):
        return
    record = await copies.family(session, event.family_id)
    commune = await copies.commune(session, event.commune_id)
    if record is None or commune is None:
        raise NotYet("the family or the commune is not known here")
    family = Family(record.record)
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
            addressee=family.addressee,
            issuer=Issuer(commune.name, regie.label, commune.contact_email, commune.contact_phone),
            lines=lines_of(charges),
            order_id=event.aggregate_id,
        )
        await write_drafts(session, [draft])
        issued = await invoicing.issue(session, regie, [draft.invoice_id], due_days=0)
        await invoicing.publish(session, issued, aggregate_id=draft.invoice_id)


async def close(session: AsyncSession, event: OrderClosedV1) -> None:
    """Remember the order's end; an expired one has its invoices cancelled, paid or not."""
    statement = insert(PrepaidOrder).values(
        order_id=event.aggregate_id,
        commune_id=event.commune_id,
        family_id=event.family_id,
        status=event.status,
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[PrepaidOrder.order_id],
            set_={"status": statement.excluded.status, "updated_at": func.now()},
        )
    )
    if event.status == "expired":
        for invoice_id in await invoices.live_of_order(session, event.aggregate_id):
            with contextlib.suppress(IllegalMove):  # an agent was faster
                await invoicing.cancel(session, invoice_id, reason=EXPIRED)


async def _open(session: AsyncSession, event: OrderPlacedV1) -> bool:
    """Whether the order is new here."""
    fresh = await session.scalar(
        insert(PrepaidOrder)
        .values(
            order_id=event.aggregate_id,
            commune_id=event.commune_id,
            family_id=event.family_id,
            status="awaiting_payment",
        )
        .on_conflict_do_nothing()
        .returning(PrepaidOrder.order_id)
    )
    return fresh is not None


async def _price(
    session: AsyncSession, family: Family, bookings: list[BookingFacts]
) -> dict[UUID, list[BilledCharge]]:
    """The bookings' charges, by régie."""
    charges = [
        ChargeFacts(booking.child_id, booking.activity_id, booking.service_date) for booking in bookings
    ]
    found: dict[UUID, list[BilledCharge]] = {}
    for booking, quoted in zip(bookings, await quote(session, family, charges), strict=True):
        charge, regie_id = _billed(booking, quoted, family)
        found.setdefault(regie_id, []).append(charge)
    return found


def _billed(booking: BookingFacts, quoted: Quoted, family: Family) -> tuple[BilledCharge, UUID]:
    if quoted.activity is None:
        raise NotYet("the activity is not known here")
    if quoted.priced is None:
        raise NotYet("the activity has no tariff on that day")
    charge = BilledCharge(
        booking_id=booking.booking_id,
        child_id=booking.child_id,
        child_name=family.child_name(booking.child_id),
        activity_id=booking.activity_id,
        activity_label=quoted.activity.label,
        service_date=booking.service_date,
        units=quoted.priced.units,
        unit_cents=quoted.priced.unit_cents,
        amount_cents=quoted.priced.amount_cents,
        explanation=quoted.priced.explanation,
    )
    return charge, quoted.activity.regie_id
