"""The list of online payments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from preau.gateway.api.models.payments import AgentPaymentOut, PageAgentPaymentOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.family_column import family_column
from preau.gateway.pages.agents.labels import PAYMENT, PAYMENT_METHOD
from preau.gateway.pages.agents.workbench.columns import Column, Link
from preau.gateway.pages.agents.workbench.filters import in_cents
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing
from preau.gateway.pages.formats import money


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> PageAgentPaymentOut:
    stated = in_cents(filters, "min_cents", "max_cents")
    return await agent.payments.payments(**stated, sort=asked.order, cursor=asked.cursor, limit=limit)


def _invoices(payment: AgentPaymentOut) -> Iterator[Link]:
    for part in payment.allocations:
        yield part.invoice_number, f"/agent/factures/{part.invoice_id}"


def _at(payment: AgentPaymentOut) -> datetime:
    return payment.settled_at or payment.created_at


def _difference(payment: AgentPaymentOut) -> str:
    received: int | None = payment.received_cents
    return "" if received in {None, payment.amount_cents} else f"reçu : {money(received)}"


PAYMENTS = Listing[AgentPaymentOut](
    path="/agent/paiements",
    caption="Paiements",
    given_by="-at",
    fetch=_fetch,
    filters=(
        Filter("q", "Famille, facture, reçu ou référence", "search"),
        Filter("status", "État", options=tuple((code, text) for code, (text, _) in PAYMENT.items())),
        Filter("regie_id", "Régie", prompt="Toutes"),
        Filter("date_from", "Depuis le", "date"),
        Filter("date_to", "Jusqu’au", "date", since="date_from"),
        Filter("min_cents", "Montant à partir de (€)", "amount"),
        Filter("max_cents", "Montant jusqu’à (€)", "amount"),
    ),
    columns=(
        Column("at", "Date", _at, "moment", sortable=True),
        family_column(AgentPaymentOut),
        Column("regie", "Régie", lambda payment: payment.regie_label),
        Column(
            "invoices",
            "Factures",
            lambda payment: ", ".join(part.invoice_number for part in payment.allocations),
            links=_invoices,
        ),
        Column("method", "Moyen", lambda payment: payment.method, words=PAYMENT_METHOD),
        Column("status", "État", lambda payment: payment.status, "state", PAYMENT, note=_difference),
        Column("receipt", "Reçu", lambda payment: payment.receipt_number, shown=False),
        Column("reference", "Référence", lambda payment: payment.provider_ref, shown=False),
        Column("amount", "Montant", lambda payment: payment.amount_cents, "money", sortable=True),
        Column("received", "Encaissé", lambda payment: payment.received_cents, "money", shown=False),
    ),
    empty=Empty(
        "Aucun paiement",
        "Les paiements en ligne des familles paraîtront ici, dès qu’une facture émise est payée.",
        "card",
        "Voir les factures",
        "/agent/factures",
    ),
    no_match=Empty("Aucun paiement", "Aucun paiement ne correspond à ces filtres.", "search"),
)
