"""A family's tax certificate, as its parents see it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.pages.agents.context import BillingAgent
from preau.gateway.pages.certificates import year_asked, years_until

router = APIRouter()


@router.get("/agent/familles/{family_id}/attestation")
async def read_certificate(agent: BillingAgent, family_id: UUID, annee: str = "") -> Response:
    """What the family paid in a year for care, and what is counted."""
    made = await agent.billing.certificate(str(family_id), year_asked(annee, agent.today))
    return agent.page("families/certificate", "families", made=made, years=years_until(agent.today))


@router.get("/agent/familles/{family_id}/attestation/{year}/pdf")
async def read_certificate_pdf(agent: BillingAgent, family_id: UUID, year: int) -> Response:
    """The certificate as PDF."""
    file = await agent.billing.certificate_pdf(str(family_id), year)
    headers = {"Content-Disposition": file.disposition, "Cache-Control": "private, no-store"}
    return Response(file.body, media_type=file.media_type, headers=headers)
