"""SQL of drafts that were made one by one: prepaid orders, credit notes, corrections."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices.domain import Draft
from preau.common.db.database import hot
from preau.common.db.driver import Statement

_INVOICES = text("""
INSERT INTO invoice (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, status,
    total_cents, order_id, run_id, charges_seen, cancels_invoice_id, corrects_invoice_id, addressee, issuer)
SELECT i.invoice_id, i.commune_id, i.regie_id, i.regie_label, i.family_id, i.kind, i.period, 'draft',
    i.total_cents, i.order_id, i.run_id, i.charges_seen, i.cancels_invoice_id,
    i.corrects_invoice_id, i.addressee::jsonb, i.issuer::jsonb
FROM unnest(CAST(:invoice_id AS uuid[]), CAST(:commune_id AS uuid[]), CAST(:regie_id AS uuid[]),
    CAST(:regie_label AS text[]), CAST(:family_id AS uuid[]), CAST(:kind AS text[]), CAST(:period AS text[]),
    CAST(:total_cents AS integer[]), CAST(:order_id AS uuid[]), CAST(:run_id AS uuid[]),
    CAST(:charges_seen AS bigint[]), CAST(:cancels_invoice_id AS uuid[]),
    CAST(:corrects_invoice_id AS uuid[]), CAST(:addressee AS text[]), CAST(:issuer AS text[]))
  AS i (invoice_id, commune_id, regie_id, regie_label, family_id, kind, period, total_cents, order_id, run_id,
    charges_seen, cancels_invoice_id, corrects_invoice_id, addressee, issuer)
""")
_LINE = Statement("""
INSERT INTO invoice_line (line_id, commune_id, invoice_id, family_id, kind, position, child_id, child_name,
    activity_id, activity_label, label, quantity, unit_cents, amount_cents, explanation, first_day, last_day,
    bookings, days, quantities, amounts)
VALUES (:line_id, :commune_id, :invoice_id, :family_id, :kind, :position, :child_id, :child_name,
    :activity_id, :activity_label, :label, :quantity, :unit_cents, :amount_cents, :explanation, :first_day,
    :last_day, :bookings, :days, :quantities, :amounts)
""")


async def write_drafts(session: AsyncSession, drafts: Sequence[Draft]) -> None:
    """Write drafts with their lines."""
    if not drafts:
        return
    await session.execute(_INVOICES, _columns([_invoice(draft) for draft in drafts]))
    await hot(session).each(_LINE, list(chain.from_iterable(map(_lines, drafts))))


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
        "charges_seen": draft.charges_seen,
        "cancels_invoice_id": draft.cancels_invoice_id,
        "corrects_invoice_id": draft.corrects_invoice_id,
        "addressee": to_json(draft.addressee).decode(),
        "issuer": to_json(asdict(draft.issuer)).decode(),
    }


def _lines(draft: Draft) -> list[dict[str, Any]]:
    return [
        {
            "line_id": line.line_id,
            "commune_id": draft.commune_id,
            "invoice_id": draft.invoice_id,
            "family_id": draft.family_id,
            "kind": line.charges[0].kind,
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
            "first_day": min(charge.service_date for charge in line.charges),
            "last_day": max(charge.service_date for charge in line.charges),
            "bookings": [charge.booking_id for charge in line.charges],
            "days": [charge.service_date for charge in line.charges],
            "quantities": [charge.quantity for charge in line.charges],
            "amounts": [charge.amount_cents for charge in line.charges],
        }
        for position, line in enumerate(draft.lines, start=1)
    ]
