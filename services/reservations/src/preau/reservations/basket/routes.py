"""The parent's basket."""

from uuid import UUID

from fastapi import APIRouter

from preau.common.http.access import Family
from preau.reservations.basket import service
from preau.reservations.basket.domain import Asked
from preau.reservations.basket.schemas import AddedOut, BasketOut, LinesIn, PeriodIn

router = APIRouter(tags=["basket"], prefix="/parent/families/{family_id}")


@router.get("/basket")
async def read_basket(family: Family) -> BasketOut:
    """The basket as it stands, with what would be refused now."""
    return await service.read(family)


@router.post("/basket/lines")
async def add_lines(family: Family, body: LinesIn) -> AddedOut:
    """Add days to book or to cancel. A refused line is told and left out; a single one is a 409."""
    asked = [Asked(line.child_id, line.activity_id, line.date, line.action) for line in body.lines]
    return await service.add(family, asked)


@router.delete("/basket/lines/{line_id}", status_code=204)
async def remove_line(family: Family, line_id: UUID) -> None:
    """Take one line out."""
    await service.remove_line(family, line_id)


@router.delete("/basket", status_code=204)
async def empty_basket(family: Family) -> None:
    """Take everything out."""
    await service.empty(family)


@router.post("/period")
async def add_period(family: Family, body: PeriodIn) -> AddedOut:
    """Add the same weekdays over a period, for several children and activities."""
    return await service.add_period(family, body)
