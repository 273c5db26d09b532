"""Agents run month-end billing: begin, look, issue or discard."""

from collections.abc import AsyncIterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.sse import EventSourceResponse
from sqlalchemy.ext.asyncio import AsyncSession

from preau.billing.copies.calendar import today
from preau.billing.invoices import listing_repository
from preau.billing.invoices.schemas import DraftOut
from preau.billing.invoices.tables import Invoice
from preau.billing.runs import listing_repository as runs_listing
from preau.billing.runs import (
    progress,
    repository,
    review_repository,
    service,
    set_aside,
    set_aside_repository,
)
from preau.billing.runs.issuing import carry_repository, stage_repository
from preau.billing.runs.lifecycle import ISSUING, Status
from preau.billing.runs.listing_repository import RUNS
from preau.billing.runs.schemas import (
    MONTH,
    ActivityDifferenceOut,
    AnomalyOut,
    FamilyDifferenceOut,
    LackingOut,
    RunDetail,
    RunIn,
    RunOut,
    RunReview,
    SetAsideIn,
    SetAsideOut,
    UnmarkedDayOut,
)
from preau.billing.settings import BillingSettings
from preau.common.audit import record_change
from preau.common.db.database import hot
from preau.common.db.keyset import PageRequest
from preau.common.errors import NotFound
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import AfterId, Limit, Page, page_of
from preau.common.http.permissions import AgentCaller, BillingAgent
from preau.common.http.unit_of_work import Transaction, Work

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
        carries=body.carries,
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
    status: Annotated[list[Status] | None, Query()] = None,
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
    lacking = await runs_listing.lacking(session, run, "issue" if run.status in ISSUING else "compute")
    left = await stage_repository.left(session, run_id)
    to_carry = await carry_repository.to_carry(hot(session), run)
    aside = await set_aside_repository.all_set_aside(session, run_id)
    return RunDetail(
        **RunOut.model_validate(run).model_dump(),
        anomalies=[
            AnomalyOut(
                family_id=anomaly.family_id,
                family_label=label,
                kind=anomaly.kind,
                message=anomaly.message,
                invoice_id=invoice_id,
            )
            for anomaly, label, invoice_id in await runs_listing.anomalies(session, run_id)
        ],
        set_aside=[SetAsideOut.model_validate(each) for each in aside],
        lacking=[LackingOut.model_validate(each) for each in lacking],
        left_to_issue=left.drafts,
        avoirs_to_issue=left.in_favour,
        to_carry=to_carry.drafts,
        to_carry_cents=to_carry.cents,
        left_carried=await carry_repository.left_alone(hot(session), run),
    )


async def _known(agent: BillingAgent, session: Transaction, run_id: UUID) -> UUID:
    if await repository.run(session, run_id) is None:
        raise NotFound("Cette facturation n’existe pas.")
    return run_id


@router.get("/{run_id}/progress", response_class=EventSourceResponse)
async def follow_run(
    agent: BillingAgent, work: Work, run_id: Annotated[UUID, Depends(_known)]
) -> AsyncIterable[RunOut]:
    """The run each time it has got on, as server-sent events, until it no longer moves; 20 s at most."""
    async for run in progress.follow(work, run_id):
        yield RunOut.model_validate(run)


@router.get("/{run_id}/review")
async def review_run(agent: BillingAgent, session: Transaction, run_id: UUID) -> RunReview:
    """What differs from the month before by family and activity, and the days whose roll is not done."""
    run = await repository.run(session, run_id)
    if run is None:
        raise NotFound("Cette facturation n’existe pas.")
    await repository.extend_timeouts(session)
    families, activities = await review_repository.differences(hot(session), run)
    unmarked = await review_repository.unmarked(hot(session), run, await today(session, agent.commune_id))
    return RunReview(
        families=[FamilyDifferenceOut.model_validate(each) for each in families],
        activities=[ActivityDifferenceOut.model_validate(each) for each in activities],
        unmarked=[UnmarkedDayOut.model_validate(each) for each in unmarked],
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
async def issue_run(
    agent: BillingAgent, session: Transaction, request: Request, run_id: UUID, key: IdempotencyKey
) -> Response:
    """Have workers number the invoices and publish them: there is no way back but credit notes.

    409 `drafts-stale` while charges changed since the run was computed. What changes while they are at it is
    not issued: the run is computed again, with what is left.
    """
    settings: BillingSettings = request.app.state.settings

    async def produce() -> RunOut:
        issuing = RunOut.model_validate(await service.issue(session, run_id, lease=settings.chunk_lease))
        await _record(session, agent, "run.issued", issuing)
        return issuing

    return await key.once(session, agent.agent_id, None, produce, status_code=202)


@router.post("/{run_id}/pause")
async def pause_run(agent: BillingAgent, session: Transaction, run_id: UUID) -> RunOut:
    """Have workers stop computing or issuing; what is done stays done."""
    paused = RunOut.model_validate(await service.pause(session, run_id))
    await _record(session, agent, "run.paused", paused)
    return paused


@router.post("/{run_id}/resume", status_code=202)
async def resume_run(agent: BillingAgent, session: Transaction, request: Request, run_id: UUID) -> RunOut:
    """Have workers go on where they stopped."""
    settings: BillingSettings = request.app.state.settings
    resumed = RunOut.model_validate(await service.resume(session, run_id, lease=settings.chunk_lease))
    await _record(session, agent, "run.resumed", resumed)
    return resumed


@router.post("/{run_id}/recompute", status_code=202)
async def recompute_run(agent: BillingAgent, session: Transaction, request: Request, run_id: UUID) -> RunOut:
    """Make the drafts again whose charges changed since, and those of families that came; else nothing."""
    settings: BillingSettings = request.app.state.settings
    recomputed = await service.recompute(
        session, run_id, size=settings.chunk_families, lease=settings.chunk_lease
    )
    run = RunOut.model_validate(recomputed)
    if run.status == "computing":
        await _record(session, agent, "run.recomputed", run)
    return run


@router.get("/{run_id}/families/{family_id}")
async def read_family_of_run(
    agent: BillingAgent, session: Transaction, run_id: UUID, family_id: UUID
) -> SetAsideOut:
    """A family of a run, and why it is kept out: an empty reason if it is not."""
    family = await set_aside_repository.family(session, run_id, family_id)
    if family is None:
        raise NotFound("Cette famille n’est pas de cette facturation.")
    return SetAsideOut.model_validate(family)


@router.put("/{run_id}/families/{family_id}/set-aside")
async def set_family_aside(
    agent: BillingAgent, session: Transaction, run_id: UUID, family_id: UUID, body: SetAsideIn
) -> RunOut:
    """Keep a family out of the run: its charges stay open for a complement."""
    changed = await set_aside.set_aside(session, run_id, family_id, reason=body.reason)
    run = RunOut.model_validate(changed)
    await _record(session, agent, "run.family_set_aside", run)
    return run


@router.delete("/{run_id}/families/{family_id}/set-aside", status_code=202)
async def bring_family_back(
    agent: BillingAgent, session: Transaction, request: Request, run_id: UUID, family_id: UUID
) -> RunOut:
    """Take a family up again: its chunk is computed anew."""
    settings: BillingSettings = request.app.state.settings
    changed = await set_aside.bring_back(session, run_id, family_id, lease=settings.chunk_lease)
    run = RunOut.model_validate(changed)
    await _record(session, agent, "run.family_brought_back", run)
    return run


@router.post("/{run_id}/discard")
async def discard_run(agent: BillingAgent, session: Transaction, run_id: UUID) -> RunOut:
    """Throw the preview away, or what is left to issue of a run that was stopped."""
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
