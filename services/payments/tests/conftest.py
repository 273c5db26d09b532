"""A running payments service, and a town in which invoices are issued and paid."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.auth.subjects import Membership
from preau.common.ids import new_id
from preau.contracts.billing import InvoiceFacts, InvoiceIssuedV1
from preau.contracts.payments import PaymentFailedV1, PaymentSettledV1
from preau.payments.app import create_app
from preau.payments.payments import repository
from preau.payments.payments.tables import Payment
from preau.payments.settings import PaymentsSettings
from preau.testing.services import ServiceUnderTest, running_service
from preau.testing.town import Household, commune_event


class Town:
    """A commune with a family, its parent, and two régies; all ids are fresh."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.commune_id = new_id()
        self.family = Household(self.commune_id, "Famille Martin", size=0)
        self.family_id, self.account_id = self.family.family_id, self.family.account_id
        self.canteen, self.leisure = new_id(), new_id()
        self.parent = service.parent(self.family.membership, account_id=self.account_id)
        self.path = f"/parent/families/{self.family_id}/payments"
        self._numbers = 0

    def neighbour(self) -> dict[str, str]:
        """A parent of another family of the commune."""
        return self.service.parent(Membership(self.commune_id, new_id(), new_id()))

    async def settle_in(self) -> None:
        """Identity publishes the commune and the family."""
        await self.service.deliver(commune_event(self.commune_id))
        await self.service.deliver(self.family.event())

    def invoice(self, total_cents: int = 1380, regie_id: UUID | None = None, **changes: Any) -> InvoiceFacts:
        self._numbers += 1
        facts: dict[str, Any] = {
            "invoice_id": new_id(),
            "number": f"RS-2026-{self._numbers:06d}",
            "regie_id": regie_id or self.canteen,
            "regie_label": "Régie restauration scolaire",
            "family_id": self.family_id,
            "kind": "month_end",
            "period": "2026-11",
            "total_cents": total_cents,
            "issued_on": date(2026, 11, 30),
            "due_date": date(2026, 12, 31),
        }
        return InvoiceFacts(**(facts | changes))

    async def issue(
        self, total_cents: int = 1380, regie_id: UUID | None = None, **changes: Any
    ) -> InvoiceFacts:
        """Billing issues an invoice."""
        facts = self.invoice(total_cents, regie_id, **changes)
        await self.service.deliver(
            InvoiceIssuedV1(commune_id=self.commune_id, aggregate_id=facts.invoice_id, invoices=(facts,))
        )
        return facts

    async def post_payment(self, *invoices: InvoiceFacts, key: str | None = None, **body: Any) -> Any:
        return await self.service.client.post(
            self.path,
            json={"invoice_ids": [str(facts.invoice_id) for facts in invoices], **body},
            headers={**self.parent, "Idempotency-Key": key or str(new_id())},
        )

    async def start(self, *invoices: InvoiceFacts) -> dict[str, Any]:
        """Select invoices of one régie and go to the bank's page: the payment."""
        answer = await self.post_payment(*invoices)
        assert answer.status_code == 201, answer.text
        (payment,) = answer.json()["payments"]
        return payment

    async def at_bank(self, payment: dict[str, Any], action: str) -> Any:
        """Press a button on the bank's page."""
        reference = payment["redirect_url"].rsplit("/", 1)[1]
        answer = await self.service.client.post(f"/public/sandbox/bank/{reference}", data={"action": action})
        assert answer.status_code == 303, answer.text
        return answer

    async def read(self, payment: dict[str, Any]) -> dict[str, Any]:
        answer = await self.service.client.get(f"{self.path}/{payment['payment_id']}", headers=self.parent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def until(self, payment: dict[str, Any], status: str) -> None:
        """Wait, without asking for it, until the payment has the status."""
        await self.eventually(
            "SELECT status = :status FROM payment WHERE payment_id = :id",
            status=status,
            id=payment["payment_id"],
        )

    async def eventually(self, condition: str, **values: Any) -> None:
        """Wait until the statement answers true."""
        async with asyncio.timeout(30):
            while not (await self.execute(condition, **values)).scalar_one():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def row(self, payment: dict[str, Any]) -> dict[str, Any]:
        async with self.service.database.transaction(self.commune_id) as session:
            found = await session.execute(
                text("SELECT * FROM payment WHERE payment_id = :id"), {"id": payment["payment_id"]}
            )
            return dict(found.one()._mapping)

    async def execute(self, statement: str, **values: Any) -> Any:
        """A statement of the test's own, as the system."""
        async with self.service.database.system_transaction() as session:
            return await session.execute(text(statement), values)

    async def settled(self) -> list[PaymentSettledV1]:
        events = await self.service.emitted(PaymentSettledV1)
        return [event for event in events if event.commune_id == self.commune_id]

    async def failed(self) -> list[PaymentFailedV1]:
        events = await self.service.emitted(PaymentFailedV1)
        return [event for event in events if event.commune_id == self.commune_id]


def quick(**changes: Any) -> dict[str, Any]:
    """Settings for tests: everything comes round fast."""
    return {"recheck_pause": timedelta(milliseconds=50), "ask_at_most_every": timedelta(0), **changes}


async def settled_town(service: ServiceUnderTest) -> Town:
    town = Town(service)
    await town.settle_in()
    return town


@pytest.fixture(scope="session")
async def service() -> AsyncIterator[ServiceUnderTest]:
    async with running_service("payments", create_app, PaymentsSettings, **quick()) as running:
        running.app.state.settings.sandbox_hooks_url = f"{running.url}/hooks"
        yield running


@pytest.fixture
async def town(service: ServiceUnderTest) -> Town:
    return await settled_town(service)


@pytest.fixture
async def town_with() -> AsyncIterator[Callable[..., Awaitable[Town]]]:
    """Start a service under settings of the test's own, and settle a town in it."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Town:
            running = await stack.enter_async_context(
                running_service("payments", create_app, PaymentsSettings, **quick(**settings))
            )
            running.app.state.settings.sandbox_hooks_url = f"{running.url}/hooks"
            return await settled_town(running)

        yield start


@pytest.fixture
def all_have_read() -> Callable[[], Awaitable[None]]:
    """Waits until three have read: nobody writes before, so that at least two write over one another.

    Three, because the periodic questions may be one of them, and what goes wrong there is only logged.
    """
    meeting = asyncio.Event()
    readers = 0

    async def met() -> None:
        nonlocal readers
        readers += 1
        if readers == 3:
            meeting.set()
        async with asyncio.timeout(30):
            await meeting.wait()

    return met


@pytest.fixture
def unlocked(
    all_have_read: Callable[[], Awaitable[None]],
) -> Callable[[AsyncSession, UUID], Awaitable[Payment | None]]:
    """``payment_to_change`` without its lock, where others read before anyone writes."""

    async def payment_to_change(session: AsyncSession, payment_id: UUID) -> Payment | None:
        found = await repository.payment(session, payment_id)
        await all_have_read()
        return found

    return payment_to_change
