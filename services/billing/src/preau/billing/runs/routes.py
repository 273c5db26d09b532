"""Agents run month-end billing: begin, look, issue or discard."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.invoices import listing_repository
from preau.billing.invoices.schemas import DraftOut
from preau.billing.invoices.tables import Invoice
from preau.billing.runs import listing_repository as runs_listing
from preau.billing.runs import repository, service
from preau.billing.runs.lifecycle import Status
from preau.billing.runs.listing_repository import RUNS
from preau.billing.runs.schemas import MONTH, AnomalyOut, RunDetail, RunIn, RunOut
from preau.billing.settings import BillingSettings
from preau.common.audit import record_change
from preau.common.db.keyset import PageRequest
from preau.common.errors import NotFound
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import AgentCaller, BillingAgent
from preau.common.http.unit_of_work import Transaction

router = APIRouter(prefix="/agent/runs", tags=["facturation"])


@router.post("", status_code=202)
async def begin_run(agent: BillingAgent, session: Transaction, request: Request, body: RunIn) -> RunOut:
    """Begin a run; workers compute it, and it is a preview until it is issued."""
    settings: BillingSettings = request.app.state.settings
    run = await service.begin(
        session,
        commune_id=agent.commune_id,
        regie_id=body.regie_id,
        period=body.period,
        kind=body.kind,
        size=settings.chunk_families,
        lease=settings.chunk_lease,
    )
    begun = RunOut.model_validate(run)
    await _record(session, agent, "run.begun", begun)
    return begun


@router.get("")
async def list_runs(
    agent: BillingAgent,
    session: Transaction,
    asked: Annotated[PageRequest, Depends(RUNS.request)],
    regie_id: UUID | None = None,
    status: Status | None = None,
    period: Annotated[str | None, Query(pattern=MONTH)] = None,
) -> Page[RunOut]:
    """The runs of the commune, the newest first unless asked otherwise."""
    page, next_cursor = await runs_listing.listed(
        session, asked, regie_id=regie_id, status=status, period=period
    )
    return Page(items=[RunOut.model_validate(run) for run in page], next_cursor=next_cursor)


@router.get("/{run_id}")
async def read_run(agent: BillingAgent, session: Transaction, run_id: UUID) -> RunDetail:
    run = await repository.run(session, run_id)
    if run is None:
        raise NotFound("Cette facturation n’existe pas.")
    return RunDetail(
        **RunOut.model_validate(run).model_dump(),
        anomalies=[
            AnomalyOut(
                family_id=anomaly.family_id, family_label=label, kind=anomaly.kind, message=anomaly.message
            )
            for anomaly, label in await repository.anomalies(session, run_id)
        ],
    )


@router.get("/{run_id}/invoices")
async def list_invoices_of_run(
    agent: BillingAgent, session: Transaction, run_id: UUID, after: AfterId, limit: Limit = 100
) -> Page[DraftOut]:
    if await repository.run(session, run_id) is None:
        raise NotFound("Cette facturation n’existe pas.")
    rows = await listing_repository.of_run(session, run_id, after=after, limit=limit + 1)
    page, next_cursor = page_of(rows, limit, lambda invoice: [invoice.invoice_id])
    return Page(items=[_draft(invoice) for invoice in page], next_cursor=next_cursor)


@router.post("/{run_id}/issue", response_model=RunOut)
async def issue_run(agent: BillingAgent, session: Transaction, run_id: UUID, key: IdempotencyKey) -> Response:
    """Number the invoices and publish them: there is no way back but credit notes.

    409 `drafts-stale` while charges changed since the run was computed.
    """

    async def produce() -> RunOut:
        issued = RunOut.model_validate(await service.issue(session, run_id))
        await _record(session, agent, "run.issued", issued)
        return issued

    return await key.once(session, agent.agent_id, None, produce, status_code=200)


@router.post("/{run_id}/recompute", status_code=202)
async def recompute_run(agent: BillingAgent, session: Transaction, request: Request, run_id: UUID) -> RunOut:
    """Make the drafts again whose charges changed since; the run is as it was if none did."""
    settings: BillingSettings = request.app.state.settings
    run = RunOut.model_validate(await service.recompute(session, run_id, lease=settings.chunk_lease))
    await _record(session, agent, "run.recomputed", run)
    return run


@router.post("/{run_id}/discard")
async def discard_run(agent: BillingAgent, session: Transaction, run_id: UUID) -> RunOut:
    """Throw the preview away."""
    discarded = RunOut.model_validate(await service.discard(session, run_id))
    await _record(session, agent, "run.discarded", discarded)
    return discarded


def _draft(invoice: Invoice) -> DraftOut:
    return DraftOut.model_validate(vars(invoice) | {"family_label": invoice.addressee["label"]})


async def _record(session: AsyncSession, agent: AgentCaller, action: str, run: RunOut) -> None:
    await record_change(
        session,
        commune_id=agent.commune_id,
        agent_id=agent.agent_id,
        action=action,
        entity_id=run.run_id,
        after=run,
    )
