"""SQL of drafts, set-based: one statement a table, however many invoices.

Arrays through ``unnest`` come close to COPY here (428k against 466k rows/s) and travel in one message: a
worker that is paused leaves no half-open COPY that would hold its locks.
"""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.domain import Draft

_INVOICES = text("""
INSERT INTO invoice (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, status,
    total_cents, order_id, run_id, cancels_invoice_id, addressee, issuer)
SELECT i.invoice_id, i.commune_id, i.regie_id, i.regie_label, i.family_id, i.kind, i.period, 'draft',
    i.total_cents, i.order_id, i.run_id, i.cancels_invoice_id, i.addressee::jsonb, i.issuer::jsonb
FROM unnest(CAST(:invoice_id AS uuid[]), CAST(:commune_id AS uuid[]), CAST(:regie_id AS uuid[]),
    CAST(:regie_label AS text[]), CAST(:family_id AS uuid[]), CAST(:kind AS text[]), CAST(:period AS text[]),
    CAST(:total_cents AS integer[]), CAST(:order_id AS uuid[]), CAST(:run_id AS uuid[]),
    CAST(:cancels_invoice_id AS uuid[]), CAST(:addressee AS text[]), CAST(:issuer AS text[]))
  AS i (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, total_cents, order_id, run_id,
    cancels_invoice_id, addressee, issuer)
""")
_LINES = text("""
INSERT INTO invoice_line (line_id, commune_id, invoice_id, position, child_id, child_name, activity_id,
    activity_label, label, quantity, unit_cents, amount_cents, explanation)
SELECT * FROM unnest(CAST(:line_id AS uuid[]), CAST(:commune_id AS uuid[]), CAST(:invoice_id AS uuid[]),
    CAST(:position AS integer[]), CAST(:child_id AS uuid[]), CAST(:child_name AS text[]),
    CAST(:activity_id AS uuid[]), CAST(:activity_label AS text[]), CAST(:label AS text[]),
    CAST(:quantity AS integer[]), CAST(:unit_cents AS integer[]), CAST(:amount_cents AS integer[]),
    CAST(:explanation AS text[]))
""")
_CHARGES = text("""
INSERT INTO invoice_line_charge (line_id, booking_id, commune_id, service_date, units, amount_cents)
SELECT * FROM unnest(CAST(:line_id AS uuid[]), CAST(:booking_id AS uuid[]), CAST(:commune_id AS uuid[]),
    CAST(:service_date AS date[]), CAST(:units AS integer[]), CAST(:amount_cents AS integer[]))
""")


async def write_drafts(session: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Write drafts with their lines and the charges behind them."""
    if not drafts:
        return
    await session.execute(_INVOICES, _columns([_invoice(draft) for draft in drafts]))
    await session.execute(_LINES, _columns(list(chain.from_iterable(map(_lines, drafts)))))
    await session.execute(_CHARGES, _columns(list(chain.from_iterable(map(_charges, drafts)))))


def _columns(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _invoice(draft: Draft) -> dict[str, Any]:
    return {
        "invoice_id": draft.invoice_id,
        "commune_id": draft.commune_id,
        "regie_id": draft.regie_id,
        "regie_label": draft.issuer.regie_label,
        "family_id": draft.family_id,
        "kind": draft.kind,
        "period": draft.period,
        "total_cents": draft.total_cents,
        "order_id": draft.order_id,
        "run_id": draft.run_id,
        "cancels_invoice_id": draft.cancels_invoice_id,
        "addressee": to_json(draft.addressee).decode(),
        "issuer": to_json(asdict(draft.issuer)).decode(),
    }


def _lines(draft: Draft) -> list[dict[str, Any]]:
    return [
        {
            "line_id": line.line_id,
            "commune_id": draft.commune_id,
            "invoice_id": draft.invoice_id,
            "position": position,
            "child_id": line.charges[0].child_id,
            "child_name": line.charges[0].child_name,
            "activity_id": line.charges[0].activity_id,
            "activity_label": line.charges[0].activity_label,
            "label": line.label,
            "quantity": line.quantity,
            "unit_cents": line.charges[0].unit_cents,
            "amount_cents": line.amount_cents,
            "explanation": line.charges[0].explanation,
        }
        for position, line in enumerate(draft.lines, start=1)
    ]


def _charges(draft: Draft) -> list[dict[str, Any]]:
    return [
        {
            "line_id": line.line_id,
            "booking_id": charge.booking_id,
            "commune_id": draft.commune_id,
            "service_date": charge.service_date,
            "units": charge.units,
            "amount_cents": charge.amount_cents,
        }
        for line in draft.lines
        for charge in line.charges
    ]
