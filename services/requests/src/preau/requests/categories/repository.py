"""Every statement on categories."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.ids import new_id
from preau.requests.categories.tables import Category


async def list_categories(session: AsyncSession, *, open_only: bool) -> Sequence[Category]:
    """The commune's categories in the order in which they are shown."""
    statement = select(Category).order_by(Category.position, Category.code)
    if open_only:
        statement = statement.where(Category.is_open)
    return (await session.scalars(statement)).all()


async def find_category(session: AsyncSession, category_id: UUID) -> Category | None:
    """A category of the commune."""
    return await session.get(Category, category_id)


async def add_category(session: AsyncSession, values: dict[str, Any]) -> Category | None:
    """Add a category; None when the commune already has one of that code."""
    return await session.scalar(
        insert(Category)
        .values(category_id=new_id(), **values)
        .on_conflict_do_nothing(constraint="uq_category_code")
        .returning(Category)
    )


async def change_category(session: AsyncSession, category: Category, values: dict[str, Any]) -> bool:
    """Change a category that still stands as it was read; False when somebody changed it since."""
    changed = await session.execute(
        update(Category)
        .where(Category.category_id == category.category_id, Category.version == category.version)
        .values(**values, version=Category.version + 1)
        .returning(Category.version)
        .execution_options(synchronize_session=False)
    )
    if changed.scalar_one_or_none() is None:
        return False
    await session.refresh(category)
    return True
