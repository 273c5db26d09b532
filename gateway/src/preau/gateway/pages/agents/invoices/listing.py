"""The list of issued invoices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from preau.gateway.api.models.billing import AgentInvoiceOut, PageAgentInvoiceOut
from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.family_column import family_column
from preau.gateway.pages.agents.labels import DOCUMENT_KIND, INVOICE, INVOICE_KIND
from preau.gateway.pages.agents.workbench.columns import Column
from preau.gateway.pages.agents.workbench.filters import in_cents
from preau.gateway.pages.agents.workbench.listing import Asked, Empty, Filter, Listing
from preau.gateway.pages.formats import document_kind, document_status, due_phrase
from preau.wording import statuses
from preau.wording.amounts import euros
from preau.wording.typography import sentence


async def _fetch(
    agent: AgentContext, filters: Mapping[str, str], asked: Asked, limit: int
) -> PageAgentInvoiceOut:
    stated = in_cents(filters, "min_cents", "max_cents")
    return await agent.billing.invoices(**stated, sort=asked.order, cursor=asked.cursor, limit=limit)


def _due_on(invoice: AgentInvoiceOut) -> date | None:
    """The day of the next part where a plan is in force; none of an avoir, which is never to be paid."""
    if document_kind(invoice) == "credit_note":
        return None
    return invoice.instalment.due_on if invoice.instalment else invoice.due_date


def _lateness(invoice: AgentInvoiceOut) -> str:
    days: int | None = invoice.days_to_due
    part = invoice.instalment
    if part is not None:
        late = part.late_cents
        return f"{euros(late)} en retard" if late else f"part de {euros(part.left_cents)}"
    return due_phrase(days) if days is not None and days < 0 else ""


INVOICES = Listing[AgentInvoiceOut](
    path="/agent/factures",
    caption="Factures émises",
    given_by="-issued_on",
    fetch=_fetch,
    record=lambda invoice: f"/agent/factures/{invoice.invoice_id}",
    filters=(
        Filter("q", "Numéro, famille ou enfant", "search"),
        Filter(
            "status",
            "État",
            options=(
                ("open", "À régler"),
                ("overdue", "En retard"),
                *((code, sentence(name)) for code, name in statuses.DOCUMENT.items() if code != "draft"),
            ),
            prompt="Toutes",
        ),
        Filter("period", "Période", "month"),
        Filter("kind", "Type", options=tuple(INVOICE_KIND.items())),
        Filter("regie_id", "Régie", prompt="Toutes"),
        Filter("due_from", "Échéance depuis le", "date"),
        Filter("due_to", "Échéance jusqu’au", "date", since="due_from"),
        Filter("min_cents", "Total à partir de (€)", "amount"),
        Filter("max_cents", "Total jusqu’à (€)", "amount"),
    ),
    columns=(
        Column(
            "number",
            "Numéro",
            lambda invoice: invoice.number,
            links=lambda invoice: [(invoice.number, f"/agent/factures/{invoice.invoice_id}")],
            sortable=True,
        ),
        family_column(AgentInvoiceOut),
        Column("regie", "Régie", lambda invoice: invoice.regie_label, shown=False),
        Column("kind", "Type", lambda invoice: document_kind(invoice), words=DOCUMENT_KIND),
        Column("issued_on", "Émise le", lambda invoice: invoice.issued_on, "day", sortable=True),
        Column("due_date", "Échéance", _due_on, "day", note=_lateness, sortable=True),
        Column("status", "État", lambda invoice: document_status(invoice), "state", INVOICE),
        Column("total", "Total", lambda invoice: invoice.total_cents, "money", sortable=True),
        Column("paid", "Payé", lambda invoice: invoice.paid_cents, "money", shown=False),
        Column("due", "Reste dû", lambda invoice: invoice.due_cents, "money"),
    ),
    empty=Empty(
        "Aucune facture",
        "Elles paraissent ici dès qu’une facturation est émise.",
        "invoice",
        "Préparer la facturation du mois",
        "/agent/facturation",
    ),
    no_match=Empty("Aucune facture", "Aucune facture ne correspond à ces filtres.", "search"),
)
