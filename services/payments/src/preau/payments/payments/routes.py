"""Payments as parents see and make them."""

import json
from uuid import UUID

from fastapi import APIRouter

from preau.common.db.clock import database_now
from preau.common.errors import Unavailable
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction, Work
from preau.payments.payments import repository
from preau.payments.payments.dependencies import Calls, Settings
from preau.payments.payments.lifecycle import ASKABLE
from preau.payments.payments.schemas import OpenedOut, PaymentOut, PaymentsOut, SelectionIn
from preau.payments.payments.service import Opening, Payer, ReturnAddress, open_payments, payment_of_family
from preau.payments.providers.protocols import ProviderUnavailable

router = APIRouter(tags=["payments"])


@router.post("/parent/families/{family_id}/payments", status_code=201)
async def pay(
    family: Family, work: Work, key: IdempotencyKey, calls: Calls, settings: Settings, body: SelectionIn
) -> PaymentsOut:
    """Open payments for a selection of invoices, one a régie, and say where to pay each."""
    opening = Opening(
        Payer(family.commune_id, family.family_id, family.account_id),
        ReturnAddress(settings.public_url, body.return_path),
        calls.providers,
        settings.recheck_after,
    )
    async with work.begin() as session:

        async def produce() -> OpenedOut:
            wanted = list(dict.fromkeys(body.invoice_ids))
            now = await database_now(session)
            return OpenedOut(
                payment_ids=await open_payments(session, opening, wanted, now, next_part_of=body.next_part_of)
            )

        remembered = await key.once(session, family.account_id, body, produce)
    payment_ids = OpenedOut.model_validate(json.loads(bytes(remembered.body))).payment_ids
    try:
        for payment_id in payment_ids:
            await calls.charge(work, payment_id)
    except ProviderUnavailable as error:
        raise Unavailable(
            "La page de paiement ne répond pas. Réessayez dans un instant : rien n’a été débité.",
            retry_after=5,
        ) from error
    async with work.begin() as session:
        found = [await repository.payment(session, payment_id) for payment_id in payment_ids]
    return PaymentsOut(payments=[PaymentOut.of(payment) for payment in found if payment])


@router.get("/parent/families/{family_id}/payments")
async def list_payments(
    family: Family, session: Transaction, before: AfterId, limit: Limit = 50
) -> Page[PaymentOut]:
    """The family's payments, newest first."""
    rows = await repository.newest_payments(
        session, family_id=family.family_id, before=before, limit=limit + 1
    )
    shown, following = page_of(rows, limit, lambda row: [row.payment_id])
    return Page(items=[PaymentOut.of(row) for row in shown], next_cursor=following)


@router.get("/parent/families/{family_id}/payments/{payment_id}")
async def read_payment(
    family: Family, work: Work, calls: Calls, settings: Settings, payment_id: UUID
) -> PaymentOut:
    """A payment as it stands. While it is not final its provider is asked first, not too often.

    The parent's return from the bank proves nothing: it only makes us ask.
    """
    async with work.begin() as session:
        payment = await payment_of_family(session, family.family_id, payment_id)
        asks = payment.status in ASKABLE and await repository.claim_question(
            session, payment_id, settings.ask_at_most_every
        )
    if asks:
        try:
            await calls.ask(work, payment_id)
        except ProviderUnavailable:
            return PaymentOut.of(payment)  # as it stood; it will be asked again
        async with work.begin() as session:
            payment = await payment_of_family(session, family.family_id, payment_id)
    return PaymentOut.of(payment)


@router.post("/parent/families/{family_id}/payments/{payment_id}/cancellation")
async def give_up(family: Family, work: Work, calls: Calls, payment_id: UUID) -> PaymentOut:
    """Give up a payment that is under way, so that its invoices are free for another selection."""
    async with work.begin() as session:
        await payment_of_family(session, family.family_id, payment_id)
    try:
        await calls.withdraw(work, payment_id)
    except ProviderUnavailable as error:
        raise Unavailable("La banque ne répond pas. Réessayez dans un instant.", retry_after=5) from error
    async with work.begin() as session:
        return PaymentOut.of(await payment_of_family(session, family.family_id, payment_id))
