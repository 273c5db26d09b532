"""SQL of the agents' list of requests: its filters and orders."""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.filters import contains_words, equal
from preau.common.db.keyset import Keyset, PageRequest
from preau.requests.copies.tables import FamilyCopy
from preau.requests.requests.filters import RequestFilters
from preau.requests.requests.tables import Request

REQUESTS = Keyset(
    Request.request_id,
    default="sent",
    keys={"sent": Request.submitted_at, "reference": Request.reference, "family": FamilyCopy.label_key},
    nullable=("family",),
)


async def sent(
    session: AsyncSession, asked: PageRequest, filters: RequestFilters
) -> tuple[list[Request], str | None]:
    """A page of the requests sent to the commune, with the cursor of the next one."""
    query = select(Request).outerjoin(FamilyCopy, FamilyCopy.family_id == Request.family_id)
    return await REQUESTS.entities(session, query.where(*_conditions(filters)), asked)


def _conditions(filters: RequestFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Request.submitted_at.is_not(None),
        *equal((Request.category_id, filters.category_id), (Request.family_id, filters.family_id)),
    ]
    if filters.status:
        conditions.append(Request.status.in_(filters.status))
    if filters.q:
        by_reference = Request.reference.icontains(filters.q, autoescape=True)
        conditions.append(or_(by_reference, and_(*contains_words(FamilyCopy.label_key, filters.q))))
    return conditions
