"""The parent's basket."""

from uuid import UUID

from fastapi import APIRouter, Response

from preau.common.http.answers import as_json
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction, Work
from preau.reservations.basket import look, service
from preau.reservations.basket.domain import Asked
from preau.reservations.basket.schemas import AddedOut, BasketOut, LinesIn, PeriodIn
from preau.reservations.catalogue.offer import Offers

router = APIRouter(tags=["basket"], prefix="/parent/families/{family_id}")


@router.get("/basket", response_model=BasketOut)
async def read_basket(family: Family, work: Work, offers: Offers) -> Response:
    """The basket as it stands, with what would be refused now."""
    return as_json(await work.decide(lambda seen: look.read(seen, family, offers)))


@router.post("/basket/lines")
async def add_lines(family: Family, session: Transaction, body: LinesIn) -> AddedOut:
    """Add days to book or to cancel. A refused line is reported and left out; a single one is a 409."""
    asked = [Asked(line.child_id, line.activity_id, line.date, line.action) for line in body.lines]
    return await service.add(session, family, asked)


@router.delete("/basket/lines/{line_id}", status_code=204)
async def remove_line(family: Family, session: Transaction, line_id: UUID) -> None:
    """Take one line out."""
    await service.remove_line(session, family, line_id)


@router.delete("/basket", status_code=204)
async def empty_basket(family: Family, session: Transaction) -> None:
    """Take everything out."""
    await service.empty(session, family)


@router.post("/basket/restoration")
async def restore_basket(family: Family, session: Transaction) -> AddedOut:
    """Put back what was in the basket when it was emptied; what a rule refuses by now is reported."""
    return await service.restore(session, family)


@router.post("/period")
async def add_period(family: Family, session: Transaction, body: PeriodIn) -> AddedOut:
    """Add the same weekdays over a period, for several children and activities."""
    return await service.add_period(session, family, body)
