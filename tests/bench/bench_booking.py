"""What the outbox costs a booking: the same commit with and without it, eight clients at once."""

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from measure import compare
from sqlalchemy import text

from preau.common.http.permissions import FamilyCaller
from preau.common.ids import new_id
from preau.reservations.app import create_app
from preau.reservations.basket import service as basket
from preau.reservations.basket.domain import Asked
from preau.reservations.bookings import service as bookings
from preau.reservations.calendars import repository as calendars
from preau.reservations.catalogue import repository as activities
from preau.reservations.copies import repository as copies
from preau.reservations.demo import seed as demo
from preau.reservations.orders import service as orders
from preau.reservations.settings import ReservationsSettings
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.town import Household, commune_event

CLIENTS = 8
ORDERS = 12
MEALS = 4


class Family(Household):
    """A family that can be handed to a use case."""

    def __init__(self) -> None:
        super().__init__(demo.JOLIEVILLE, "Banc")

    def caller(self) -> FamilyCaller:
        return FamilyCaller(self.account_id, new_id(), self.family_id, self.guardian_id, demo.JOLIEVILLE)


async def days_of_service(service: ServiceUnderTest) -> list[date]:
    """The first days of service from next week on."""
    first = datetime.now(UTC).date() + timedelta(days=7)
    async with service.database.transaction(demo.JOLIEVILLE) as session:
        meal = (await activities.activities(session, {demo.REPAS}))[demo.REPAS]
        commune = await copies.commune(session, demo.JOLIEVILLE)
        assert commune is not None
        calendar = await calendars.calendar(
            session,
            first,
            first + timedelta(days=60),
            time_zone=commune.time_zone,
            school_zone=commune.school_zone,
        )
    return meal.days_between(first, first + timedelta(days=60), calendar)[:MEALS]


async def prepare(service: ServiceUnderTest) -> list[date]:
    """A commune with the demonstration's offer, and room for everybody."""
    await service.deliver(commune_event(demo.JOLIEVILLE))
    await demo.seed(service.database)
    async with service.database.system_transaction() as session:
        await session.execute(text("UPDATE activity SET default_capacity = 1000000"))
    return await days_of_service(service)


async def filled_baskets(service: ServiceUnderTest, days: list[date]) -> list[Family]:
    families = [Family() for _ in range(CLIENTS * ORDERS)]
    for family in families:
        await service.deliver(family.event())
        async with service.database.transaction(demo.JOLIEVILLE) as session:
            wishes = [Asked(family.child_id, demo.REPAS, day, "book") for day in days]
            await basket.add(session, family.caller(), wishes)
    return families


async def place_all(service: ServiceUnderTest, families: list[Family]) -> float:
    """Orders a second, each in a transaction of its own."""

    async def client(mine: list[Family]) -> None:
        for family in mine:
            async with service.database.transaction(demo.JOLIEVILLE) as session:
                await orders.place(session, family.caller())

    started = time.perf_counter()
    await asyncio.gather(*(client(families[number::CLIENTS]) for number in range(CLIENTS)))
    return len(families) / (time.perf_counter() - started)


async def nothing(*_: Any) -> None:
    """In place of ``emit``: the commit without its outbox."""


async def main() -> None:
    async with running_service("reservations", create_app, ReservationsSettings) as service:
        days = await prepare(service)
        emit = bookings.emit

        async def ours() -> float:
            bookings.emit = emit
            return await place_all(service, await filled_baskets(service, days))

        async def reference() -> float:
            bookings.emit = nothing
            return await place_all(service, await filled_baskets(service, days))

        await ours()  # warm the statement caches
        await compare(
            "booking commits/s with outbox ÷ without", ours, reference, floor=0.75, aim=0.9, unit="tps"
        )


if __name__ == "__main__":
    asyncio.run(main())
