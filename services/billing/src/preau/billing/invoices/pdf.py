"""Invoices as PDF: what each prints, as French readers write it."""

import asyncio
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any, NamedTuple

import segno

from preau.billing.invoices.references_repository import Reference
from preau.billing.invoices.tables import Invoice, InvoiceLine, carried_periods
from preau.billing.letterheads.domain import Letterhead
from preau.billing.letterheads.service import under_letterhead
from preau.billing.regies.tables import RegieHeading
from preau.billing.typesetting import typeset
from preau.common.money import Cents
from preau.wording.amounts import euros
from preau.wording.dates import and_list, month, month_name, of_periods, short_date
from preau.wording.documents import kind_shown
from preau.wording.kinds import REFERENCE
from preau.wording.typography import NBSP, sentence

TITLES = {"credit_note": "Avoir", "avoir_undone": "Annulation d’avoir", "prepaid": "Facture de réservation"}


class Printed(NamedTuple):
    """An invoice with all that it prints; ``link`` is where its family sees and pays it.

    ``refers`` are the invoices that it cancels or corrects.
    """

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    heading: RegieHeading | None
    link: str
    refers: Sequence[Reference] = ()


async def render(printed: Printed, letterhead: Letterhead) -> bytes:
    """The PDF of an issued invoice; in a thread, since it takes some milliseconds of a core."""
    return await asyncio.to_thread(compiled, [printed], letterhead)


def compiled(printed: Sequence[Printed], letterhead: Letterhead) -> bytes:
    """The PDF of invoices of a commune, one after the other, each with pages of its own; in this thread."""
    day = printed[0].invoice.issued_on or date.min
    data = {"head": letterhead.data(), "invoices": [document(each) for each in printed]}
    return typeset(under_letterhead("preau.billing.invoices", "invoice.typ"), data, day)


def document(printed: Printed) -> dict[str, Any]:
    """What the template prints, as French readers write it."""
    invoice, heading, due = printed.invoice, printed.heading, printed.invoice.due_cents
    addressee = invoice.addressee
    carried = carried_periods(invoice, printed.lines)
    return {
        "title": TITLES.get(kind_shown(invoice.kind, invoice.total_cents), "Facture"),
        "number": invoice.number,
        "facts": [
            ("Période", month(invoice.period)),
            *([("Avec le report", of_periods(carried))] if carried else []),
            ("Date d’émission", _day(invoice.issued_on)),
            ("Famille", addressee["label"]),
        ],
        "family": addressee["label"],
        "refers": [f"{sentence(REFERENCE[each.act])} n° {each.number}" for each in printed.refers],
        "due_date": _day(invoice.due_date),
        "status": _status(invoice, due),
        "issuer": invoice.issuer,
        "addressee": addressee,
        "heading": address_of(heading),
        "lines": [_line(line) for line in printed.lines],
        "total": euros(invoice.total_cents),
        "paid": euros(invoice.paid_cents) if invoice.paid_cents > 0 and due else "",
        "due": euros(due),
        "is_due": due > 0,
        "credited": _credited(invoice),
        "ways": _ways(heading),
        "notices": _notices(heading) if invoice.kind != "credit_note" and invoice.total_cents > 0 else [],
        "link": printed.link,
        "qr": qr_of(printed.link) if due > 0 else [],
    }


def address_of(heading: RegieHeading | None) -> list[str]:
    """Where the régie is, line by line, with its SIRET."""
    if heading is None:
        return []
    siret = heading.siret
    spaced = NBSP.join((siret[:3], siret[3:6], siret[6:9], siret[9:]))
    city = f"{heading.postal_code} {heading.city}".strip()
    return [row for row in (heading.street, city, f"SIRET {spaced}" if siret else "") if row]


def _ways(heading: RegieHeading | None) -> list[str]:
    online = "En ligne dans votre espace famille, par «\u202fMes factures\u202f» ou le code QR ci-dessous."
    if heading is None or not heading.payable_to:
        return [online]
    return [online, f"Par chèque à l’ordre de {heading.payable_to}, avec le talon ci-dessous."]


def _notices(heading: RegieHeading | None) -> list[str]:
    return [notice for notice in (heading.remedies, heading.accounting_notice) if notice] if heading else []


def _credited(invoice: Invoice) -> str:
    if invoice.total_cents >= 0:
        return ""
    if invoice.status == "cancelled":
        return "Cet avoir est annulé : il ne vient plus en déduction de ce que vous devez."
    return (
        f"Cet avoir de {euros(-invoice.total_cents)} vient en déduction de ce que vous devez à cette régie. "
        "S’il reste un solde en votre faveur, il est déduit des factures suivantes ou vous est rendu."
    )


def qr_of(link: str) -> list[int]:
    """The octets of a picture: a drawing of so many squares takes longer than the rest of the invoice."""
    drawn = BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="png", border=2, scale=6)
    return list(drawn.getvalue())


def _line(line: InvoiceLine) -> dict[str, object]:
    return {
        "child": line.child_name,
        "label": line.label,
        "days": _days(sorted(set(line.days))),
        "explanation": line.explanation,
        "quantity": str(line.quantity).replace("-", "−"),
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
