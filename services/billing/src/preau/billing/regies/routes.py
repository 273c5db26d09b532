"""Agents configure the régies."""

from uuid import UUID

from fastapi import APIRouter

from preau.billing.regies import repository
from preau.billing.regies.reminding import faults
from preau.billing.regies.schemas import RegieIn, RegieOut, RegiePatch
from preau.common.audit import record_change
from preau.common.errors import FieldErrors, NotFound
from preau.common.http.pages import Page
from preau.common.http.permissions import AnyAgent, BillingAgent
from preau.common.http.seen_version import SeenVersion, refuse_if_changed
from preau.common.http.unit_of_work import Transaction
from preau.common.ids import new_id

router = APIRouter(prefix="/agent/regies", tags=["régies"])


@router.get("")
async def list_regies(agent: AnyAgent, session: Transaction) -> Page[RegieOut]:
    found = await repository.regies(session)
    return Page(items=[RegieOut.model_validate(regie) for regie in found])


@router.get("/{regie_id}")
async def read_regie(agent: AnyAgent, session: Transaction, regie_id: UUID) -> RegieOut:
    regie = await repository.regie(session, regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    return RegieOut.model_validate(regie)


@router.post("", status_code=201)
async def add_regie(agent: BillingAgent, session: Transaction, body: RegieIn) -> RegieOut:
    values = body.model_dump() | {"regie_id": new_id(), "commune_id": agent.commune_id}
    regie = await repository.add(session, values)
    if regie is None:
        code, prefix = await repository.taken(session, code=body.code, series_prefix=body.series_prefix)
        raise FieldErrors(
            ({"code": "Une régie porte déjà ce code."} if code else {})
            | ({"series_prefix": "Une régie porte déjà ce préfixe."} if prefix else {})
        )
    added = RegieOut.model_validate(regie)
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="regie.added",
        entity_id=regie.regie_id,
        after=added,
    )
    return added


@router.patch("/{regie_id}")
async def change_regie(
    agent: BillingAgent, session: Transaction, regie_id: UUID, body: RegiePatch, seen: SeenVersion
) -> RegieOut:
    regie = await repository.lock(session, regie_id)
    if regie is None:
        raise NotFound("Cette régie n’existe pas.")
    refuse_if_changed(seen, regie.version)
    if body.reminders is not None and (wrong := faults(body.reminders)):
        raise FieldErrors({f"reminders.{name}": message for name, message in wrong.items()})
    before = RegieOut.model_validate(regie)
    values = body.stated()
    if not values:
        return before
    after = RegieOut.model_validate(await repository.change(session, regie_id, values))
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action="regie.changed",
        entity_id=regie_id,
        before=before,
        after=after,
    )
    return after
