"""Agents have many invoices printed into one file, follow it and fetch it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from obstore.store import ObjectStore
from starlette.responses import Response

from preau.billing.copies.calendar import today
from preau.billing.prints import repository, service
from preau.billing.prints.repository import PRINTS
from preau.billing.prints.schemas import Period, PrintCountsOut, PrintIn, PrintOut
from preau.billing.prints.tables import PrintJob
from preau.common.audit import record_change
from preau.common.db.keyset import PageRequest
from preau.common.errors import Conflict, NotFound
from preau.common.http.idempotency import IdempotencyKey
from preau.common.http.pages import Page
from preau.common.http.permissions import BillingAgent
from preau.common.http.unit_of_work import Transaction
from preau.common.objects import ObjectMissing, open_object

router = APIRouter(prefix="/agent/prints", tags=["factures"])


NAMES = {"invoices": "factures", "reminders": "relances"}


class PrintNotReady(Conflict):
    """The file is not there yet, or never will be."""

    type, title = "print-not-ready", "Fichier pas prêt"


async def _store(request: Request) -> ObjectStore:
    return request.app.state.prints


Store = Annotated[ObjectStore, Depends(_store)]


@router.get("")
async def list_prints(
    agent: BillingAgent, session: Transaction, asked: Annotated[PageRequest, Depends(PRINTS.request)]
) -> Page[PrintOut]:
    """The prints of the last thirty days, the newest first."""
    found, next_cursor = await repository.listed(session, asked)
    return Page(items=[_out(each) for each in found], next_cursor=next_cursor)


@router.post("", status_code=202, response_model=PrintOut)
async def begin_print(
    agent: BillingAgent, session: Transaction, key: IdempotencyKey, body: PrintIn
) -> Response:
    """Have invoices or letters printed into one file. 409 `nothing-to-print`, `too-many-to-print`."""

    async def produce() -> PrintOut:
        made = _out(await service.begin(session, agent.commune_id, body))
        await record_change(
            session,
            commune_id=agent.commune_id,
            agent_id=agent.agent_id,
            action="print.begun",
            entity_id=made.print_id,
            after=made,
        )
        return made

    return await key.once(session, agent.agent_id, body, produce, status_code=202)


@router.get("/counts")
async def count_invoices(
    agent: BillingAgent, session: Transaction, run_id: UUID | None = None, period: Period | None = None
) -> PrintCountsOut:
    """How many invoices of a run or a month go on paper, and by mail."""
    asked = PrintIn(run_id=run_id, period=period)
    found = await repository.counted(session, asked, await today(session, agent.commune_id))
    return PrintCountsOut(paper=found.get("paper", 0), mail=found.get("mail", 0))


@router.get("/{print_id}")
async def read_print(agent: BillingAgent, session: Transaction, print_id: UUID) -> PrintOut:
    """How far a print is."""
    return _out(await _found(session, print_id))


@router.get(
    "/{print_id}/pdf",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def read_print_pdf(
    agent: BillingAgent, session: Transaction, store: Store, print_id: UUID
) -> StreamingResponse:
    """The file. 409 `print-not-ready` as long as it is rendered."""
    job = await _found(session, print_id)
    if job.object_key is None:
        raise PrintNotReady("Ce fichier n’est pas encore prêt.")
    try:
        pieces = await open_object(store, job.object_key)
    except ObjectMissing as error:
        raise PrintNotReady("Ce fichier n’est plus là : demandez une nouvelle impression.") from error
    name = NAMES[job.about.get("document", "invoices")]
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{job.created_at:%Y-%m-%d}.pdf"',
        "Content-Length": str(job.size),
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(pieces, media_type="application/pdf", headers=headers)


async def _found(session: Transaction, print_id: UUID) -> PrintJob:
    job = await repository.find(session, print_id)
    if job is None:
        raise NotFound("Cette impression n’existe pas.")
    return job


def _out(job: PrintJob) -> PrintOut:
    rendered = min(job.chunks_done * service.AT_ONCE, job.invoices)
    return PrintOut.model_validate(vars(job) | {"rendered": rendered})
