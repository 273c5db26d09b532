"""Agents try a tariff on months that were."""

from fastapi import APIRouter

from preau.billing.simulations import service
from preau.billing.simulations.answers import answer_of
from preau.billing.simulations.schemas import SimulationIn, SimulationOut
from preau.billing.tariffs.faults import refuse_faults
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/tariffs/simulations", tags=["tarifs"])


@router.post("")
async def simulate_tariff(agent: BillingAgent, session: Transaction, body: SimulationIn) -> SimulationOut:
    """What a tariff would have asked for in some months, beside those in force. Nothing is kept of it."""
    if body.definition is not None:
        refuse_faults(body.definition)
    period = service.period_of(body.first_month, body.last_month)
    draft = await service.draft_of(session, body.activity_id, body.definition, body.effective_from)
    simulated = await service.simulate(
        session, agent.commune_id, body.activity_id, period, draft, names_all=body.families == "all"
    )
    return answer_of(simulated)
