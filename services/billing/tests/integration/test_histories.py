"""Random histories of money: whatever happens, in any order and twice, everything tells the same sum.

Families live side by side in one town; each step somebody does something, and the invariants of the audit
hold after each. What reservations would answer (a paid order is confirmed) is answered at once or later, as
it falls. ``HISTORIES`` families × ``ACTS`` acts; a seed that once failed is kept in `KEPT`.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from preau.billing import demo
from preau.billing.charges.domain import BILLABLE
from preau.billing.invariants import INVARIANTS
from preau.common.ids import new_id
from preau.contracts.billing import RefundOrderedV1, RunChunkQueuedV1
from preau.contracts.custody import Custody
from preau.contracts.identity import FamilyUpdatedV1
from preau.contracts.reservations import AttendanceRecordedV1, BookingFacts, OrderPlacedV1

FAMILIES, ACTS = 100, 30
"""Of one seed: as many histories, each so long."""
SEEDS = range(20)
KEPT: tuple[int, ...] = ()
"""Seeds that once failed."""
DAYS = [date(2026, 3, day) for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)]
DAYS += [date(2026, 4, day) for day in (1, 2, 3, 7, 8)]
MONTHS = ("2026-03", "2026-04", "2026-05")
"""Of the last one nothing is booked: its runs bill what was carried over."""
THRESHOLDS = (None, 500, 1000, 2500)
ENDED = {"cancelled", "refused", "expired"}


@dataclass
class Life:
    """A family and what it has: its bookings and orders as reservations know them, its payments."""

    household: Any
    bookings: dict[UUID, BookingFacts] = field(default_factory=dict)
    orders: list[OrderPlacedV1] = field(default_factory=list)
    payments: list[tuple[UUID, Any]] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)
    """What was delivered, to be delivered again."""
    custodies: tuple[Custody, ...] = ()
    """Those of the first child, which the family next door pays for as well."""


class Player:
    """Plays what falls, for one town."""

    def __init__(self, town: Any, seed: int) -> None:
        self.town = town
        self.chance = random.Random(seed)  # noqa: S311
        self.acts: list[Callable[[Life], Awaitable[None]]] = [
            self.book,
            self.book,
            self.order,
            self.order,
            self.pay,
            self.pay,
            self.pay,
            self.pay,
            self.end_a_booking,
            self.mark,
            self.mark,
            self.refund,
            self.answer_refunds,
            self.give_back_by_hand,
            self.cancel_an_invoice,
            self.write_off,
            self.ask_again,
            self.write_by_hand,
            self.close_an_order,
            self.move_the_quotient,
            self.agree_on_custody,
            self.set_off,
            self.move_the_threshold,
            self.say_again,
            self.say_again,
        ]
        self.lives: list[Life] = []
        self.refunds: list[RefundOrderedV1] = []
        self.computed: list[str] = []
        self.queued: list[Any] = []
        """What other services say in this step: it comes in batches, as a consumer takes it."""

    def say(self, life: Life, event: Any) -> None:
        """Have an event delivered, twice if it falls so."""
        life.said.append(event)
        self.queued += [event] * self.chance.choice((1, 1, 1, 2))

    async def deliver(self) -> None:
        await self.town.service.deliver_all(self.queued)
        self.queued = []

    async def sql(self, statement: str, **values: Any) -> list[Any]:
        async with self.town.service.database.transaction(demo.JOLIEVILLE) as session:
            return list((await session.execute(text(statement), values)).all())

    async def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = self.town.agent | {"Idempotency-Key": str(new_id())}
        answer = await self.town.service.client.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201, 202, 404, 409), (path, answer.text)
        return answer

    def booking(self, life: Life, activity: UUID, status: str) -> BookingFacts:
        child = self.chance.randrange(len(life.household.children))
        day = self.chance.choice(DAYS)
        made = self.town.booking(life.household, day, child=child, activity=activity, status=status)
        life.bookings[made.booking_id] = made
        return made

    async def move(self, life: Life, booking: BookingFacts, status: str) -> None:
        moved = booking.model_copy(update={"status": status, "booking_version": booking.booking_version + 1})
        life.bookings[booking.booking_id] = moved
        self.say(life, self.town.changed(moved))

    async def book(self, life: Life) -> None:
        made = [self.booking(life, self.town.REPAS, "confirmed") for _ in range(self.chance.randint(1, 4))]
        self.say(life, self.town.placed(life.household.family_id, made))

    async def order(self, life: Life) -> None:
        made = [
            self.booking(life, self.town.MERCREDI, "awaiting_payment")
            for _ in range(self.chance.randint(1, 3))
        ]
        order = self.town.placed(life.household.family_id, made, prepaid=True)
        self.say(life, order)
        life.orders.append(order)

    async def pay(self, life: Life) -> None:
        found = await self.sql(
            "SELECT invoice_id, regie_id, due_cents, total_cents FROM invoice WHERE family_id = :family"
            " AND status <> 'draft' AND total_cents > 0",
            family=life.household.family_id,
        )
        if not found:
            return
        regie = self.chance.choice(found).regie_id
        of_regie = [row for row in found if row.regie_id == regie]
        chosen = self.chance.sample(of_regie, self.chance.randint(1, min(3, len(of_regie))))
        parts = [
            (
                row.invoice_id,
                self.chance.choice((row.due_cents or row.total_cents, row.total_cents, 100, 999)),
            )
            for row in chosen
        ]
        payment = self.town.settled(life.household, parts)
        life.payments.append((payment.aggregate_id, payment))
        self.say(life, payment)

    async def end_a_booking(self, life: Life) -> None:
        going_on = [each for each in life.bookings.values() if each.status not in ENDED]
        if going_on:
            await self.move(life, self.chance.choice(going_on), self.chance.choice(("cancelled", "refused")))

    async def mark(self, life: Life) -> None:
        held = [each for each in life.bookings.values() if each.status in {"confirmed", "attended"}]
        if not held:
            return
        booking = self.chance.choice(held)
        status = self.chance.choice(("attended", "attended", "absent_justified", "absent_unjustified"))
        marked = booking.model_copy(update={"status": status, "booking_version": booking.booking_version + 1})
        life.bookings[booking.booking_id] = marked
        self.say(
            life,
            AttendanceRecordedV1(
                commune_id=demo.JOLIEVILLE,
                aggregate_id=marked.booking_id,
                aggregate_version=marked.booking_version,
                booking=marked,
                present=status == "attended",
                units=self.chance.choice((1, 1, 2)),
            ),
        )

    async def refund(self, life: Life) -> None:
        if not life.payments:
            return
        payment_id, _ = self.chance.choice(life.payments)
        body: dict[str, Any] = {"reason": "Demande de la famille"}
        if self.chance.random() < 0.5:
            body["amount_cents"] = self.chance.choice((50, 260, 750))
        await self.post(f"/agent/payments/{payment_id}/refunds", body)

    async def answer_refunds(self, life: Life) -> None:
        if self.refunds:
            ordered = self.chance.choice(self.refunds)
            denies = int(str(ordered.aggregate_id)[-1], 16) < 4  # a provider says the same each time
            answer = self.town.refund_denial(ordered) if denies else self.town.refunded(ordered)
            self.say(life, answer)

    async def give_back_by_hand(self, life: Life) -> None:
        found = await self.sql(
            "SELECT account_id, credit_cents FROM family_account WHERE family_id = :family"
            " AND credit_cents > 0",
            family=life.household.family_id,
        )
        if found:
            account = self.chance.choice(found)
            cents = self.chance.choice((account.credit_cents, account.credit_cents + 1, 1))
            body = {"amount_cents": cents, "means": "cheque", "note": "Rendu au guichet"}
            await self.post(f"/agent/credits/{account.account_id}/refunds", body)

    async def set_off(self, life: Life) -> None:
        found = await self.sql(
            "SELECT account_id FROM family_account WHERE family_id = :family",
            family=life.household.family_id,
        )
        if found:
            await self.post(f"/agent/credits/{self.chance.choice(found).account_id}/set-off")

    async def cancel_an_invoice(self, life: Life) -> None:
        found = await self.sql(
            "SELECT invoice_id FROM invoice WHERE family_id = :family AND status <> 'draft'",
            family=life.household.family_id,
        )
        if found:
            invoice_id = self.chance.choice(found).invoice_id
            await self.post(f"/agent/invoices/{invoice_id}/cancellation", {"reason": "Erreur de saisie"})

    async def write_off(self, life: Life) -> None:
        await self.act_on_an_invoice(life, "due_cents > 0", "write-off", "Famille introuvable")

    async def ask_again(self, life: Life) -> None:
        await self.act_on_an_invoice(life, "status = 'written_off'", "write-off/undoing", "Retrouvée")

    async def write_by_hand(self, life: Life) -> None:
        regie, activity = self.chance.choice(
            ((demo.MEALS, self.town.REPAS), (demo.LEISURE, self.town.MERCREDI))
        )
        lines = [
            {
                "activity_id": self.chance.choice((None, str(activity))),
                "child_id": self.chance.choice((None, str(life.household.child_id))),
                "label": "Ligne libre",
                "day": f"{self.chance.choice(DAYS)}",
                "quantity": self.chance.randint(1, 3),
                "unit_cents": self.chance.choice((-750, -260, 100, 260)),
            }
            for _ in range(self.chance.randint(1, 3))
        ]
        body = {"regie_id": str(regie), "reason": "Geste commercial", "lines": lines}
        await self.post(f"/agent/families/{life.household.family_id}/manual-invoices", body)

    async def act_on_an_invoice(self, life: Life, which: str, path: str, reason: str) -> None:
        found = await self.sql(
            f"SELECT invoice_id FROM invoice WHERE family_id = :family AND {which}",  # noqa: S608
            family=life.household.family_id,
        )
        if found:
            invoice_id = self.chance.choice(found).invoice_id
            await self.post(f"/agent/invoices/{invoice_id}/{path}", {"reason": reason})

    async def close_an_order(self, life: Life) -> None:
        """The hold runs out, or what is paid is confirmed: reservations answer, perhaps too late."""
        if life.orders:
            order = life.orders.pop(self.chance.randrange(len(life.orders)))
            await self.end(life, order, may_expire=True)

    async def end(self, life: Life, order: OrderPlacedV1, *, may_expire: bool) -> None:
        paid = await self.sql(
            "SELECT status FROM invoice WHERE order_id = :order AND kind = 'prepaid'",
            order=order.aggregate_id,
        )
        waiting = [
            life.bookings[each.booking_id]
            for each in order.bookings
            if life.bookings[each.booking_id].status == "awaiting_payment"
        ]
        is_paid = bool(paid) and all(row.status == "paid" for row in paid)
        if not is_paid and not may_expire:
            return
        heard = is_paid and self.chance.random() < 0.8
        status = "confirmed" if heard else "expired"
        ended = [
            each.model_copy(update={"status": status, "booking_version": each.booking_version + 1})
            for each in waiting
        ]
        life.bookings |= {each.booking_id: each for each in ended}
        self.say(life, self.town.closed(order, status, ended))

    async def move_the_quotient(self, life: Life) -> None:
        life.household.quotient = self.chance.choice((100, 450, 850, 1200))
        self.queued.append(self.record(life))

    async def agree_on_custody(self, life: Life) -> None:
        """The first child's days are paid by the family next door too: by turns, by a share, or no more."""
        other = self.next_door(life)
        rule = self.chance.choice(({"kind": "weeks"}, {"kind": "share", "percent": 40}, {"kind": "none"}))
        since = self.chance.choice((None, *DAYS))
        agreed = Custody(**rule, family_id=other.household.family_id, effective_from=since)
        life.custodies = () if self.chance.random() < 0.2 else (agreed,)
        self.queued += [self.record(life), self.record(other)]

    def next_door(self, life: Life) -> Life:
        return self.lives[self.lives.index(life) ^ 1]

    def record(self, life: Life) -> FamilyUpdatedV1:
        """What identity says of a family now."""
        other = self.next_door(life)
        told = life.household.event()
        eldest = told.children[0].model_copy(update={"custodies": life.custodies})
        shared = other.household.event().children[:1] if other.custodies else ()
        return told.model_copy(update={"children": (eldest, *told.children[1:]), "shared_children": shared})

    async def move_the_threshold(self, life: Life) -> None:
        """From now on the régie of meals carries more over, or less, or nothing."""
        await self.change_the_threshold(self.chance.choice(THRESHOLDS))

    async def change_the_threshold(self, under: int | None) -> None:
        answer = await self.town.service.client.patch(
            f"/agent/regies/{demo.MEALS}", json={"carry_under_cents": under}, headers=self.town.agent
        )
        assert answer.status_code == 200, answer.text

    async def say_again(self, life: Life) -> None:
        if life.said:
            self.queued.append(self.chance.choice(life.said))

    async def bill(self, usual: str) -> None:
        """Everybody's month, of one régie: begun, and issued now or later, perhaps beside another month."""
        regie = self.chance.choice((demo.MEALS, demo.MEALS, demo.LEISURE))
        period = usual if self.chance.random() < 0.7 else self.chance.choice(MONTHS)
        carries = self.chance.random() < 0.8
        for kind in ("month_end", "complement"):
            if await self.begin(period, regie=regie, kind=kind, carries=carries):
                return

    async def begin(self, period: str, **body: Any) -> bool:
        regie = str(body.pop("regie", demo.MEALS))
        begun = await self.town.begin_run(period, regie_id=regie, **body)
        if begun.status_code == 202:
            self.computed.append(begun.json()["run_id"])
            await self.compute()
        return begun.status_code == 202

    async def bill_all_that_is_left(self) -> None:
        """What waits is billed with the month after all of them, and what came late by complements."""
        await self.issue()
        await self.begin("2026-06", kind="month_end", carries=False)
        await self.issue()
        for period in MONTHS:
            for kind in ("month_end", "complement"):  # a month that nobody billed before is billed now
                await self.begin(period, kind=kind, carries=False)
                await self.issue()

    async def billed_otherwise(self) -> list[Any]:
        """The meals of which not exactly what stands is billed."""
        return await self.sql(
            "SELECT c.booking_id, c.status, c.units, b.billed FROM charge c LEFT JOIN ("
            " SELECT b.booking_id, sum(b.quantity) AS billed"
            " FROM invoice_line l JOIN invoice i USING (invoice_id)"
            " CROSS JOIN LATERAL unnest(l.bookings, l.quantities) AS b (booking_id, quantity)"
            " WHERE l.kind = 'charge' AND i.status <> 'draft' GROUP BY 1) AS b USING (booking_id)"
            " WHERE c.activity_id = :meals AND coalesce(b.billed, 0) <>"
            "  CASE WHEN c.status = ANY (:billable) AND c.payer_percent > 0 THEN c.units ELSE 0 END",
            meals=self.town.REPAS,
            billable=sorted(BILLABLE),
        )

    async def compute(self) -> None:
        for queued in await self.heard(RunChunkQueuedV1):
            await self.town.service.deliver(queued)

    async def heard(self, wanted: type[Any]) -> list[Any]:
        """What billing said since this was asked last: of one kind; refunds are kept."""
        self.refunds += await self.town.service.emitted(RefundOrderedV1)
        found = await self.town.service.emitted(wanted)
        await self.town.service.forget_emitted()
        return found

    async def issue(self) -> None:
        """Issue what is computed; recomputed first where charges moved meanwhile."""
        for run_id in self.chance.sample(self.computed, len(self.computed)):
            answer = await self.town.issue(run_id)
            if answer.status_code == 409:
                await self.post(f"/agent/runs/{run_id}/recompute")
                await self.compute()
                answer = await self.town.issue(run_id)
            assert answer.status_code == 200, answer.text
        self.computed = []

    async def breaches(self) -> list[str]:
        async with self.town.service.database.system_transaction() as session:
            return [
                f"{invariant.says}: {row[0]}"
                for invariant in INVARIANTS
                for row in await session.execute(text(invariant.sql))
            ]


@pytest.mark.parametrize("seed", [*SEEDS, *KEPT])
async def test_everything_tells_the_same_sum(big_town, seed):
    player = Player(big_town, seed)
    lives = [Life(await big_town.household(f"Famille {n}")) for n in range(FAMILIES)]
    player.lives = lives
    for step in range(ACTS):
        for life in lives:
            act = player.chance.choice(player.acts)
            await act(life)
        await player.deliver()
        await player.heard(RefundOrderedV1)
        if step % 5 == 1:
            await player.bill(MONTHS[step * len(MONTHS) // ACTS])
        if step % 5 == 3:
            await player.issue()
        assert await player.breaches() == [], f"step {step}"
    await player.bill_all_that_is_left()
    assert await player.breaches() == []
    assert await player.billed_otherwise() == []
