"""A family's payments, and opening them for a selection of invoices. No provider is called here."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.errors import NotFound
from preau.common.ids import new_id
from preau.common.money import Cents
from preau.payments.agreements.repository import agreements_of
from preau.payments.payables.domain import (
    InvoiceBeingPaid,
    NoPartToPay,
    NotYetPayable,
    may_be_on_its_way,
    refusal,
)
from preau.payments.payables.repository import lock_payables
from preau.payments.payables.tables import Payable
from preau.payments.payments.domain import Part, next_check, shared_out
from preau.payments.payments.lifecycle import PaymentStatus
from preau.payments.payments.repository import add_payment, live_payments_on, payment
from preau.payments.payments.tables import Allocation, Payment
from preau.payments.payments.transitions import fail
from preau.payments.providers.registry import Providers


class Payer(NamedTuple):
    """Who pays: a family of a commune, through the account that clicked."""

    commune_id: UUID
    family_id: UUID
    account_id: UUID


class ReturnAddress(NamedTuple):
    """Where the provider sends the parent back to."""

    public_url: str
    path: str

    def of(self, payment_id: UUID) -> str:
        return f"{self.public_url.rstrip('/')}{self.path}?payment={payment_id}"


class Opening(NamedTuple):
    """What opening payments needs to know besides the selection."""

    payer: Payer
    back_to: ReturnAddress
    providers: Providers
    schedule: Sequence[timedelta]


async def payment_of_family(session: AsyncSession, family_id: UUID, payment_id: UUID) -> Payment:
    """The family's payment; raises ``NotFound`` for any other."""
    found = await payment(session, payment_id)
    if found is None or found.family_id != family_id:
        raise NotFound("Ce paiement n’existe pas.")
    return found


async def open_payments(
    session: AsyncSession,
    opening: Opening,
    invoice_ids: Sequence[UUID],
    now: datetime,
    *,
    next_part_of: Collection[UUID] = (),
) -> list[UUID]:
    """The payments that the parent is to be sent through, one after the other: new ones, or those under way.

    Raises ``NotFound`` for invoices that are not the family's, ``NotYetPayable``, ``InvoiceAlreadyPaid``,
    ``InvoiceVoid``, ``InvoiceBeingPaid``, ``NoPartToPay`` and ``NoProvider``.
    """
    payables = await _payables_of(session, opening.payer.family_id, invoice_ids, now)
    amounts = {each.invoice_id: _amount(each, each.invoice_id in next_part_of) for each in payables}
    groups = await _groups(session, opening.providers, payables, amounts)
    live = await live_payments_on(session, invoice_ids)
    return [await _payment_for(session, opening, group, provider, live, now) for group, provider in groups]


async def _payables_of(
    session: AsyncSession, family_id: UUID, invoice_ids: Sequence[UUID], now: datetime
) -> list[Payable]:
    """The family's payables, locked, in the order asked for; raises for the first that cannot be paid."""
    found = {row.invoice_id: row for row in await lock_payables(session, invoice_ids)}
    for invoice_id in invoice_ids:
        payable = found.get(invoice_id)
        if payable is None and may_be_on_its_way(invoice_id, now):
            raise NotYetPayable("Cette facture sera payable dans quelques instants.", retry_after=1)
        if payable is None or payable.family_id != family_id:
            raise NotFound("Cette facture n’existe pas.")
        if refused := refusal(payable.status, payable.number, invoice_id):
            raise refused
    return [found[invoice_id] for invoice_id in invoice_ids]


def _amount(payable: Payable, part_only: bool) -> Cents:
    """What is to be paid of an invoice. Raises ``NoPartToPay`` where there is no part to pay alone."""
    if not part_only:
        return payable.due_cents
    if not payable.part_cents:
        raise NoPartToPay(f"La facture {payable.number} ne se paie pas par parts en ligne.")
    return payable.part_cents


async def _groups(
    session: AsyncSession,
    providers: Providers,
    payables: Sequence[Payable],
    amounts: Mapping[UUID, Cents],
) -> list[tuple[list[Part], str]]:
    """The selection cut into payments, each with the provider of its régie."""
    agreements = await agreements_of(session, {p.regie_id for p in payables}, providers.default)
    single = frozenset(
        regie_id
        for regie_id, agreement in agreements.items()
        if providers.named(agreement.provider).one_invoice_a_transaction
    )
    parts = [Part(p.invoice_id, p.number, p.regie_id, p.regie_label, amounts[p.invoice_id]) for p in payables]
    return [(group, agreements[group[0].regie_id].provider) for group in shared_out(parts, single)]


async def _payment_for(
    session: AsyncSession,
    opening: Opening,
    group: Sequence[Part],
    provider: str,
    live: Sequence[Payment],
    now: datetime,
) -> UUID:
    """A new payment for the group, or the live one for exactly these amounts: the parent tries again.

    A live payment of another selection gives way while the provider does not know it; then it is in the way.
    """
    wanted = {part.invoice_id: part.amount_cents for part in group}
    for other in live:
        held = {part.invoice_id: part.amount_cents for part in other.allocations}
        resumable = other.status in (PaymentStatus.CREATED, PaymentStatus.REDIRECTED)
        if held == wanted and resumable:
            return other.payment_id
        if held.keys() & wanted.keys() and other.status is PaymentStatus.CREATED:
            await fail(session, other, "cancel")
            other.next_check_at = None
        elif held.keys() & wanted.keys() and other.status is not PaymentStatus.CANCELLED:
            raise InvoiceBeingPaid(
                "Un paiement est déjà en cours pour une de ces factures.", payment_id=str(other.payment_id)
            )
    return _new_payment(session, opening, group, provider, now)


def _new_payment(
    session: AsyncSession, opening: Opening, group: Sequence[Part], provider: str, now: datetime
) -> UUID:
    payment_id = new_id()
    commune_id, family_id, account_id = opening.payer
    add_payment(
        session,
        Payment(
            payment_id=payment_id,
            commune_id=commune_id,
            regie_id=group[0].regie_id,
            regie_label=group[0].regie_label,
            family_id=family_id,
            account_id=account_id,
            provider=provider,
            amount_cents=sum(part.amount_cents for part in group),
            return_url=opening.back_to.of(payment_id),
            created_at=now,
            next_check_at=next_check(opening.schedule, now, now),
            allocations=[
                Allocation(
                    invoice_id=part.invoice_id,
                    commune_id=commune_id,
                    invoice_number=part.invoice_number,
                    amount_cents=part.amount_cents,
                )
                for part in group
            ],
        ),
    )
    return payment_id
