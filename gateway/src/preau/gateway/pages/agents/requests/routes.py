"""The queue of requests: read, ask, decide, with a word to the family."""

from __future__ import annotations

import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.pages import flash
from preau.gateway.pages.agents.context import AgentContext, RequestsAgent
from preau.gateway.pages.agents.requests.forms import AnswerForm
from preau.gateway.pages.agents.requests.listing import REQUESTS, TAKING_UP
from preau.gateway.pages.agents.workbench.last_change import last_change
from preau.gateway.pages.agents.workbench.pages import table_or_first
from preau.gateway.pages.agents.workbench.selection import NOTHING_CHOSEN, chosen_of, on_each
from preau.gateway.pages.agents.workbench.sheets import SheetKind, sheet_response
from preau.gateway.pages.forms import Form
from preau.gateway.pages.rendering import see_other

router = APIRouter()

OPEN = ("submitted", "in_review", "info_needed")


@router.get("/agent/demandes")
async def list_requests(agent: RequestsAgent) -> Response:
    """Requests by status, oldest first."""
    asked = REQUESTS.asked(agent.request.query_params)
    bulk = TAKING_UP if asked.filters["status"] == "submitted" else None
    categories = await agent.requests.categories()
    options = {"category_id": [(each.category_id, each.label) for each in categories.items]}
    table = await table_or_first(agent, REQUESTS, options, bulk)
    return table if isinstance(table, Response) else agent.page("requests/list", "requests", table=table)


@router.get("/agent/demandes.{kind}")
async def requests_sheet(agent: RequestsAgent, kind: SheetKind) -> Response:
    """The same requests, all of them, for a spreadsheet."""
    return await sheet_response(agent, REQUESTS, kind)


@router.post("/agent/demandes/prises-en-charge")
async def take_up_several(agent: RequestsAgent) -> Response:
    """Take up the requests ticked."""
    sent = await agent.request.form()
    chosen = chosen_of(sent)

    async def take_up(request_id: UUID) -> None:
        await agent.requests.take_up(str(request_id))

    if chosen:
        outcome = await on_each(chosen, take_up)
        flash.add(agent.request, outcome.kind, outcome.sentence(("prise en charge", "prises en charge")))
    else:
        flash.add(agent.request, "warning", NOTHING_CHOSEN)
    return see_other("/agent/demandes?status=submitted")


@router.get("/agent/demandes/{request_id}")
async def read_request(agent: RequestsAgent, request_id: UUID) -> Response:
    """A request: answers, documents, messages, history, and what accepting it changes."""
    return await _page(agent, request_id)


async def _page(agent: AgentContext, request_id: UUID, form: Form | None = None) -> Response:
    found, changed = await asyncio.gather(
        agent.requests.request(str(request_id)),
        last_change(agent, agent.requests.changes(str(request_id))),
    )
    shown = form or Form()
    return agent.page(
        "requests/record", "requests", status=shown.status, found=found, changed=changed, form=shown
    )


@router.post("/agent/demandes/{request_id}")
async def act(agent: RequestsAgent, request_id: UUID) -> Response:
    """What the pressed button says: take up, ask for more, write, accept or refuse."""
    form, stated = AnswerForm.sent(await agent.request.form())
    if stated is None:
        return await _page(agent, request_id, form)
    with form.refusing({"text": "message"}.get):
        done = await _acted(agent, str(request_id), stated)
        flash.add(agent.request, "success", done)
        return see_other(f"/agent/demandes/{request_id}")
    return await _page(agent, request_id, form)


async def _acted(agent: AgentContext, request_id: str, stated: AnswerForm) -> str:
    """Do what the button says; what then is to be told."""
    match stated.action:
        case "review":
            await agent.requests.take_up(request_id)
            return "Vous avez pris la demande en charge."
        case "info-request":
            await agent.requests.ask_family(request_id, stated.message)
            return "La famille est invitée à compléter sa demande."
        case "message":
            await agent.requests.write(request_id, stated.message)
            return "Le message est envoyé."
        case "accepted" | "refused":
            await agent.requests.decide(request_id, stated.decision())
            return "La demande est acceptée." if stated.action == "accepted" else "La demande est refusée."


@router.get("/agent/pieces/{document_id}")
async def download(agent: RequestsAgent, document_id: UUID) -> Response:
    """A document of a request, as a download."""
    file = await agent.requests.document(str(document_id))
    disposition = file.disposition if file.disposition.startswith("attachment") else "attachment"
    return Response(file.body, media_type=file.media_type, headers={"Content-Disposition": disposition})
