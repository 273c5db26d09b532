"""Agents state tariffs and try them on acts of their choice."""

from uuid import UUID

from fastapi import APIRouter

from preau.billing.copies import repository as copies
from preau.billing.tariffs import repository
from preau.billing.tariffs.definition import stored
from preau.billing.tariffs.domain import tariff_on
from preau.billing.tariffs.faults import refuse_faults
from preau.billing.tariffs.quoting import NO_TARIFF, quoted
from preau.billing.tariffs.schemas import TariffIn, TariffOut, TariffQuoteIn, TariffQuoteOut
from preau.billing.tariffs.service import publish
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
    refuse_faults(body.definition)
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
            "definition": stored(body.definition),
        },
    )
    await publish(session, agent.commune_id, body.activity_id)
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


@router.post("/quote")
async def quote_tariff(agent: BillingAgent, session: Transaction, body: TariffQuoteIn) -> TariffQuoteOut:
    """Price acts by a draft that need not be stated yet, or by an activity's tariffs as they are stored."""
    if (body.definition is None) == (body.activity_id is None):
        raise FieldErrors({"definition": "Donnez un tarif à essayer ou une prestation, pas les deux."})
    if body.definition is not None:
        refuse_faults(body.definition)
        return TariffQuoteOut(items=[quoted(body.definition, facts) for facts in body.facts])
    undated = [at for at, facts in enumerate(body.facts) if facts.date is None]
    if undated:
        raise FieldErrors({f"facts.{at}.date": "Indiquez le jour de la prestation." for at in undated})
    stored_tariffs = await repository.price_list(session, [body.activity_id] if body.activity_id else [])
    stated = stored_tariffs.tariffs.get(body.activity_id, ()) if body.activity_id else ()
    on_days = [(tariff_on(stated, facts.date) if facts.date else None, facts) for facts in body.facts]
    return TariffQuoteOut(
        items=[quoted(tariff.definition, facts) if tariff else NO_TARIFF for tariff, facts in on_days]
    )
