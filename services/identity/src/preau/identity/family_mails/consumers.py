"""Mails to families about what happened elsewhere: written in the transaction that takes the event."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.messaging.consumer import Rejected
from preau.contracts import billing, payments, requests, reservations
from preau.identity.communes.repository import commune_by_id
from preau.identity.family_mails import repository
from preau.identity.family_mails.domain import (
    avoir_is_mailed,
    change_is_mailed,
    demand_is_mailed,
    invoice_is_mailed,
)
from preau.identity.notifications import domain, outgoing
from preau.identity.notifications.domain import Kind
from preau.wording import happenings
from preau.wording.dates import days_from_to, weekday_date


async def _mail_family(
    session: AsyncSession, commune_id: UUID, family_id: UUID, kind: Kind, facts: Mapping[str, Any]
) -> None:
    """Write the mail to each guardian who can be reached. Raises ``Rejected`` for a family unknown here."""
    await _mail_families(session, commune_id, [(family_id, facts)], kind)


async def _mail_families(
    session: AsyncSession, commune_id: UUID, mails: Iterable[tuple[UUID, Mapping[str, Any]]], kind: Kind
) -> None:
    mails = list(mails)
    recipients = await repository.recipients_of(
        session, {family_id for family_id, _ in mails}, essential=kind.essential
    )
    if unknown := {family_id for family_id, _ in mails} - recipients.keys():
        raise Rejected(f"unknown families: {', '.join(sorted(map(str, unknown)))}")
    commune = await commune_by_id(session, commune_id)
    now = await database_now(session)
    for family_id, facts in mails:
        await outgoing.queue(
            session, kind, recipients[family_id], facts, commune=commune, family_id=family_id, now=now
        )


async def _lines(session: AsyncSession, bookings: Iterable[reservations.BookingFacts]) -> list[str]:
    """``Léa : Repas, jeudi 12 mars 2026``, by child and date."""
    bookings = list(bookings)
    return _lines_of(bookings, await repository.child_names(session, {one.child_id for one in bookings}))


def _lines_of(bookings: Iterable[reservations.BookingFacts], names: Mapping[UUID, str]) -> list[str]:
    """The lines of :func:`_lines` with the names of the children."""
    ordered = sorted(bookings, key=lambda b: (names.get(b.child_id, ""), b.service_date, b.activity_label))
    return [
        f"{names.get(booking.child_id, 'Votre enfant')} : "
        + (f"{booking.activity_label}, " if booking.activity_label else "")
        + weekday_date(booking.service_date)
        for booking in ordered
    ]


def _demand(invoice: billing.InvoiceFacts) -> dict[str, Any]:
    due = invoice.total_cents if invoice.due_cents is None else invoice.due_cents
    return {**invoice.model_dump(), "due_cents": due, "set_off_cents": invoice.total_cents - due}


class FamilyMails:
    """One handler an event; ``public_url`` begins the links."""

    def __init__(self, public_url: str) -> None:
        self._bookings = f"{public_url}/reservations"
        self._invoices = f"{public_url}/factures"
        self._requests = f"{public_url}/demandes"

    async def order_placed(self, session: AsyncSession, event: reservations.OrderPlacedV1) -> None:
        """What is not paid first is told at once; the rest once it is known whether it costs anything."""
        told = tuple(one for one in event.bookings if one.status != "awaiting_payment")
        if told or event.cancellations:
            await self._order_confirmed(session, event, told, event.cancellations)

    async def order_payable(self, session: AsyncSession, event: reservations.OrderPayableV1) -> None:
        await _mail_family(
            session,
            event.commune_id,
            event.family_id,
            domain.ORDER_AWAITING_PAYMENT,
            {
                "booked": await _lines(session, event.bookings),
                "held_until": event.held_until,
                "link": self._invoices,
            },
        )

    async def order_closed(self, session: AsyncSession, event: reservations.OrderClosedV1) -> None:
        if event.status == "confirmed":
            await self._order_confirmed(session, event, event.bookings, ())
            return
        if not event.bookings:
            return  # what it held ended before, and was told then
        await _mail_family(
            session,
            event.commune_id,
            event.family_id,
            domain.ORDER_EXPIRED,
            {"booked": await _lines(session, event.bookings), "link": self._bookings},
        )

    async def _order_confirmed(
        self,
        session: AsyncSession,
        event: reservations.OrderPlacedV1 | reservations.OrderClosedV1,
        bookings: tuple[reservations.BookingFacts, ...],
        cancellations: tuple[reservations.BookingFacts, ...],
    ) -> None:
        undecided = {"requested", "waitlisted", "cancel_requested"}
        requested = [line for line in (*bookings, *cancellations) if line.status in undecided]
        await _mail_family(
            session,
            event.commune_id,
            event.family_id,
            domain.ORDER_CONFIRMED,
            {
                "booked": await _lines(session, (b for b in bookings if b.status not in undecided)),
                "requested": await _lines(session, requested),
                "cancelled": await _lines(session, (b for b in cancellations if b.status not in undecided)),
                "link": self._bookings,
            },
        )

    async def booking_changed(self, session: AsyncSession, event: reservations.BookingChangedV1) -> None:
        if not change_is_mailed(event):
            return
        (line,) = await _lines(session, [event.booking])
        await _mail_family(
            session,
            event.commune_id,
            event.booking.family_id,
            domain.BOOKING_DECIDED,
            {
                "headline": happenings.BOOKING[event.booking.status],
                "line": line,
                "message": event.message,
                "link": self._bookings,
            },
        )

    async def closure_applied(self, session: AsyncSession, event: reservations.ClosureAppliedV1) -> None:
        """One mail a family, whatever it had booked."""
        freed = [booking for family in event.families for booking in family.bookings]
        names = await repository.child_names(session, {booking.child_id for booking in freed})
        facts = {
            "label": event.label,
            "site_label": event.site_label,
            "days": days_from_to(event.first_day, event.last_day),
            "link": self._bookings,
        }
        mails = [
            (family.family_id, {**facts, "freed": _lines_of(family.bookings, names)})
            for family in event.families
        ]
        await _mail_families(session, event.commune_id, mails, domain.DAYS_CLOSED)

    async def invoices_issued(self, session: AsyncSession, event: billing.InvoiceIssuedV1) -> None:
        mails = [
            (invoice.family_id, {**_demand(invoice), "link": self._invoices})
            for invoice in event.invoices
            if demand_is_mailed(invoice)
        ]
        await _mail_families(session, event.commune_id, mails, domain.INVOICE_ISSUED)
        avoirs = [
            (invoice.family_id, {**invoice.model_dump(), "link": self._invoices})
            for invoice in event.invoices
            if avoir_is_mailed(invoice)
        ]
        await _mail_families(session, event.commune_id, avoirs, domain.AVOIR_ISSUED)

    async def invoice_settled(self, session: AsyncSession, event: billing.InvoiceSettledV1) -> None:
        """The receipt of the payment says it."""

    async def invoice_due_changed(self, session: AsyncSession, event: billing.InvoiceDueChangedV1) -> None:
        """What is due for less is told by the receipt or the avoir; what is due again is asked for anew."""
        if event.due_again_cents <= 0:
            return
        facts = {
            **event.invoice.model_dump(),
            "due_again_cents": event.due_again_cents,
            "due_cents": event.due_cents,
            "link": self._invoices,
        }
        await _mail_family(
            session, event.commune_id, event.invoice.family_id, domain.INVOICE_DUE_AGAIN, facts
        )

    async def invoice_cancelled(self, session: AsyncSession, event: billing.InvoiceCancelledV1) -> None:
        if not invoice_is_mailed(event.invoice):
            return
        facts = {
            **event.invoice.model_dump(),
            "credit_note_number": event.credit_note_number,
            "reason": event.reason,
            "link": self._invoices,
        }
        await _mail_family(
            session, event.commune_id, event.invoice.family_id, domain.INVOICE_CANCELLED, facts
        )

    async def invoices_reminded(self, session: AsyncSession, event: billing.InvoicesRemindedV1) -> None:
        """One mail a family, of all that it is reminded of."""
        mails: list[tuple[UUID, Mapping[str, Any]]] = []
        for family in event.families:
            late = [{**_demand(invoice)} for invoice in family.invoices]
            facts = {
                "regie_label": event.regie_label,
                "late": late,
                "due_cents": sum(each["due_cents"] for each in late),
                "link": self._invoices,
            }
            mails.append((family.family_id, facts))
        await _mail_families(session, event.commune_id, mails, domain.INVOICES_REMINDED)

    async def payment_settled(self, session: AsyncSession, event: payments.PaymentSettledV1) -> None:
        facts = {**event.model_dump(), "link": self._invoices}
        await _mail_family(session, event.commune_id, event.family_id, domain.PAYMENT_RECEIPT, facts)

    async def payment_failed(self, session: AsyncSession, event: payments.PaymentFailedV1) -> None:
        facts = {
            **event.model_dump(),
            "what_happened": happenings.PAYMENT_FAILURE[event.reason],
            "link": self._invoices,
        }
        await _mail_family(session, event.commune_id, event.family_id, domain.PAYMENT_FAILED, facts)

    async def payment_refunded(self, session: AsyncSession, event: payments.PaymentRefundedV1) -> None:
        facts = {**event.model_dump(), "link": self._invoices}
        await _mail_family(session, event.commune_id, event.family_id, domain.PAYMENT_REFUNDED, facts)

    async def request_submitted(self, session: AsyncSession, event: requests.RequestSubmittedV1) -> None:
        facts = {
            "category_label": event.category_label,
            "submitted_at": event.submitted_at,
            "link": self._requests,
        }
        await _mail_family(session, event.commune_id, event.family_id, domain.REQUEST_RECEIVED, facts)

    async def request_decided(self, session: AsyncSession, event: requests.RequestDecidedV1) -> None:
        facts = {
            "category_label": event.category_label,
            "accepted": event.decision == "accepted",
            "message": event.message,
            "link": self._requests,
        }
        await _mail_family(session, event.commune_id, event.family_id, domain.REQUEST_DECIDED, facts)
