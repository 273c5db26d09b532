"""Opening payments for invoices: one a régie, each on its provider's page."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from preau.gateway.api.models.payments import PaymentOut
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.parents.context import ParentContext

RETURN_PATH = "/paiements/retour"
NOT_YET_SECONDS = (0.3, 0.6, 1.0, 1.5)
"""How long an invoice is waited for that payments has not heard of yet."""


async def open_payments(
    parent: ParentContext, invoice_ids: list[str], *, key: str, next_part_of: Sequence[str] = ()
) -> list[PaymentOut]:
    """The payments of a selection; of some invoices the next part alone.

    Raises UpstreamProblem, 409 when one is paid or being paid.
    """
    for seconds in (*NOT_YET_SECONDS, None):
        try:
            return (
                await parent.payments.pay(invoice_ids, RETURN_PATH, key=key, next_part_of=next_part_of)
            ).payments
        except UpstreamProblem as problem:
            if problem.type != "not-yet-payable" or seconds is None:
                raise
            await asyncio.sleep(seconds)
    raise AssertionError("the last attempt answers or raises")


UNDER_WAY = frozenset({"created", "redirected", "pending"})


async def payments_left(parent: ParentContext) -> list[PaymentOut] | None:
    """The payments that were left at the bank, to be taken up or given up; None when payments is away."""
    try:
        found = await parent.payments.payments()
    except UpstreamProblem as problem:
        if problem.status < 500:
            raise
        return None
    return [each for each in found.items if each.status in UNDER_WAY]


def can_pay(payment: PaymentOut) -> bool:
    """Whether its provider's page is there to pay on."""
    url = payment.redirect_url
    return payment.status in {"created", "redirected"} and bool(url) and is_web_address(url)


def payment_step(payments: list[PaymentOut]) -> str:
    """Where to go: the provider's page of a single payment, else our page that leads through them."""
    if len(payments) == 1 and payments[0].redirect_url:
        return payments[0].redirect_url
    ids = "&".join(f"paiement={quote(each.payment_id)}" for each in payments)
    return f"/paiements/suite?{ids}"


def is_web_address(url: str) -> bool:
    """Whether a link may be followed: an address of the web, not a script."""
    return urlsplit(url).scheme in {"https", "http"}
