"""A running reservations service that knows two communes, their demonstration offer and three families."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text

from preau.common.ids import new_id
from preau.contracts.billing import InvoiceFacts, TariffUpdatedV1
from preau.reservations.app import create_app
from preau.reservations.calendars import repository as calendars
from preau.reservations.catalogue import repository as activities
from preau.reservations.closures import repository as closures
from preau.reservations.closures.applying import apply_closures
from preau.reservations.copies import repository as copies
from preau.reservations.demo import seed as demo
from preau.reservations.invariants import INVARIANTS
from preau.reservations.settings import ReservationsSettings
from preau.reservations.slots import repository as slots
from preau.testing import town
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.waiting import eventually


class Household(town.Household):
    """A family with its parent's headers."""

    def __init__(self, service: ServiceUnderTest, commune_id: UUID, label: str, children: int) -> None:
        super().__init__(commune_id, label, children)
        self.service = service
        self.headers = service.parent(self.membership, account_id=self.account_id)
        self.path = f"/parent/families/{self.family_id}"

    async def get(self, path: str, **params: object):
        return await self.service.client.get(self.path + path, headers=self.headers, params=params)

    async def post(self, path: str, body: object, *, key: str | None = None):
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return await self.service.client.post(self.path + path, headers=headers, json=body)

    async def delete(self, path: str):
        return await self.service.client.delete(self.path + path, headers=self.headers)

    async def put_in_basket(self, *days: date, activity_id: UUID, children: int = 1, action: str = "book"):
        lines = [
            {
                "child_id": str(child_id),
                "activity_id": str(activity_id),
                "date": day.isoformat(),
                "action": action,
            }
            for child_id in self.children[:children]
            for day in days
        ]
        return await self.post("/basket/lines", {"lines": lines})

    async def order(self, key: str | None = None):
        return await self.post("/orders", {}, key=key or str(new_id()))

    async def book(self, *days: date, activity_id: UUID, children: int = 1):
        added = await self.put_in_basket(*days, activity_id=activity_id, children=children)
        assert added.status_code == 200, added.text
        return await self.order()


