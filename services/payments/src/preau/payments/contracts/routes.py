"""Which provider collects for a régie, as agents set it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from preau.common.audit import record_change
from preau.common.errors import FieldErrors
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.payments.contracts.repository import contracts_of, save_contract
from preau.payments.dependencies import Accountant, Calls
from preau.payments.providers.protocols import Contract

router = APIRouter(tags=["contracts"])


class ContractIn(RequestModel):
    """The provider of a régie and what it asks to know, such as a client number."""

    provider: str = Field(max_length=40)
    options: dict[str, Annotated[str, Field(max_length=200)]] = Field(default_factory=dict, max_length=20)


class ContractOut(ResponseModel):
    """The provider of a régie; empty when none collects for it online."""

    regie_id: UUID
    provider: str
    options: dict[str, str]


@router.get("/agent/regies/{regie_id}/provider")
async def read_provider(agent: Accountant, calls: Calls, regie_id: UUID) -> ContractOut:
    """Who collects for a régie."""
    found = await contracts_of(agent.session, [regie_id], calls.providers.default)
    return ContractOut.model_validate(found[regie_id])


@router.put("/agent/regies/{regie_id}/provider")
async def choose_provider(agent: Accountant, calls: Calls, regie_id: UUID, body: ContractIn) -> ContractOut:
    """Choose who collects for a régie. Payments under way stay with the provider that they began at."""
    if body.provider not in calls.providers:
        raise FieldErrors({"provider": "Ce prestataire n’est pas disponible ici."})
    before = (await contracts_of(agent.session, [regie_id], calls.providers.default))[regie_id]
    after = Contract(regie_id, body.provider, body.options)
    await save_contract(agent.session, agent.commune_id, after)
    await record_change(
        agent.session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="regie.provider-chosen",
        entity_id=regie_id,
        before=before._asdict(),
        after=after._asdict(),
    )
    return ContractOut.model_validate(after)
