"""Which provider collects for a régie, as agents set it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from preau.common.audit import record_change
from preau.common.errors import FieldErrors
from preau.common.http.permissions import BillingAgent
from preau.common.http.schemas import RequestModel, ResponseModel
from preau.common.http.unit_of_work import Transaction
from preau.payments.agreements.repository import agreements_of, save_agreement
from preau.payments.providers.dependencies import InstalledProviders
from preau.payments.providers.protocols import Agreement

router = APIRouter(tags=["agreements"])


class AgreementIn(RequestModel):
    """The provider of a régie and what it asks to know, such as a client number."""

    provider: str = Field(max_length=40)
    options: dict[str, Annotated[str, Field(max_length=200)]] = Field(default_factory=dict, max_length=20)


class AgreementOut(ResponseModel):
    """The provider of a régie; empty when none collects for it online."""

    regie_id: UUID
    provider: str
    options: dict[str, str]


@router.get("/agent/regies/{regie_id}/provider")
async def read_provider(
    _agent: BillingAgent, session: Transaction, providers: InstalledProviders, regie_id: UUID
) -> AgreementOut:
    """Who collects for a régie."""
    found = await agreements_of(session, [regie_id], providers.default)
    return AgreementOut.model_validate(found[regie_id])


@router.put("/agent/regies/{regie_id}/provider")
async def choose_provider(
    agent: BillingAgent,
    session: Transaction,
    providers: InstalledProviders,
    regie_id: UUID,
    body: AgreementIn,
) -> AgreementOut:
    """Choose who collects for a régie. Payments under way stay with the provider that they began at."""
    if body.provider not in providers:
        raise FieldErrors({"provider": "Ce prestataire n’est pas disponible ici."})
    before = (await agreements_of(session, [regie_id], providers.default))[regie_id]
    after = Agreement(regie_id, body.provider, body.options)
    await save_agreement(session, agent.commune_id, after)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="regie.provider-chosen",
        entity_id=regie_id,
        before=before._asdict(),
        after=after._asdict(),
    )
    return AgreementOut.model_validate(after)
