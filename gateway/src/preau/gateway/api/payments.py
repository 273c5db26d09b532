"""The client of payments."""

from __future__ import annotations

from collections.abc import Sequence

from preau.gateway.api.calls import Body, Calls, FamilyCalls
from preau.gateway.api.models.payments import (
    AgentPaymentOut,
    PageAgentPaymentOut,
    PagePaymentOut,
    PaymentOut,
    PaymentsOut,
    ReceiptOut,
)


class FamilyPayments(FamilyCalls):
    """Of one family, for its parents."""

    service = "payments"

    async def pay(
        self, invoice_ids: list[str], return_path: str, *, key: str, next_part_of: Sequence[str] = ()
    ) -> PaymentsOut:
        """The payments of a selection, one a régie; 409 when an invoice is paid or being paid.

        Of those in ``next_part_of`` the next part of their plan alone.
        """
        body = {
            "invoice_ids": invoice_ids,
            "return_path": return_path,
            "next_part_of": list(next_part_of),
        }
        return await self._post(PaymentsOut, f"{self._family}/payments", body, key=key)

    async def payments(self) -> PagePaymentOut:
        return await self._get(PagePaymentOut, f"{self._family}/payments")

    async def payment(self, payment_id: str) -> PaymentOut:
        return await self._get(PaymentOut, f"{self._family}/payments/{payment_id}")

    async def give_up(self, payment_id: str) -> PaymentOut:
        """Give up a payment that is under way; its invoices can be paid otherwise."""
        return await self._post(PaymentOut, f"{self._family}/payments/{payment_id}/cancellation")

    async def receipt(self, payment_id: str) -> ReceiptOut:
        return await self._get(ReceiptOut, f"{self._family}/payments/{payment_id}/receipt")


class AgentPayments(Calls):
    """Of the commune, for its agents."""

    service = "payments"

    async def payments(
        self,
        *,
        q: str = "",
        status: str = "",
        regie_id: str = "",
        family_id: str = "",
        date_from: str = "",
        date_to: str = "",
        min_cents: str = "",
        max_cents: str = "",
        sort: str = "",
        cursor: str = "",
        limit: int | None = None,
    ) -> PageAgentPaymentOut:
        """The payments, newest first; both ends of ranges are included."""
        return await self._get(
            PageAgentPaymentOut,
            "/agent/payments",
            q=q,
            status=status,
            regie_id=regie_id,
            family_id=family_id,
            date_from=date_from,
            date_to=date_to,
            min_cents=min_cents,
            max_cents=max_cents,
            sort=sort,
            cursor=cursor,
            limit=limit,
        )

    async def payment(self, payment_id: str) -> AgentPaymentOut:
        return await self._get(AgentPaymentOut, f"/agent/payments/{payment_id}")

    async def decide(self, payment_id: str, body: Body) -> AgentPaymentOut:
        """Keep an amount that differs from what was asked, or reject it."""
        return await self._post(AgentPaymentOut, f"/agent/payments/{payment_id}/decision", body)
