"""Invoices as PDF, by typst. Data goes in as JSON, never as markup; the fonts are those that typst embeds.

The document is PDF/A-3a and PDF/UA-1: it can be archived, and a screen reader can read it. A name in a script
that these fonts do not have (Chinese, emoji) breaks both standards: such an invoice is plain PDF.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files

import typst
from pydantic_core import to_json

from preau.billing.invoices.tables import Invoice, InvoiceLine
from preau.common.logging import logger
from preau.common.money import Cents
from preau.wording.amounts import euros
from preau.wording.dates import and_list, month, month_name, short_date
from preau.wording.typography import NBSP

log = logger(__name__)

TITLES = {"credit_note": "Avoir", "prepaid": "Facture de réservation"}


async def render(invoice: Invoice, lines: Sequence[InvoiceLine]) -> bytes:
    """The PDF of an issued invoice; in a thread, since it takes some milliseconds of a core."""
    data = to_json(document(invoice, lines)).decode()
    issued = datetime.combine(invoice.issued_on or date.min, time(12), UTC)
    return await asyncio.to_thread(_compile, data, issued)


def document(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[str, object]:
    """What the template prints, as French readers write it."""
    due = invoice.due_cents
    return {
        "title": "Avoir" if invoice.total_cents < 0 else TITLES.get(invoice.kind, "Facture"),
        "number": invoice.number,
        "period": month(invoice.period),
        "issued_on": _day(invoice.issued_on),
        "due_date": _day(invoice.due_date),
        "status": _status(invoice, due),
        "issuer": invoice.issuer,
        "addressee": invoice.addressee,
        "lines": [_line(line) for line in lines],
        "total": euros(invoice.total_cents),
        "paid": euros(invoice.paid_cents) if invoice.paid_cents > 0 and due else "",
        "due": euros(due),
        "is_due": due > 0,
    }


def _line(line: InvoiceLine) -> dict[str, object]:
    return {
        "child": line.child_name,
        "label": line.label,
        "days": _days(sorted(set(line.days))),
        "explanation": line.explanation,
        "quantity": str(line.quantity),
        "unit": euros(line.unit_cents),
        "amount": euros(line.amount_cents),
    }


def _status(invoice: Invoice, due: Cents) -> str:
    if invoice.kind == "credit_note" or invoice.total_cents < 0:
        return ""
    return {"paid": "Facture acquittée", "cancelled": "Facture annulée par un avoir"}.get(
        invoice.status, "" if due else "Rien à payer"
    )


def _day(day: date | None) -> str:
    return "" if day is None else short_date(day)


def _days(dates: Sequence[date]) -> str:
    """``2, 3 et 5 mars``; by month when there are several."""
    by_month: dict[tuple[int, int], list[str]] = {}
    for day in dates:
        by_month.setdefault((day.year, day.month), []).append("1er" if day.day == 1 else str(day.day))
    return ", ".join(f"{and_list(days)}{NBSP}{month_name(number)}" for (_, number), days in by_month.items())


@cache
def _template() -> bytes:
    return (files("preau.billing.invoices") / "template" / "invoice.typ").read_bytes()


def _compile(data: str, issued: datetime) -> bytes:
    try:
        return _compile_as(data, issued, archivable=True)
    except typst.TypstError:  # its message holds the text in question: a name stays out of the logs
        log.warning("invoice cannot be archived as PDF/A")
        return _compile_as(data, issued, archivable=False)


def _compile_as(data: str, issued: datetime, *, archivable: bool) -> bytes:
    return typst.compile(
        _template(),
        format="pdf",
        sys_inputs={"invoice": data},
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"] if archivable else None,
        timestamp=issued,
    )
