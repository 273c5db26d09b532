"""Parents and agents read the tax certificate of a family and a year."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from preau.billing.certificates import service
from preau.billing.certificates.pdf import render
from preau.billing.certificates.schemas import CertificateOut, certificate_out
from preau.billing.certificates.service import Stated
from preau.common.http.permissions import BillingAgent, Family
from preau.common.http.unit_of_work import Transaction

router = APIRouter(tags=["attestations"])
PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


@router.get("/parent/families/{family_id}/tax-certificate")
async def read_own_certificate(
    family: Family, session: Transaction, year: int | None = None
) -> CertificateOut:
    """What the family paid in a year, the last one if none is named, for children under six, without food."""
    return certificate_out(await service.stated(session, family.commune_id, family.family_id, year))


@router.get("/parent/families/{family_id}/tax-certificate/pdf", response_class=Response, responses=PDF)
async def read_own_certificate_pdf(family: Family, session: Transaction, year: int | None = None) -> Response:
    return await _pdf(await service.stated(session, family.commune_id, family.family_id, year))


@router.get("/agent/families/{family_id}/tax-certificate")
async def read_certificate(
    agent: BillingAgent, session: Transaction, family_id: UUID, year: int | None = None
) -> CertificateOut:
    """What a family paid in a year, the last one if none is named, for children under six, without food."""
    return certificate_out(await service.stated(session, agent.commune_id, family_id, year))


@router.get("/agent/families/{family_id}/tax-certificate/pdf", response_class=Response, responses=PDF)
async def read_certificate_pdf(
    agent: BillingAgent, session: Transaction, family_id: UUID, year: int | None = None
) -> Response:
    return await _pdf(await service.stated(session, agent.commune_id, family_id, year))


async def _pdf(stated: Stated) -> Response:
    return Response(
        await render(stated),
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="attestation-{stated.certificate.year}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
