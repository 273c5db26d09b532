"""Routes of categories: families read the open ones, agents configure them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from preau.common.http.access import AgentAccess, AgentMay, Family
from preau.common.http.pages import Page
from preau.requests.categories import service
from preau.requests.categories.repository import list_categories
from preau.requests.categories.schemas import AgentCategoryOut, CategoryChange, CategoryIn, CategoryOut

router = APIRouter(tags=["categories"])
Configurer = Annotated[AgentAccess, AgentMay("requests")]


@router.get("/parent/families/{family_id}/categories")
async def read_open_categories(family: Family) -> Page[CategoryOut]:
    """What the family may ask for."""
    found = await list_categories(family.session, open_only=True)
    return Page(items=[CategoryOut.model_validate(category) for category in found])


@router.get("/agent/categories")
async def read_categories(agent: Configurer) -> Page[AgentCategoryOut]:
    """All categories of the commune, closed ones too."""
    found = await list_categories(agent.session, open_only=False)
    return Page(items=[AgentCategoryOut.model_validate(category) for category in found])


@router.post("/agent/categories", status_code=201)
async def create_category(agent: Configurer, body: CategoryIn) -> AgentCategoryOut:
    """Add a category."""
    return AgentCategoryOut.model_validate(await service.create(agent, body))


@router.patch("/agent/categories/{category_id}")
async def change_category(agent: Configurer, category_id: UUID, body: CategoryChange) -> AgentCategoryOut:
    """Change a category."""
    return AgentCategoryOut.model_validate(await service.change(agent, category_id, body))
