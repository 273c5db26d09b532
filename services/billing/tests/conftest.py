"""A commune with a canteen, a leisure centre and some families, known to billing by events."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from preau.billing import demo
from preau.billing.app import create_app
from preau.billing.settings import BillingSettings
from preau.common.ids import new_id
from preau.contracts.billing import InvoiceIssuedV1, RefundOrderedV1, RunChunkQueuedV1
from preau.contracts.payments import Allocation, PaymentRefundedV1, PaymentSettledV1, RefundDeniedV1
from preau.contracts.reservations import (
    ActivityUpdatedV1,
    BookingChangedV1,
    BookingFacts,
    OrderClosedV1,
    OrderPlacedV1,
)
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.town import Household, commune_event

REPAS = UUID("01900000-0000-7000-8000-0000000000c1")
MERCREDI = UUID("01900000-0000-7000-8000-0000000000c4")


class Town:
    """What happens in Jolieville, as other services publish it."""

    REPAS, MERCREDI = REPAS, MERCREDI

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.agent = service.agent(demo.JOLIEVILLE, "billing")

    async def open(self) -> None:
        await demo.seed(self.service.database)
        await self.service.deliver(commune_event(demo.JOLIEVILLE))
        for activity_id, label, regie_id, mode in (
            (REPAS, "Repas", demo.MEALS, "month_end"),
            (MERCREDI, "Mercredi journée", demo.LEISURE, "prepaid"),
        ):
            await self.service.deliver(
                ActivityUpdatedV1(
                    commune_id=demo.JOLIEVILLE,
                    aggregate_id=activity_id,
                    site_id=new_id(),
                    site_label="Site",
                    label=label,
                    regie_id=regie_id,
                    payment_mode=mode,
                )
            )

    async def household(
        self,
        label: str,
        *,
        children: int = 2,
        quotient: int | None = 612,
        has_account: bool = True,
        **told: Any,
    ) -> Household:
        """A family that billing has heard of; ``told`` is said besides in its event."""
        family = Household(demo.JOLIEVILLE, label, children, quotient, has_account=has_account)
        await self.service.deliver(family.event(**told))
        return family

    def parent(self, family: Household) -> dict[str, str]:
        return self.service.parent(family.membership)

    def booking(
        self,
        family: Household,
        day: date,
        *,
        child: int = 0,
        activity: UUID = REPAS,
        status: str = "confirmed",
    ) -> BookingFacts:
        return BookingFacts(
            booking_id=new_id(),
            booking_version=1,
            family_id=family.family_id,
            child_id=family.children[child],
            activity_id=activity,
            service_date=day,
            status=status,
            payment_mode="prepaid" if activity == MERCREDI else "month_end",
        )

    async def order(self, family: Household, *bookings: BookingFacts, prepaid: bool = False) -> OrderPlacedV1:
        return await self.order_of(family.family_id, bookings, prepaid=prepaid)

    async def order_of(
        self, family_id: UUID, bookings: Sequence[BookingFacts], *, prepaid: bool = False
    ) -> OrderPlacedV1:
        placed = self.placed(family_id, bookings, prepaid=prepaid)
        await self.service.deliver(placed)
        return placed

    def placed(
        self, family_id: UUID, bookings: Sequence[BookingFacts], *, prepaid: bool = False
    ) -> OrderPlacedV1:
        return OrderPlacedV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=new_id(),
            family_id=family_id,
            placed_at=datetime.now(UTC),
            status="awaiting_payment" if prepaid else "confirmed",
            held_until=datetime.now(UTC) + timedelta(minutes=15) if prepaid else None,
            bookings=tuple(bookings),
        )

    async def close(self, order: OrderPlacedV1, status: str) -> None:
        changed = "expired" if status == "expired" else "confirmed"
        ended = [
            booking.model_copy(update={"status": changed, "booking_version": 2}) for booking in order.bookings
        ]
        await self.service.deliver(self.closed(order, status, ended))

    def closed(self, order: OrderPlacedV1, status: str, ended: Sequence[BookingFacts]) -> OrderClosedV1:
        return OrderClosedV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=order.aggregate_id,
            aggregate_version=2,
            family_id=order.family_id,
            status=status,
            bookings=tuple(ended),
        )

    async def change(self, booking: BookingFacts, status: str) -> BookingFacts:
        changed = booking.model_copy(
            update={"status": status, "booking_version": booking.booking_version + 1}
        )
        await self.service.deliver(self.changed(changed))
        return changed

    def changed(self, booking: BookingFacts) -> BookingChangedV1:
        return BookingChangedV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=booking.booking_id,
            aggregate_version=booking.booking_version,
            booking=booking,
        )

    async def pay(
        self, invoice_id: UUID, cents: int, family: Household, *, payment_id: UUID | None = None
    ) -> PaymentSettledV1:
        settled = self.settled(family, [(invoice_id, cents)], payment_id=payment_id)
        await self.service.deliver(settled)
        return settled

    def settled(
        self, family: Household, parts: Sequence[tuple[UUID, int]], *, payment_id: UUID | None = None
    ) -> PaymentSettledV1:
        return PaymentSettledV1(
            commune_id=demo.JOLIEVILLE,
            aggregate_id=payment_id or new_id(),
            regie_id=demo.MEALS,
            family_id=family.family_id,
            amount_cents=sum(cents for _, cents in parts),
            provider="sandbox",
            provider_reference="ref",
            receipt_number="1",
            settled_at=datetime.now(UTC),
            allocations=tuple(
                Allocation(invoice_id=invoice_id, invoice_number="n", amount_cents=cents)
                for invoice_id, cents in parts
            ),
        )

    def refund_denial(self, ordered: RefundOrderedV1) -> RefundDeniedV1:
        return RefundDeniedV1(
            commune_id=ordered.commune_id,
            aggregate_id=ordered.aggregate_id,
            payment_id=ordered.payment_id,
            reason="La banque refuse.",
        )

    def refunded(self, ordered: RefundOrderedV1) -> PaymentRefundedV1:
        return PaymentRefundedV1(
            commune_id=ordered.commune_id,
            aggregate_id=ordered.payment_id,
            aggregate_version=2,
            regie_id=demo.MEALS,
            family_id=new_id(),
            amount_cents=ordered.amount_cents,
            provider="sandbox",
            provider_reference="r",
            refunded_at=datetime.now(UTC),
            refund_id=ordered.aggregate_id,
        )

    async def refund(self, payment_id: UUID, cents: int | None = None) -> Any:
        """Order a refund of a payment."""
        return await self.service.client.post(
            f"/agent/payments/{payment_id}/refunds",
            json={"reason": "Payé deux fois"} | ({} if cents is None else {"amount_cents": cents}),
            headers=self.agent | {"Idempotency-Key": str(new_id())},
        )

    async def credits(self) -> list[dict[str, Any]]:
        """What families are owed."""
        return (await self.service.client.get("/agent/credits", headers=self.agent)).json()["items"]

    async def give_credit_back(self, cents: int) -> Any:
        """Give the only credit back by transfer."""
        (credit,) = await self.credits()
        return await self.service.client.post(
            f"/agent/credits/{credit['account_id']}/refunds",
            json={"amount_cents": cents, "means": "transfer", "note": "Virement du 2 avril"},
            headers=self.agent | {"Idempotency-Key": str(new_id())},
        )

    async def begin_run(self, period: str = "2026-03", kind: str = "month_end", **body: Any) -> Any:
        body = {"regie_id": str(demo.MEALS), "period": period, "kind": kind} | body
        return await self.service.client.post("/agent/runs", json=body, headers=self.agent)

    async def compute(self) -> None:
        """Let a worker handle the chunks that wait in the outbox."""
        for queued in await self.service.emitted(RunChunkQueuedV1):
            await self.service.deliver(queued)

    async def compute_first(self) -> None:
        """Let a worker handle the first chunk alone."""
        first = min(await self.service.emitted(RunChunkQueuedV1), key=lambda each: each.chunk_number)
        await self.service.deliver(first)

    async def run(self, period: str = "2026-03", kind: str = "month_end", **body: Any) -> str:
        """Begin a run and compute it; its id."""
        answer = await self.begin_run(period, kind, **body)
        assert answer.status_code == 202, answer.text
        await self.compute()
        return answer.json()["run_id"]

    async def ask_to_issue(self, run_id: str, key: str = "") -> Any:
        headers = self.agent | {"Idempotency-Key": key or str(new_id())}
        return await self.service.client.post(f"/agent/runs/{run_id}/issue", headers=headers)

    async def issue(self, run_id: str) -> Any:
        """Issue a run and let a worker handle its stages: where it stands then; or why it was refused."""
        answer = await self.ask_to_issue(run_id)
        if answer.status_code != 202:
            return answer
        await self.compute()
        return await self.service.client.get(f"/agent/runs/{run_id}", headers=self.agent)

    async def invoices(self, family: Household, status: str = "all") -> list[dict[str, Any]]:
        answer = await self.service.client.get(
            f"/parent/families/{family.family_id}/invoices?status={status}", headers=self.parent(family)
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def prepaid_invoice(self, order: OrderPlacedV1) -> UUID:
        issued = await self.service.emitted(InvoiceIssuedV1)
        return next(
            invoice.invoice_id
            for event in issued
            for invoice in event.invoices
            if invoice.order_id == order.aggregate_id
        )


@asynccontextmanager
async def open_town(*, chunk_families: int = 2) -> AsyncIterator[Town]:
    with TemporaryDirectory(prefix="preau-prints-") as folder:
        async with running_service(
            "billing",
            create_app,
            BillingSettings,
            consume_chunks=True,
            chunk_families=chunk_families,
            prints_url=f"file:{folder}",
        ) as service:
            town = Town(service)
            await town.open()
            yield town


@pytest_asyncio.fixture(loop_scope="session")
async def town() -> AsyncIterator[Town]:
    """A town of the test's own."""
    async with open_town() as town:
        yield town


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def module_town() -> AsyncIterator[Town]:
    """A town that the tests of a module share: for tests that only look."""
    async with open_town() as town:
        yield town


@pytest_asyncio.fixture(loop_scope="session")
async def big_town() -> AsyncIterator[Town]:
    """A town of the test's own, whose month is computed in one piece."""
    async with open_town(chunk_families=1000) as town:
        yield town


@pytest.fixture
def town_class() -> type[Town]:
    """For tests that start the service themselves."""
    return Town
