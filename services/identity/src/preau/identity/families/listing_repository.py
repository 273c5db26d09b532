"""SQL of the agents' list of families: its filters and orders."""

from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.filters import contains_words
from preau.common.db.keyset import Keyset, PageRequest
from preau.common.db.text_search import words_of
from preau.identity.families.domain import Status, plain
from preau.identity.families.tables import Family, Membership

AccountFilter = Literal["linked", "none"]
"""Families of whom somebody has an account, or nobody."""

FAMILIES = Keyset(
    Family.family_id,
    default="label",
    keys={"label": Family.sort_key, "city": Family.city_key},
)


async def listed(
    session: AsyncSession,
    asked: PageRequest,
    *,
    typed: str,
    city: str,
    status: Status | None,
    account: AccountFilter | None,
) -> tuple[list[UUID], str | None]:
    """A page of the families whose record holds every word typed, with the cursor of the next one."""
    conditions: list[ColumnElement[bool]] = [
        Family.search_key.contains(word, autoescape=True) for word in words_of(plain(typed))
    ]
    conditions += contains_words(Family.city_key, city)
    if status is not None:
        conditions.append(Family.status == status)
    if account is not None:
        linked = exists().where(Membership.family_id == Family.family_id)
        conditions.append(linked if account == "linked" else ~linked)
    return await FAMILIES.entities(session, select(Family.family_id).where(*conditions), asked)
