"""Agents state tariffs and try them on sample families."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter

from preau.billing.copies import repository as copies
from preau.billing.tariffs import repository
from preau.billing.tariffs.definition import (
    DEFINITION,
    BracketTariff,
    EffortRateTariff,
    FlatTariff,
    faults,
)
from preau.billing.tariffs.domain import Tariff, price
from preau.billing.tariffs.facts import ChargeFacts, FamilyFacts, QuotientFacts
from preau.billing.tariffs.schemas import (
    PreviewIn,
    PreviewLine,
    PreviewOut,
    SampleFamily,
    TariffIn,
    TariffOut,
)
from preau.common.audit import record_change
from preau.common.errors import FieldErrors
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.seen_version import SeenVersion, refuse_if_changed
from preau.common.http.unit_of_work import Transaction
from preau.common.ids import new_id

router = APIRouter(prefix="/agent/tariffs", tags=["tarifs"])


@router.get("")
async def list_tariffs(
    agent: BillingAgent, session: Transaction, activity_id: UUID | None = None
) -> Page[TariffOut]:
    found = await repository.current(session, None if activity_id is None else [activity_id])
    return Page(items=[TariffOut.model_validate(tariff) for tariff in found])


@router.post("", status_code=201)
async def state_tariff(
    agent: BillingAgent, session: Transaction, body: TariffIn, seen: SeenVersion
) -> TariffOut:
    """State a tariff. Who saw none for that activity and day says version 0, and replaces none."""
    _refuse_faults(body.definition)
    if not await copies.lock_activity(session, body.activity_id):
        raise FieldErrors({"activity_id": "Cette activité n’existe pas."})
    version = await repository.version_of(session, body.activity_id, body.effective_from)
    if seen == 0 and version:
        raise FieldErrors({"effective_from": "Un tarif compte déjà à partir de ce jour."})
    refuse_if_changed(seen, version)
    row = await repository.add(
        session,
        {
            "tariff_id": new_id(),
            "commune_id": agent.commune_id,
            "activity_id": body.activity_id,
            "effective_from": body.effective_from,
            "definition": DEFINITION.dump_python(body.definition, mode="json", by_alias=True),
        },
    )
    stated = TariffOut.model_validate(row)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="tariff.stated",
        entity_id=row.tariff_id,
        after=stated,
    )
    return stated


@router.post("/preview")
async def preview_tariff(agent: BillingAgent, session: Transaction, body: PreviewIn) -> PreviewOut:
    """Price sample families by a definition that need not be stated yet."""
    _refuse_faults(body.definition)
    return PreviewOut(items=[_try(body.definition, sample) for sample in body.facts])


def _try(definition: BracketTariff | FlatTariff | EffortRateTariff, sample: SampleFamily) -> PreviewLine:
    children = tuple(UUID(int=rank) for rank in range(1, sample.sibling_rank + 1))
    family = FamilyFacts(
        resident=sample.resident,
        children=children,
        quotients=() if sample.quotient is None else (QuotientFacts(sample.quotient, date.min),),
    )
    charge = ChargeFacts(children[-1], UUID(int=0), date.min, sample.units)
    line = price(charge, Tariff(date.min, definition), family)
    return PreviewLine(
        **sample.model_dump(),
        unit_cents=line.unit_cents,
        amount_cents=line.amount_cents,
        explanation=line.explanation,
    )


def _refuse_faults(definition: BracketTariff | FlatTariff | EffortRateTariff) -> None:
    found = faults(definition)
    if found:
        raise FieldErrors({f"definition.{field}": message for field, message in found.items()})
