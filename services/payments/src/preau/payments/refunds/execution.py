"""Having providers give back what was requested: again and again until they answer.

A repetition is harmless, as the provider knows the refund's id.
"""

from uuid import UUID

from preau.common.db.database import Database
from preau.common.http.unit_of_work import Tenant, UnitOfWork
from preau.common.logging import logger
from preau.payments.payments.provider_calls import ProviderCall, ProviderCalls
from preau.payments.providers import protocols
from preau.payments.providers.registry import NoProvider, Providers
from preau.payments.refunds import repository
from preau.payments.refunds.lifecycle import WAITING, RefundAct
from preau.payments.refunds.service import LEASE, record_outcome
from preau.payments.refunds.tables import Refund

log = logger(__name__)

BATCH = 20


async def carry_out(work: UnitOfWork, calls: ProviderCalls, refund_id: UUID) -> None:
    """Have the provider give the money back, between two transactions, and record it.

    Raises ``ProviderUnavailable``: it stays requested and is tried again.
    """
    async with work.begin() as session:
        refund = await repository.refund(session, refund_id)
        call = await calls.prepare(session, refund.payment_id)
    if refund.status not in WAITING:
        return
    act = await _at_provider(calls.providers, call, refund)
    async with work.begin() as session:
        await record_outcome(session, refund, act)


async def carry_out_due(database: Database, calls: ProviderCalls) -> bool:
    """One round over what earlier attempts left; says whether there may be more."""
    async with database.system_transaction() as session:
        due = await repository.claim_due(session, BATCH, LEASE)
    for commune_id, refund_id in due:
        try:
            await carry_out(UnitOfWork(database, Tenant(commune_id)), calls, refund_id)
        except (protocols.ProviderUnavailable, NoProvider) as error:
            log.warning("refund not carried out", refund_id=str(refund_id), error=str(error))
    return len(due) == BATCH


async def _at_provider(providers: Providers, call: ProviderCall, refund: Refund) -> RefundAct:
    adapter, provider_ref = call.adapter, call.payment.provider_ref
    if not isinstance(adapter, protocols.Refund) or provider_ref is None:
        return "deny"
    try:
        await providers.promptly(
            adapter.refund(call.agreement, provider_ref, refund.refund_id, refund.amount_cents)
        )
    except protocols.RefundDenied:
        return "deny"
    return "complete"
