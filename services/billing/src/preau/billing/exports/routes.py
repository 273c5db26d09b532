"""Agents fetch what is sent to the public accountant."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from preau.billing.exports import service
from preau.billing.exports.domain import Kind, written
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(tags=["exports"])


@router.get(
    "/agent/regies/{regie_id}/pes",
    response_class=Response,
    responses={200: {"content": {"application/xml": {}}}},
)
async def read_pes(
    agent: BillingAgent,
    session: Transaction,
    regie_id: UUID,
    period: Annotated[str, Query(pattern=r"^2[0-9]{3}-(0[1-9]|1[0-2])$")],
    kind: Kind,
    number: Annotated[int, Query(ge=1, le=9_999_999, description="Of the bordereau")],
    leave_out: Annotated[bool, Query(description="What 409 `origin-missing` names")] = False,
) -> Response:
    """A bordereau of PES V2 Recette of a month; the header ``Left-Out`` names what is left out.

    409 `accounting-codes-missing`, `nothing-to-send`, `address-missing`, `origin-missing`.
    """
    made = await service.bordereau(
        session, regie_id, period=period, kind=kind, number=number, leave_out=leave_out
    )
    return Response(
        await asyncio.to_thread(written, made),
        media_type="application/xml",
        headers={
            **({"Left-Out": ", ".join(made.left_out)} if made.left_out else {}),
            "Content-Disposition": f'attachment; filename="{made.file_name}.xml"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
