"""Months of families whose facts change in March, drawn by lot, at activities with a tariff of each kind."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from preau.billing import demo
from preau.billing.copies.families import FamilyRecord
from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.domain import PriceList, Tariff
from preau.billing.tariffs.facts import ChargeFacts, facts_of
from preau.billing.tariffs.occasions import among, enrolled, occasion_of
from preau.billing.tariffs.supplements import asked_once
from preau.common.ids import new_id
from preau.contracts.identity import FamilyUpdatedV1, Quotient, ResidencyPeriod
from preau.contracts.reservations import ActivityUpdatedV1, AttendanceRecordedV1, BookingFacts
from preau.testing.town import Household

PARIS = ZoneInfo("Europe/Paris")
CARD, STAY, SIBLINGS, WITH_MEAL, GRID, ONCE, MONTH, BOOKING = (
    UUID(int=0xACE0 + number) for number in range(8)
)
DAYS = {3: range(1, 32), 4: range(1, 31), 5: range(1, 32)}
BANDS = [
    {"from": 0, "to": "859.99", "label": "A", "amount_cents": 120},
    {"from": "859.99", "label": "B", "amount_cents": 345},
]
OVERRUN = {"kind": "slices", "minutes": 30, "of": "overrun", "closing": "18:00"}


def flat(cents: int, **more: Any) -> dict[str, Any]:
    return {"rows": [{"price": {"kind": "flat", "amount_cents": cents}}], **more}


TARIFFS: dict[UUID, dict[str, Any]] = {
    CARD: flat(2500, quantity={"kind": "card"}),
    STAY: flat(
        35,
        quantity={"kind": "slices", "minutes": 15},
        supplements=[{"label": "retard", "amount_cents": 500, "slices": OVERRUN}],
    ),
    SIBLINGS: {
        "siblings": "enrolled",
        "rows": [
            {"when": {"children": {"from": 3}}, "price": {"kind": "flat", "amount_cents": 90}},
            {"price": {"kind": "flat", "amount_cents": 100}},
        ],
        "steps": [{"kind": "percent", "percent": -10, "when": {"rank": {"from": 2}}}],
    },
    WITH_MEAL: flat(150, free=[{"label": "gratuit avec la grille", "when": {"also_booked": [str(GRID)]}}]),
    GRID: {
        "quotient": {"counts": "next_month", "retroactive": False},
        "rows": [
            {"when": {"residencies": ["non_resident"]}, "price": {"kind": "flat", "amount_cents": 560}},
            {"when": {"present": False}, "price": {"kind": "flat", "amount_cents": 600}},
            {"price": {"kind": "bands", "bands": BANDS}},
        ],
    },
    MONTH: {
        "quantity": {"kind": "month"},
        "rows": [{"price": {"kind": "bands", "bands": BANDS}}],
    },
    BOOKING: flat(70, quantity={"kind": "booking"}),
    ONCE: flat(10, supplements=[{"label": "dossier", "amount_cents": 200, "once": "family_month"}]),
}


def drawn_family(dice: random.Random) -> FamilyUpdatedV1:
    """A family whose facts change in the month."""
    household = Household(demo.JOLIEVILLE, f"Famille {dice.random()}", dice.randint(1, 3))
    moved, entered = (date(2026, 3, dice.randint(2, 30)) for _ in range(2))
    plain = household.event()
    return plain.model_copy(
        update={
            "residencies": (
                ResidencyPeriod(residency="non_resident", effective_to=moved),
                ResidencyPeriod(residency="resident", effective_from=moved),
            )
            if dice.random() < 0.5
            else (),
            "children": tuple(
                child.model_copy(
                    update={
                        "birth_date": date(2008, 3, dice.randint(1, 31))
                        if dice.random() < 0.3
                        else child.birth_date,
                        "counts_to": date(2026, 3, dice.randint(1, 31)) if dice.random() < 0.3 else None,
                    }
                )
                for child in plain.children
            ),
            "quotients": (
                Quotient(value=300, effective_from=date(2025, 9, 1), effective_to=entered),
                Quotient(
                    value=dice.choice([859, 860]),
                    cents=dice.choice([85998, 85999]),
                    effective_from=entered,
                    recorded_on=date(2026, dice.choice([1, 2, 3]), 20),
                ),
            )
            if dice.random() < 0.8
            else (),
        }
    )


class Drawn:
    """The bookings of a family in some months of 2026, and how attendance marked them."""

    def __init__(self, event: FamilyUpdatedV1, dice: random.Random, months: Sequence[int] = (3,)) -> None:
        most = 4 if months == (3,) else dice.choice((1, 4))
        self.event = event
        booked = TARIFFS if dice.random() < 0.3 else TARIFFS.keys() - {ONCE}
        self.bookings = [
            BookingFacts(
                booking_id=new_id(),
                booking_version=1,
                family_id=event.aggregate_id,
                child_id=child.child_id,
                activity_id=activity_id,
                service_date=date(2026, month, day),
                status="confirmed",
            )
            for month in months
            for child in event.children
            for activity_id in sorted(booked)
            for day in sorted(dice.sample(DAYS[month], dice.randint(0, most)))
        ]
        dice.shuffle(self.bookings)
        self.stays = {
            booking.booking_id: (
                time(16, dice.randint(0, 59)),
                time(dice.choice([17, 18]), dice.randint(0, 59)),
            )
            for booking in self.bookings
            if dice.random() < 0.7
        }
        self.present = {booking_id: dice.random() < 0.8 for booking_id in self.stays}

    def attendance(self) -> Iterable[AttendanceRecordedV1]:
        for booking in self.bookings:
            if booking.booking_id not in self.stays:
                continue
            present = self.present[booking.booking_id]
            status = "attended" if present else "absent_unjustified"
            arrived, left = (
                datetime.combine(booking.service_date, at, PARIS).astimezone(UTC)
                for at in self.stays[booking.booking_id]
            )
            yield AttendanceRecordedV1(
                commune_id=demo.JOLIEVILLE,
                aggregate_id=booking.booking_id,
                aggregate_version=2,
                booking=booking.model_copy(update={"booking_version": 2, "status": status}),
                present=present,
                arrived_at=arrived,
                left_at=left,
            )

    def charges(self) -> list[tuple[UUID, ChargeFacts]]:
        """In the order in which they were booked."""
        return [
            (
                booking.booking_id,
                ChargeFacts(
                    booking.child_id,
                    booking.activity_id,
                    booking.service_date,
                    present=self.present.get(booking.booking_id),
                    arrived=self.stays.get(booking.booking_id, (None, None))[0],
                    left=self.stays.get(booking.booking_id, (None, None))[1],
                ),
            )
            for booking in sorted(self.bookings, key=lambda each: each.booking_id)
        ]

    def expected(self, definitions: dict[UUID, TariffDefinition]) -> dict[UUID, tuple[int, int]]:
        """The quantity and the cents of each booking that asks for something."""
        charges = self.charges()
        occasions = [occasion_of(charge) for _, charge in charges]
        record = FamilyRecord(self.event.model_dump(mode="json"))
        facts = facts_of(record, enrolled(occasions))
        prices = PriceList({key: [Tariff(date(2025, 9, 1), each)] for key, each in definitions.items()})
        known = among([charge for _, charge in charges], [])
        # A supplement that is asked once is asked of the first day.
        order = sorted(range(len(known)), key=lambda at: (known[at].service_date, charges[at][0]))
        made = asked_once((known[at], prices.price(known[at], facts)) for at in order)
        return {
            charges[at][0]: (price.quantity, price.total_cents)
            for at, price in zip(order, made, strict=True)
            if price is not None and (price.quantity or price.total_cents)
        }


async def open_activities(town: Any) -> None:
    """The activities, known to billing with their tariffs."""
    for activity_id, stated in TARIFFS.items():
        await town.service.deliver(
            ActivityUpdatedV1(
                commune_id=demo.JOLIEVILLE,
                aggregate_id=activity_id,
                site_id=activity_id,
                site_label="Site",
                label=f"Prestation {activity_id.int % 16}",
                regie_id=demo.MEALS,
            )
        )
        body = {"activity_id": str(activity_id), "effective_from": "2025-09-01", "definition": stated}
        answer = await town.service.client.post("/agent/tariffs", json=body, headers=town.agent)
        assert answer.status_code == 201, answer.text


async def arrived_families(
    town: Any, dice: random.Random, count: int, months: Sequence[int] = (3,)
) -> list[Drawn]:
    """Families that billing knows with their bookings and their attendance."""
    families = [Drawn(drawn_family(dice), dice, months) for _ in range(count)]
    for family in families:
        await town.service.deliver(family.event)
        await town.order_of(family.event.aggregate_id, family.bookings)
        for attendance in family.attendance():
            await town.service.deliver(attendance)
    return families