class Story:
    """What the tests tell their stories with."""

    JOLIEVILLE, BEAUVAL = demo.JOLIEVILLE, demo.BEAUVAL
    CANTINE, TILLEULS = demo.CANTINE, demo.TILLEULS
    REPAS, SOIR, MERCREDI, REPAS_BEAUVAL = (
        demo.REPAS,
        demo.GARDERIE_SOIR,
        demo.MERCREDI,
        demo.REPAS_BEAUVAL,
    )

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.database = service.database
        self.martin = Household(service, self.JOLIEVILLE, "Martin", 2)
        self.durand = Household(service, self.JOLIEVILLE, "Durand", 1)
        self.petit = Household(service, self.BEAUVAL, "Petit", 1)
        self.agent_headers = service.agent(self.JOLIEVILLE, "reservations", "attendance")

    async def begin(self) -> None:
        for commune_id, slug, zone in ((self.JOLIEVILLE, "jolieville", "A"), (self.BEAUVAL, "beauval", "C")):
            await self.service.deliver(town.commune_event(commune_id, slug, school_zone=zone))
        for household in (self.martin, self.durand, self.petit):
            await self.service.deliver(household.event())
        await demo.seed(self.database)
        for activity_id in (self.MERCREDI, self.SOIR):
            await self.service.deliver(self.tariff(activity_id))
        await self.service.forget_emitted()

    async def household(self, label: str = "Autre", children: int = 1) -> Household:
        new = Household(self.service, self.JOLIEVILLE, label, children)
        await self.service.deliver(new.event())
        return new

    async def served_days(self, activity_id: UUID, count: int, *, after: int = 7) -> list[date]:
        """The next days of service, at least ``after`` days from today."""
        first = datetime.now(UTC).date() + timedelta(days=after)
        last = first + timedelta(days=300)
        async with self.database.transaction(self.JOLIEVILLE) as session:
            activity = (await activities.activities(session, {activity_id}))[activity_id]
            commune = await copies.commune(session, self.JOLIEVILLE)
            assert commune is not None
            calendar = await calendars.calendar(
                session, first, last, time_zone=commune.time_zone, school_zone=commune.school_zone
            )
        return activity.days_between(first, last, calendar)[:count]

    async def agent(self, method: str, path: str, body: object = None, *, headers=None, **params: object):
        sent = {**(headers or self.agent_headers), "Idempotency-Key": str(new_id())}
        return await self.service.client.request(
            method, f"/agent{path}", headers=sent, json=body, params=params
        )

    async def capacity(self, activity_id: UUID, day: date, capacity: int) -> None:
        answer = await self.agent("PUT", f"/activities/{activity_id}/slots/{day}", {"capacity": capacity})
        assert answer.status_code == 200, answer.text

    async def used(self, activity_id: UUID, day: date) -> int:
        async with self.database.transaction(self.JOLIEVILLE) as session:
            places = await slots.places(session, {activity_id}, day, day)
        return places[activity_id, day].used if places else 0

    async def apply_closures(self) -> None:
        """Have all that closures free freed and told: by us, or by the service's own round meanwhile."""

        async def applied() -> bool:
            while await apply_closures(self.database):
                pass
            async with self.database.system_transaction() as session:
                return not await closures.every_pending(session)

        await eventually(applied, "what closures free is freed", pause_seconds=0.02)

    async def check_invariants(self) -> None:
        """What the audit looks for: places used, orders and their bookings, holds that ended."""
        async with self.database.system_transaction() as session:
            for invariant in INVARIANTS:
                assert (await session.scalars(text(invariant.sql))).all() == [], invariant.says

    async def run(self, sql: str, **parameters: object) -> None:
        async with self.database.system_transaction() as session:
            await session.execute(text(sql), parameters)

    def tariff(self, activity_id: UUID, first_day: date = date(2025, 9, 1), version: int = 1):
        """Billing tells since when the activity has a tariff."""
        return TariffUpdatedV1(
            commune_id=self.JOLIEVILLE,
            aggregate_id=activity_id,
            aggregate_version=version,
            first_day=first_day,
        )

    def invoice(self, order_id: str, household: Household, regie_id: UUID = demo.ACCUEILS) -> InvoiceFacts:
        return InvoiceFacts(
            invoice_id=new_id(),
            number="AL-2026-000001",
            regie_id=regie_id,
            regie_label="Régie accueils et loisirs",
            family_id=household.family_id,
            kind="prepaid",
            period="2026-12",
            total_cents=750,
            issued_on=date(2026, 11, 23),
            due_date=date(2026, 11, 23),
            order_id=UUID(order_id),
        )


@pytest.fixture
async def story() -> AsyncIterator[Story]:
    async with running_service("reservations", create_app, ReservationsSettings) as service:
        told = Story(service)
        await told.begin()
        yield told


@pytest.fixture
async def crowd() -> AsyncIterator[Story]:
    """A story with a connection for each of many clients."""
    async with running_service(
        "reservations", create_app, ReservationsSettings, database_pool_size=40
    ) as service:
        told = Story(service)
        await told.begin()
        yield told


@pytest.fixture
def story_class() -> type[Story]:
    """For tests that start the service themselves."""
    return Story


@pytest.fixture
async def statements(story) -> AsyncIterator[list[str]]:
    """The messages that the service's database is sent, in their order."""
    seen: list[str] = []
    engine = story.database.engine

    def listen(connection, _record):
        connection.driver_connection.add_query_logger(lambda record: seen.append(record.query))

    await engine.dispose()  # the connections to come are listened to
    event.listen(engine.sync_engine, "connect", listen)
    yield seen
    event.remove(engine.sync_engine, "connect", listen)
