"""Parents see what a basket would cost, line by line, and why."""

from collections.abc import Sequence

from fastapi import APIRouter

from preau.billing.copies import repository as copies
from preau.billing.copies.families import Family as FamilyRecord
from preau.billing.quotes.pricing import Quoted, quote
from preau.billing.quotes.schemas import QuoteIn, QuoteLineOut, QuoteOfRegie, QuoteOut
from preau.billing.regies import repository as regies
from preau.billing.regies.tables import Regie
from preau.billing.tariffs.domain import ChargeFacts
from preau.common.errors import FieldErrors, Unavailable
from preau.common.http.access import Family

router = APIRouter(prefix="/parent/families/{family_id}/quotes", tags=["devis"])


@router.post("")
async def quote_basket(family: Family, body: QuoteIn) -> QuoteOut:
    row = await copies.family(family.session, family.family_id)
    if row is None:
        raise Unavailable("La fiche de votre famille arrive : réessayez dans un instant.", retry_after=2)
    record = FamilyRecord(row.record)
    strangers = [index for index, line in enumerate(body.lines) if not record.has(line.child_id)]
    if strangers:
        raise FieldErrors({f"lines.{index}.child_id": "Cet enfant n’existe pas." for index in strangers})
    charges = [ChargeFacts(line.child_id, line.activity_id, line.date) for line in body.lines]
    quoted = await quote(family.session, record, charges)
    tills = {regie.regie_id: regie for regie in await regies.regies(family.session)}
    by_regie = [_of_regie(regie, quoted) for regie in tills.values()]
    by_regie = [regie for regie in by_regie if regie is not None]
    return QuoteOut(
        total_cents=sum(item.priced.amount_cents for item in quoted if item.priced),
        prepaid_cents=sum(regie.prepaid_cents for regie in by_regie),
        lines=[_line(item) for item in quoted],
        by_regie=by_regie,
    )


def _line(item: Quoted) -> QuoteLineOut:
    return QuoteLineOut(
        child_id=item.charge.child_id,
        activity_id=item.charge.activity_id,
        date=item.charge.service_date,
        payment_mode=item.activity.payment_mode if item.activity else None,
        amount_cents=item.priced.amount_cents if item.priced else None,
        explanation=item.priced.explanation if item.priced else "Tarif non défini",
    )


def _of_regie(regie: Regie, quoted: Sequence[Quoted]) -> QuoteOfRegie | None:
    own = [item for item in quoted if item.activity and item.activity.regie_id == regie.regie_id]
    if not own:
        return None
    cents = {"prepaid": 0, "month_end": 0}
    for item in own:
        if item.priced and item.activity:
            cents[item.activity.payment_mode] += item.priced.amount_cents
    return QuoteOfRegie(
        regie_id=regie.regie_id,
        regie_label=regie.label,
        prepaid_cents=cents["prepaid"],
        month_end_cents=cents["month_end"],
        total_cents=sum(cents.values()),
    )
