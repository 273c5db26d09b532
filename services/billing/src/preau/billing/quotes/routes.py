"""Parents see what a basket would cost, line by line, and why."""

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Response

from preau.billing.copies.families import FamilyRecord
from preau.billing.custody.domain import Terms
from preau.billing.quotes import repository
from preau.billing.quotes.repository import Look, QuotedActivity, QuotedRegie
from preau.billing.quotes.schemas import QuoteIn, QuoteLineOut, QuoteOfRegie, QuoteOut
from preau.billing.tariffs.domain import Price
from preau.billing.tariffs.facts import ChargeFacts
from preau.billing.tariffs.occasions import occasion_of
from preau.billing.tariffs.service import PricedCharge, priced
from preau.common.errors import FieldErrors, Unavailable
from preau.common.http.answers import as_json
from preau.common.http.permissions import Family
from preau.common.http.unit_of_work import Work
from preau.contracts.custody import WHOLE

ELSEWHERE = Price(quantity=1, unit_cents=0, steps=("jour à la charge de l’autre famille",), row=0)
"""What a family is asked for on a day that another one pays."""

router = APIRouter(prefix="/parent/families/{family_id}/quotes", tags=["devis"])


@router.post("", response_model=QuoteOut)
async def quote_basket(family: Family, work: Work, body: QuoteIn) -> Response:
    charges = [ChargeFacts(line.child_id, line.activity_id, line.date) for line in body.lines]
    occasions = list(map(occasion_of, charges))
    look = await work.decide(lambda seen: repository.look(seen, family.family_id, occasions))
    record = look.family
    if record is None:
        raise Unavailable("La fiche de votre famille arrive : réessayez dans un instant.", retry_after=2)
    strangers = [index for index, line in enumerate(body.lines) if not record.has(line.child_id)]
    if strangers:
        raise FieldErrors({f"lines.{index}.child_id": "Cet enfant n’existe pas." for index in strangers})
    quoted = _quoted(charges, look, record)
    found = [_of_regie(regie, quoted) for regie in look.regies]
    by_regie = [regie for regie in found if regie is not None]
    return as_json(
        QuoteOut(
            total_cents=sum(item.price.total_cents for item in quoted if item.price),
            prepaid_cents=sum(regie.prepaid_cents for regie in by_regie),
            lines=[_line(item) for item in quoted],
            by_regie=by_regie,
        )
    )


def _quoted(
    charges: Sequence[ChargeFacts], look: Look, record: FamilyRecord
) -> list[PricedCharge[QuotedActivity]]:
    """What the family is asked for, by the children's custodies; nothing on days that another one pays.

    What is paid at booking is paid whole.
    """
    home_id = record.event.aggregate_id
    terms = {child.child_id: Terms(home_id, child.custodies) for child in record.event.children}
    shared: list[ChargeFacts] = []
    for charge in charges:
        activity = look.activities.get(charge.activity_id)
        is_shared = activity is not None and activity.payment_mode != "prepaid"
        percent = terms[charge.child_id].home_percent(charge.service_date) if is_shared else WHOLE
        shared.append(replace(charge, payer_percent=percent))
    own = iter(
        priced(
            [charge for charge in shared if charge.payer_percent],
            look.activities,
            look.prices,
            record,
            look.booked,
        )
    )
    return [
        next(own)
        if charge.payer_percent
        else PricedCharge(charge, look.activities[charge.activity_id], ELSEWHERE)
        for charge in shared
    ]


def _line(item: PricedCharge[QuotedActivity]) -> QuoteLineOut:
    return QuoteLineOut(
        child_id=item.charge.child_id,
        activity_id=item.charge.activity_id,
        date=item.charge.service_date,
        payment_mode=item.activity.payment_mode if item.activity else None,
        amount_cents=item.price.total_cents if item.price else None,
        explanation=item.price.explanation if item.price else "Tarif non défini",
    )


def _of_regie(regie: QuotedRegie, quoted: Sequence[PricedCharge[QuotedActivity]]) -> QuoteOfRegie | None:
    own = [item for item in quoted if item.activity and item.activity.regie_id == regie.regie_id]
    if not own:
        return None
    cents = {"prepaid": 0, "month_end": 0}
    for item in own:
        if item.price and item.activity:
            cents[item.activity.payment_mode] += item.price.total_cents
    return QuoteOfRegie(
        regie_id=regie.regie_id,
        regie_label=regie.label,
        prepaid_cents=cents["prepaid"],
        month_end_cents=cents["month_end"],
        total_cents=sum(cents.values()),
    )
