"""Drawing up an invoice by hand, showing it, issuing it at once."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies import repository as copies
from preau.billing.copies.calendar import today
from preau.billing.copies.families import FamilyRecord, addressee_of
from preau.billing.copies.tables import ActivityCopy
from preau.billing.invoices import repository as invoices
from preau.billing.invoices import service as invoicing
from preau.billing.invoices.domain import Draft, DraftLine
from preau.billing.invoices.draft_repository import write_drafts
from preau.billing.invoices.tables import Invoice
from preau.billing.ledger import repository as ledger
from preau.billing.ledger.domain import Holder
from preau.billing.manual_invoices.domain import WrittenLine, faults, written_lines
from preau.billing.manual_invoices.schemas import ManualInvoiceIn, ManualLineIn
from preau.billing.regies import repository as regies
from preau.billing.regies.tables import Regie
from preau.common.errors import FieldErrors, NotFound
from preau.common.ids import new_id
from preau.common.money import Cents


@dataclass(frozen=True, slots=True)
class DrawnUp:
    """An invoice by hand that is not issued."""

    regie: Regie
    draft: Draft
    due_date: date


class Follows(NamedTuple):
    """What issuing would do: to the invoice, to what the family owes, to its credit."""

    set_off_cents: Cents
    pays_cents: Cents
    to_credit_cents: Cents


async def draw_up(session: AsyncSession, family_id: UUID, stated: ManualInvoiceIn) -> DrawnUp:
    """The invoice that the lines make. Raises `NotFound` for the family, `FieldErrors` for what is wrong."""
    copy = await copies.family(session, family_id)
    if copy is None:
        raise NotFound("Cette famille n’existe pas.")
    family = FamilyRecord(copy.record)
    regie = await regies.regie(session, stated.regie_id)
    if regie is None:
        raise FieldErrors({"regie_id": "Choisissez une régie de la commune."})
    lines = await _lines(session, family, regie, stated)
    day = await today(session, regie.commune_id)
    draft = Draft(
        invoice_id=new_id(),
        commune_id=regie.commune_id,
        regie_id=regie.regie_id,
        family_id=family_id,
        kind="manual",
        period=f"{min(line.day for line in stated.lines):%Y-%m}",
        addressee=addressee_of(family.event),
        issuer=invoicing.issuer_of(await copies.commune(session, regie.commune_id), regie),
        lines=lines,
    )
    return DrawnUp(regie, draft, day + timedelta(days=regie.due_days))


async def follows(session: AsyncSession, drawn: DrawnUp) -> Follows:
    """What issuing would do as things stand."""
    total = drawn.draft.total_cents
    holder = Holder(drawn.draft.commune_id, drawn.draft.regie_id, drawn.draft.family_id)
    if total >= 0:
        account = (await ledger.in_credit(session, [holder])).get(holder)
        return Follows(min(total, account.credit_cents if account else 0), 0, 0)
    owed = await invoices.due_of(session, holder)
    return Follows(0, min(-total, owed), max(0, -total - owed))


async def issue(session: AsyncSession, family_id: UUID, stated: ManualInvoiceIn) -> Invoice:
    """Issue it at once. Emits `InvoiceIssuedV1`; raises as `draw_up`."""
    drawn = await draw_up(session, family_id, stated)
    await write_drafts(session, [drawn.draft])
    invoice_id = drawn.draft.invoice_id
    await invoicing.issue(
        session, drawn.regie, [invoice_id], due_days=drawn.regie.due_days, aggregate_id=invoice_id
    )
    (issued,) = await invoices.read(session, [invoice_id])
    return issued


async def _lines(
    session: AsyncSession, family: FamilyRecord, regie: Regie, stated: ManualInvoiceIn
) -> tuple[DraftLine, ...]:
    named = {line.activity_id for line in stated.lines if line.activity_id is not None}
    activities = await copies.activities(session, named)
    day = await today(session, regie.commune_id)
    wrong: dict[str, str] = {}
    lines: list[WrittenLine] = []
    for position, line in enumerate(stated.lines):
        activity = activities.get(line.activity_id) if line.activity_id else None
        found = _unknown(line, family, regie, activity)
        lines.append(_written(line, family, activity))
        found = faults(lines[-1], day) | found
        wrong |= {f"lines.{position}.{name}": message for name, message in found.items()}
    if wrong:
        raise FieldErrors(wrong)
    return written_lines(lines, stated.reason)


def _unknown(
    line: ManualLineIn, family: FamilyRecord, regie: Regie, activity: ActivityCopy | None
) -> dict[str, str]:
    found: dict[str, str] = {}
    if line.child_id is not None and not family.has(line.child_id):
        found["child_id"] = "Choisissez un enfant de cette famille."
    if line.activity_id is not None and (activity is None or activity.regie_id != regie.regie_id):
        found["activity_id"] = "Choisissez une prestation de cette régie."
    return found


def _written(line: ManualLineIn, family: FamilyRecord, activity: ActivityCopy | None) -> WrittenLine:
    return WrittenLine(
        child_id=line.child_id,
        child_name=family.child_name(line.child_id) if line.child_id else "",
        activity_id=line.activity_id,
        activity_label=activity.label if activity else "",
        label=line.label,
        day=line.day,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
    )
