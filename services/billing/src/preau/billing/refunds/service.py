"""Ordering refunds, and what their providers made of them.

The ledger gives the money up first: what two people give back at once, or by two ways, is never more than
there is. The provider is asked afterwards, by an event; when it denies, everything is as it was.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices import repository as invoices
from preau.billing.invoices.service import settled_of
from preau.billing.invoices.settlement import record, set_off_credit
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Entry, Holder, Posting, drawn, returned, sources
from preau.billing.refunds import repository
from preau.billing.refunds.domain import DueAgain, Plan
from preau.billing.years import service as years
from preau.common.errors import Conflict, NotFound
from preau.common.ids import new_id
from preau.common.messaging.consumer import NotYet, Rejected
from preau.common.messaging.outbox import emit
from preau.common.money import Cents
from preau.contracts.billing import RefundOrderedV1
from preau.contracts.payments import PaymentRefundedV1, RefundDeniedV1
from preau.wording.amounts import euros


class NotRefundable(Conflict):
    type, title = "not-refundable", "Remboursement impossible"


async def plan(session: AsyncSession, payment_id: UUID, cents: Cents | None) -> tuple[Holder, Plan]:
    """What would follow a refund of ``cents`` of a payment, of all that can go back if nothing is said.

    The family's account and its invoices stay locked: what is ordered in this transaction follows the plan.
    Raises `NotFound` for a payment that brought nothing.
    """
    holder = await repository.payment_holder(session, payment_id)
    if holder is None:
        raise NotFound("Ce paiement n’existe pas, ou n’a rien apporté.")
    credit_cents = await ledger.credit_of(session, holder)
    paid_by = await repository.paid_by(session, payment_id)
    settled = await invoices.lock_settled(session, holder)
    settled.sort(key=lambda invoice: invoice.invoice_id not in paid_by)
    left = await repository.left_of(session, payment_id)
    most = sum(each.cents for each in sources(left, credit_cents, settled_of(settled)))
    asked = most if cents is None else cents
    found = sources(min(asked, most), credit_cents, settled_of(settled))
    numbers = {invoice.invoice_id: invoice.number or "" for invoice in settled}
    again = [
        DueAgain(source.invoice_id, numbers[source.invoice_id], source.cents)
        for source in found
        if source.invoice_id is not None
    ]
    return holder, Plan(most, asked, found, again)


async def order(
    session: AsyncSession, payment_id: UUID, cents: Cents | None, *, reason: str, agent_id: UUID
) -> tuple[UUID, Plan]:
    """Order a refund: the ledger gives the money up, the provider is told. Its id, and what followed.

    Emits `RefundOrderedV1`. Raises `NotFound`, `NotRefundable` for more than can be given back.
    """
    holder, planned = await plan(session, payment_id, cents)
    if not planned.is_covered:
        raise NotRefundable(
            f"Il reste au plus {euros(planned.refundable_cents)} à rendre de ce paiement : le reste a déjà"
            " été rendu, ou paie des réservations à annuler d’abord ou une facture admise en non-valeur.",
            refundable_cents=planned.refundable_cents,
        )
    refund_id = new_id()
    entry = Entry(
        "refund_ordered",
        refund_id,
        holder,
        await today(session, holder.commune_id),
        (*drawn(planned.sources), Posting("refunding", -planned.amount_cents)),
        payment_id=payment_id,
        agent_id=agent_id,
        memo=reason,
    )
    await record(session, [entry])
    await emit(
        session,
        RefundOrderedV1(
            commune_id=holder.commune_id,
            aggregate_id=refund_id,
            payment_id=payment_id,
            amount_cents=planned.amount_cents,
            reason=reason,
            agent_id=agent_id,
        ),
    )
    return refund_id, planned


async def carry_out(session: AsyncSession, event: PaymentRefundedV1) -> None:
    """The provider gave the money back. Raises `NotYet` for a refund that is not known here.

    Raises `Rejected` for one of which it is not said which it is.
    """
    if event.refund_id is None:
        raise Rejected("a refund that nobody ordered")
    found = await _ordered(session, event.refund_id)
    day = await years.day_of(session, found.holder, event.refunded_at)
    entry = Entry(
        "refund_done",
        event.refund_id,
        found.holder,
        day,
        (Posting("refunding", found.cents), Posting("cash", -found.cents, detail=event.method)),
        payment_id=found.payment_id,
    )
    await ledger.lock(session, [found.holder])
    await record(session, [entry])


async def take_back(session: AsyncSession, event: RefundDeniedV1) -> None:
    """The provider does not give the money back: the family is owed it again, or has paid its invoice again.

    Raises `NotYet` for a refund that is not known here.
    """
    found = await _ordered(session, event.aggregate_id)
    await ledger.lock(session, [found.holder])
    postings = await ledger.postings_of(session, event.aggregate_id, "refund_ordered")
    concerned = {each.invoice_id for each in postings if each.invoice_id is not None}
    dues = await invoices.lock_all(session, concerned)
    entry = Entry(
        "refund_denied",
        event.aggregate_id,
        found.holder,
        await today(session, event.commune_id),
        returned(postings, {each.invoice_id: each.outstanding_cents for each in dues.values()}),
        payment_id=found.payment_id,
        memo=event.reason,
    )
    if await record(session, [entry]):
        await set_off_credit(session, {found.holder: event.aggregate_id})


async def _ordered(session: AsyncSession, refund_id: UUID) -> repository.Ordered:
    found = await repository.ordered(session, refund_id)
    if found is None:
        raise NotYet("the refund is not known here")
    return found
