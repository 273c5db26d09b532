"""Agents see what families are owed, and give it back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from preau.billing.credits import repository, service
from preau.billing.credits.repository import CREDITS, Owed
from preau.billing.credits.schemas import AccountOut, CreditOut, CreditRefundIn
from preau.billing.ledger.tables import FamilyAccount
from preau.common.audit import record_change
from preau.common.db.keyset import PageRequest
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import Page
from preau.common.http.permissions import AgentCaller, BillingAgent
from preau.common.http.unit_of_work import Transaction
from preau.common.money import Cents

router = APIRouter(prefix="/agent/credits", tags=["avoirs"])


@router.get("")
async def list_credits(
    agent: BillingAgent,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(CREDITS.request)],
    family_id: UUID | None = None,
) -> Page[CreditOut]:
    """What the commune's families are owed, the newest first unless asked otherwise."""
    found, next_cursor = await repository.listed(session, asked, family_id=family_id)
    return Page(items=[_out(each) for each in found], next_cursor=next_cursor)


@router.post("/{account_id}/refunds", status_code=201, response_model=AccountOut)
async def give_credit_back(
    agent: BillingAgent, session: Transaction, key: IdempotencyKey, account_id: UUID, body: CreditRefundIn
) -> Response:
    """Enter what was given back by transfer, cheque or cash. 409 `beyond-credit` for more than is owed."""

    async def produce() -> AccountOut:
        account = await service.give_back(
            session,
            account_id,
            body.amount_cents,
            means=body.means,
            note=body.note,
            agent_id=agent.agent_id,
        )
        made = _account(account, body.amount_cents)
        await _record(session, agent, "credit.refunded", made, body.model_dump())
        return made

    return await key.once(session, agent.agent_id, body, produce)


@router.post("/{account_id}/set-off")
async def set_credit_off(agent: BillingAgent, session: Transaction, account_id: UUID) -> AccountOut:
    """Lay the credit on what the family owes. 409 `nothing-to-set-off` when it owes nothing."""
    account, cents = await service.set_off(session, account_id)
    made = _account(account, cents)
    await _record(session, agent, "credit.set_off", made, {})
    return made


def _out(owed: Owed) -> CreditOut:
    account = owed.account
    return CreditOut(
        account_id=account.account_id,
        family_id=account.family_id,
        family_label=owed.family_label,
        regie_id=account.regie_id,
        regie_label=owed.regie_label,
        credit_cents=account.credit_cents,
        since=account.credit_since,
        why=owed.why,
        invoice_id=owed.invoice_id,
    )


def _account(account: FamilyAccount, cents: Cents) -> AccountOut:
    return AccountOut(
        account_id=account.account_id,
        family_id=account.family_id,
        regie_id=account.regie_id,
        credit_cents=account.credit_cents,
        moved_cents=cents,
    )


async def _record(
    session: AsyncSession, agent: AgentCaller, action: str, made: AccountOut, more: dict[str, object]
) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=made.account_id,
        after=made.model_dump(mode="json") | more,
    )
