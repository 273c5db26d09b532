"""Who changed a record, and when, as the audit log has it: a router that a service takes among its own.

It tells no values: who may see a record may know who changed it; what was before and after stays in the log.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from preau.common.audit import latest_changes
from preau.common.http.permissions import AnyAgent
from preau.common.http.schemas import ResponseModel
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/changes", tags=["changes"])


class ChangeOut(ResponseModel):
    """One change of a record: ``action`` is what happened, by a code of the service's."""

    agent_id: UUID
    action: str
    recorded_at: datetime


class ChangesOut(ResponseModel):
    """The latest changes of a record, the last one first."""

    items: list[ChangeOut]


@router.get("")
async def list_changes(
    agent: AnyAgent, session: Transaction, record_id: UUID, limit: Annotated[int, Query(ge=1, le=50)] = 10
) -> ChangesOut:
    """The latest changes that agents made to a record; none for one that nobody changed or that is not."""
    found = await latest_changes(session, agent.commune_id, record_id, limit)
    return ChangesOut(items=[ChangeOut.model_validate(each) for each in found])
