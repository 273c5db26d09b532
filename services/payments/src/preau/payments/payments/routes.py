"""Payments as parents see and make them."""

import json
from uuid import UUID

from fastapi import APIRouter

from preau.common.db.clock import database_now
from preau.common.errors import NotFound, Unavailable
from preau.common.http.access import Family, FamilyAccess
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.payments.dependencies import Calls, Settings
from preau.payments.payments import repository
from preau.payments.payments.domain import ASKABLE
from preau.payments.payments.schemas import OpenedOut, PaymentOut, PaymentsOut, SelectionIn
from preau.payments.payments.service import Opening, Payer, ReturnAddress, open_payments
from preau.payments.payments.tables import Payment
from preau.payments.providers.protocols import ProviderUnavailable

router = APIRouter(tags=["payments"])


@router.post("/parent/families/{family_id}/payments", status_code=201)
async def pay(
    family: Family, key: IdempotencyKey, calls: Calls, settings: Settings, body: SelectionIn
) -> PaymentsOut:
    """Open payments for a selection of invoices, one a régie, and say where to pay each."""
    opening = Opening(
        Payer(family.commune_id, family.family_id, family.account_id),
        ReturnAddress(settings.public_url, body.return_path),
        calls.providers,
        settings.recheck_after,
    )

    async def produce() -> OpenedOut:
        wanted = list(dict.fromkeys(body.invoice_ids))
        now = await database_now(family.session)
        return OpenedOut(payment_ids=await open_payments(family.session, opening, wanted, now))

    remembered = await key.once(family.session, family.account_id, body, produce)
    payment_ids = OpenedOut.model_validate(json.loads(bytes(remembered.body))).payment_ids
    await family.session.commit()  # the provider is called outside of any transaction
    try:
        for payment_id in payment_ids:
            await calls.charge(family.commune_id, payment_id)
    except ProviderUnavailable as error:
        raise Unavailable(
            "La page de paiement ne répond pas. Réessayez dans un instant : rien n’a été débité.",
            retry_after=5,
        ) from error
    async with family.database.transaction(family.commune_id) as session:
        found = [await repository.payment(session, payment_id) for payment_id in payment_ids]
    return PaymentsOut(payments=[PaymentOut.of(payment) for payment in found if payment])


@router.get("/parent/families/{family_id}/payments")
async def list_payments(family: Family, before: AfterId, limit: Limit = 50) -> Page[PaymentOut]:
    """The family's payments, newest first."""
    rows = await repository.newest_payments(
        family.session, family_id=family.family_id, before=before, limit=limit + 1
    )
    shown, following = page_of(rows, limit, lambda row: [row.payment_id])
    return Page(items=[PaymentOut.of(row) for row in shown], next_cursor=following)


@router.get("/parent/families/{family_id}/payments/{payment_id}")
async def read_payment(family: Family, calls: Calls, settings: Settings, payment_id: UUID) -> PaymentOut:
    """A payment as it stands. While it is not final its provider is asked first, not too often.

    The parent's return from the bank proves nothing: it only makes us ask.
    """
    payment = await payment_of(family, payment_id)
    if payment.status not in ASKABLE or not await repository.claim_question(
        family.session, payment_id, settings.ask_at_most_every
    ):
        return PaymentOut.of(payment)
    await family.session.commit()
    try:
        await calls.ask(family.commune_id, payment_id)
    except ProviderUnavailable:
        return PaymentOut.of(payment)  # as it stood; it will be asked again
    return await _afresh(family, payment_id)


@router.post("/parent/families/{family_id}/payments/{payment_id}/cancellation")
async def give_up(family: Family, calls: Calls, payment_id: UUID) -> PaymentOut:
    """Give up a payment that is under way, so that its invoices are free for another selection."""
    await payment_of(family, payment_id)
    await family.session.commit()
    try:
        await calls.withdraw(family.commune_id, payment_id)
    except ProviderUnavailable as error:
        raise Unavailable("La banque ne répond pas. Réessayez dans un instant.", retry_after=5) from error
    return await _afresh(family, payment_id)


async def payment_of(family: FamilyAccess, payment_id: UUID) -> Payment:
    """The family's payment; raises ``NotFound`` for any other."""
    return _own(family, await repository.payment(family.session, payment_id))


async def _afresh(family: FamilyAccess, payment_id: UUID) -> PaymentOut:
    """The payment after the provider was asked, read in a transaction of its own."""
    async with family.database.transaction(family.commune_id) as session:
        return PaymentOut.of(_own(family, await repository.payment(session, payment_id)))


def _own(family: FamilyAccess, payment: Payment | None) -> Payment:
    if payment is None or payment.family_id != family.family_id:
        raise NotFound("Ce paiement n’existe pas.")
    return payment
