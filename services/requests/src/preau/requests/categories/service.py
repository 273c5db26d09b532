"""Use cases of agents who configure what families may ask for."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.audit import record_change
from preau.common.errors import Conflict, FieldErrors, NotFound
from preau.common.http.permissions import AgentCaller
from preau.common.http.seen_version import refuse_if_changed
from preau.requests.categories.effects import EffectMapping, mapping_faults
from preau.requests.categories.forms import Form
from preau.requests.categories.repository import add_category, change_category, find_category
from preau.requests.categories.schemas import AgentCategoryOut, CategoryChange, CategoryIn
from preau.requests.categories.tables import Category


class CategoryCodeTaken(Conflict):
    """The commune already has a category of that code."""

    type, title = "category-code-taken", "Code déjà pris"


class CategoryChanged(Conflict):
    """Another agent changed the category meanwhile."""

    type, title = "category-changed", "La thématique vient de changer"


async def create(session: AsyncSession, agent: AgentCaller, body: CategoryIn) -> Category:
    """Add a category to the agent's commune."""
    _check_effect(body.effect, body.form)
    values = body.model_dump(mode="json")
    category = await add_category(session, {"commune_id": agent.commune_id, **values})
    if category is None:
        raise CategoryCodeTaken(f"La commune a déjà une thématique « {body.code} ».")
    await _record(session, agent, "category.created", category.category_id, None, values)
    return category


async def change(
    session: AsyncSession,
    agent: AgentCaller,
    category_id: UUID,
    body: CategoryChange,
    *,
    seen: int | None = None,
) -> Category:
    """Change a category, still of the version ``seen``; form and effect must still fit each other."""
    category = await find_category(session, category_id)
    if category is None:
        raise NotFound("Cette thématique n’existe pas.")
    refuse_if_changed(seen, category.version)  # the statement that writes looks at the version again
    values = body.model_dump(mode="json", exclude_none=True)
    if not values:
        return category
    effect = body.effect or EffectMapping.model_validate(category.effect)
    _check_effect(effect, body.form or Form.model_validate(category.form))
    before = AgentCategoryOut.model_validate(category).model_dump(mode="json", include=set(values))
    if not await change_category(session, category, values):
        raise CategoryChanged("Un autre agent vient de la changer. Rechargez-la, puis recommencez.")
    await _record(session, agent, "category.changed", category_id, before, values)
    return category


def _check_effect(effect: EffectMapping, form: Form) -> None:
    if found := mapping_faults(effect, form):
        raise FieldErrors({f"effect.fields.{name}": message for name, message in found.items()})


async def _record(
    session: AsyncSession, agent: AgentCaller, action: str, category_id: UUID, before: Any, after: Any
) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=category_id,
        before=before,
        after=after,
    )
