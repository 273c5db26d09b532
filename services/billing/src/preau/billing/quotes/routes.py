"""Parents see what a basket would cost, line by line, and why."""

from collections.abc import Sequence

from fastapi import APIRouter

from preau.billing.copies import repository as copies
from preau.billing.copies.families import FamilyRecord
from preau.billing.quotes.schemas import QuoteIn, QuoteLineOut, QuoteOfRegie, QuoteOut
from preau.billing.regies import repository as regies
from preau.billing.regies.tables import Regie
from preau.billing.tariffs.facts import ChargeFacts
from preau.billing.tariffs.service import PricedCharge, price_charges
from preau.common.errors import FieldErrors, Unavailable
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/parent/families/{family_id}/quotes", tags=["devis"])


@router.post("")
async def quote_basket(family: Family, session: Transaction, body: QuoteIn) -> QuoteOut:
    row = await copies.family(session, family.family_id)
    if row is None:
        raise Unavailable("La fiche de votre famille arrive : réessayez dans un instant.", retry_after=2)
    record = FamilyRecord(row.record)
    strangers = [index for index, line in enumerate(body.lines) if not record.has(line.child_id)]
    if strangers:
        raise FieldErrors({f"lines.{index}.child_id": "Cet enfant n’existe pas." for index in strangers})
    charges = [ChargeFacts(line.child_id, line.activity_id, line.date) for line in body.lines]
    quoted = await price_charges(session, record, charges)
    found = [_of_regie(regie, quoted) for regie in await regies.regies(session)]
    by_regie = [regie for regie in found if regie is not None]
    return QuoteOut(
        total_cents=sum(item.price.amount_cents for item in quoted if item.price),
        prepaid_cents=sum(regie.prepaid_cents for regie in by_regie),
        lines=[_line(item) for item in quoted],
        by_regie=by_regie,
    )


def _line(item: PricedCharge) -> QuoteLineOut:
    return QuoteLineOut(
        child_id=item.charge.child_id,
        activity_id=item.charge.activity_id,
        date=item.charge.service_date,
        payment_mode=item.activity.payment_mode if item.activity else None,
        amount_cents=item.price.amount_cents if item.price else None,
        explanation=item.price.explanation if item.price else "Tarif non défini",
    )


def _of_regie(regie: Regie, quoted: Sequence[PricedCharge]) -> QuoteOfRegie | None:
    own = [item for item in quoted if item.activity and item.activity.regie_id == regie.regie_id]
    if not own:
        return None
    cents = {"prepaid": 0, "month_end": 0}
    for item in own:
        if item.price and item.activity:
            cents[item.activity.payment_mode] += item.price.amount_cents
    return QuoteOfRegie(
        regie_id=regie.regie_id,
        regie_label=regie.label,
        prepaid_cents=cents["prepaid"],
        month_end_cents=cents["month_end"],
        total_cents=sum(cents.values()),
    )
