"""Routes of categories: families read the open ones, agents configure them."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.http.pages import Page
from preau.common.http.permissions import Family, RequestsAgent
from preau.common.http.seen_version import SeenVersion
from preau.common.http.unit_of_work import Transaction
from preau.requests.categories import service
from preau.requests.categories.repository import list_categories
from preau.requests.categories.schemas import AgentCategoryOut, CategoryChange, CategoryIn, CategoryOut

router = APIRouter(tags=["categories"])


@router.get("/parent/families/{family_id}/categories")
async def read_open_categories(_family: Family, session: Transaction) -> Page[CategoryOut]:
    """What the family may ask for."""
    found = await list_categories(session, open_only=True)
    return Page(items=[CategoryOut.model_validate(category) for category in found])


@router.get("/agent/categories")
async def read_categories(_agent: RequestsAgent, session: Transaction) -> Page[AgentCategoryOut]:
    """All categories of the commune, closed ones too."""
    found = await list_categories(session, open_only=False)
    return Page(items=[AgentCategoryOut.model_validate(category) for category in found])


@router.post("/agent/categories", status_code=201)
async def create_category(agent: RequestsAgent, session: Transaction, body: CategoryIn) -> AgentCategoryOut:
    """Add a category."""
    return AgentCategoryOut.model_validate(await service.create(session, agent, body))


@router.patch("/agent/categories/{category_id}")
async def change_category(
    agent: RequestsAgent,
    session: Transaction,
    category_id: UUID,
    body: CategoryChange,
    seen: SeenVersion,
) -> AgentCategoryOut:
    """Change a category."""
    return AgentCategoryOut.model_validate(await service.change(session, agent, category_id, body, seen=seen))
