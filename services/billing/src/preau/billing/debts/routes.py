"""Agents say which debts keep families from booking, and who may book all the same."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.calendar import today
from preau.billing.debts import repository
from preau.billing.debts.schemas import DebtExemptionIn, DebtRuleIn, DebtRuleOut, FamilyDebtOut
from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.permissions import BillingAgent
from preau.common.http.seen_version import SeenVersion, refuse_if_changed
from preau.common.http.unit_of_work import Transaction

router = APIRouter(tags=["comptes"])

USUAL = DebtRuleIn(is_on=False, threshold_cents=5000, days=30)
LONGEST = timedelta(days=2 * 366)


@router.get("/agent/debt-rule")
async def read_debt_rule(agent: BillingAgent, session: Transaction) -> DebtRuleOut:
    """The commune's rule; off until it is stated."""
    found = await repository.rule(session, agent.commune_id)
    return DebtRuleOut.model_validate(found or USUAL.model_dump() | {"version": 0})


@router.put("/agent/debt-rule")
async def state_debt_rule(
    agent: BillingAgent, session: Transaction, body: DebtRuleIn, seen: SeenVersion
) -> DebtRuleOut:
    """State the rule; it holds within a minute."""
    found = await repository.lock_rule(session, agent.commune_id, USUAL.model_dump())
    refuse_if_changed(seen, found.version)
    before = DebtRuleOut.model_validate(found)
    await repository.state_rule(session, found, body.model_dump())
    after = DebtRuleOut.model_validate(found)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="debt_rule.changed",
        entity_id=agent.commune_id,
        before=before,
        after=after,
    )
    return after


@router.get("/agent/families/{family_id}/debt")
async def read_family_debt(agent: BillingAgent, session: Transaction, family_id: UUID) -> FamilyDebtOut:
    """Whether the family is kept from booking."""
    await _known(session, family_id)
    return await _debt(session, family_id)


@router.put("/agent/families/{family_id}/debt-exemption")
async def exempt_family(
    agent: BillingAgent, session: Transaction, family_id: UUID, body: DebtExemptionIn
) -> FamilyDebtOut:
    """Let the family book up to a day."""
    await _known(session, family_id)
    day = await today(session, agent.commune_id)
    if not day <= body.until <= day + LONGEST:
        raise FieldErrors({"until": "Choisissez un jour à venir, dans les deux ans."})
    await repository.exempt(
        session, family_id=family_id, commune_id=agent.commune_id, until=body.until, reason=body.reason
    )
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="debt.exempted",
        entity_id=family_id,
        after=body.model_dump(mode="json"),
    )
    return await _debt(session, family_id)


@router.delete("/agent/families/{family_id}/debt-exemption")
async def end_exemption(agent: BillingAgent, session: Transaction, family_id: UUID) -> FamilyDebtOut:
    """The rule holds for the family again. Said twice it holds all the same."""
    await _known(session, family_id)
    if await repository.end_exemption(session, family_id):
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="debt.exemption_ended",
            entity_id=family_id,
        )
    return await _debt(session, family_id)


async def _known(session: AsyncSession, family_id: UUID) -> None:
    if await copies.family(session, family_id) is None:
        raise NotFound("Cette famille n’existe pas.")


async def _debt(session: AsyncSession, family_id: UUID) -> FamilyDebtOut:
    found = await repository.exemption(session, family_id)
    return FamilyDebtOut(
        owed_cents=await repository.told(session, family_id),
        exempt_until=found.until if found else None,
        reason=found.reason if found else "",
    )
