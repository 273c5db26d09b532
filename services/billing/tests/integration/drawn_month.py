"""Months of families whose facts change in March, drawn by lot, at activities with a tariff of each kind."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from preau.billing import demo
from preau.billing.copies.families import FamilyRecord
from preau.billing.custody.domain import Terms, share_id
from preau.billing.tariffs.definition import TariffDefinition
from preau.billing.tariffs.domain import PriceList, Tariff
from preau.billing.tariffs.facts import ChargeFacts, facts_of
from preau.billing.tariffs.occasions import among, enrolled, occasion_of
from preau.billing.tariffs.supplements import asked_once
from preau.common.ids import new_id
from preau.contracts.custody import Custody
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


def drawn_custodies(dice: random.Random, other_id: UUID) -> tuple[Custody, ...]:
    """Which days another family pays for a child: by a rule that changes in March, or none."""
    if dice.random() < 0.6:
        return ()
    rules: list[dict[str, Any]] = [
        {"kind": "weeks", "weeks": dice.choice(["even", "odd"]), "changes_on": dice.randint(1, 7)},
        {"kind": "weekdays", "weekdays": tuple(dice.sample(range(1, 8), 3))},
        {"kind": "share", "percent": dice.choice([1, 33, 50, 99])},
    ]
    changed = date(2026, 3, dice.randint(2, 30))
    return (
        Custody(**dice.choice(rules), family_id=other_id, effective_to=changed),
        Custody(**dice.choice(rules), family_id=other_id, effective_from=changed),
    )


def shared(home: FamilyUpdatedV1, dice: random.Random) -> tuple[FamilyUpdatedV1, FamilyUpdatedV1]:
    """The family and another one, to which some of its children belong as well."""
    other = drawn_family(dice)
    children = tuple(
        child.model_copy(update={"custodies": drawn_custodies(dice, other.aggregate_id)})
        for child in home.children
    )
    return (
        home.model_copy(update={"children": children}),
        other.model_copy(update={"shared_children": tuple(child for child in children if child.custodies)}),
    )


class Drawn:
    """The bookings of a family in some months of 2026, and how attendance marked them.

    Another family pays for some days of its children, by custody.
    """

    def __init__(self, event: FamilyUpdatedV1, dice: random.Random, months: Sequence[int] = (3,)) -> None:
        most = 4 if months == (3,) else dice.choice((1, 4))
        self.event, self.other = shared(event, dice)
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

    def charges(self, payer_id: UUID) -> list[tuple[UUID, ChargeFacts]]:
        """What a family pays something of, by the id of its charge, in the order of these."""
        home_id = self.event.aggregate_id
        custodies = {child.child_id: Terms(home_id, child.custodies) for child in self.event.children}
        found: list[tuple[UUID, ChargeFacts]] = []
        for booking in self.bookings:
            percent = dict(custodies[booking.child_id].payers(booking.service_date)).get(payer_id, 0)
            if percent == 0:
                continue
            arrived, left = self.stays.get(booking.booking_id, (None, None))
            charge = ChargeFacts(
                booking.child_id,
                booking.activity_id,
                booking.service_date,
                present=self.present.get(booking.booking_id),
                arrived=arrived,
                left=left,
                payer_percent=percent,
            )
            own = payer_id == home_id
            found.append((booking.booking_id if own else share_id(booking.booking_id, payer_id), charge))
        return sorted(found, key=lambda each: each[0])

    def expected(self, definitions: dict[UUID, TariffDefinition]) -> dict[UUID, tuple[int, int]]:
        """The quantity and the cents of each charge that asks for something."""
        return {
            key: asked
            for event in (self.event, self.other)
            for key, asked in self._asked(event, definitions).items()
        }

    def _asked(
        self, event: FamilyUpdatedV1, definitions: dict[UUID, TariffDefinition]
    ) -> dict[UUID, tuple[int, int]]:
        charges = self.charges(event.aggregate_id)
        occasions = [occasion_of(charge) for _, charge in charges]
        record = FamilyRecord(event.model_dump(mode="json"))
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
        await town.service.deliver(family.other)
        await town.order_of(family.event.aggregate_id, family.bookings)
        for attendance in family.attendance():
            await town.service.deliver(attendance)
    return families
