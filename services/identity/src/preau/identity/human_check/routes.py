"""Challenges of the human check."""

from typing import Any

from fastapi import APIRouter

from preau.common.db.clock import database_now
from preau.common.http.permissions import Anyone
from preau.common.http.unit_of_work import Databases
from preau.identity.human_check import service
from preau.identity.settings import Settings

router = APIRouter(tags=["accounts"])


@router.get("/public/challenge")
async def new_challenge(_anyone: Anyone, database: Databases, settings: Settings) -> dict[str, Any]:
    """A challenge of the human check, as the ALTCHA widget reads it."""
    async with database.system_transaction() as session:
        now = await database_now(session)
        return await service.new_challenge(session, now=now, cost=settings.effective_challenge_cost)
