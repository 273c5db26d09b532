"""The queue of requests: read, ask, decide, with a word to the family."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from preau.gateway.proxy.problems import UpstreamProblem
from preau.gateway.web import flash
from preau.gateway.web.agents.office import Office, Requests
from preau.gateway.web.forms import REFUSED, Form
from preau.gateway.web.rendering import see_other
from preau.gateway.web.typed import whole_number

router = APIRouter()

OPEN = ("submitted", "in_review", "info_needed")


@router.get("/agent/demandes")
async def list_requests(office: Requests, status: str = "", cursor: str = "") -> Response:
    """Requests by status, oldest first."""
    try:
        found = await office.get("requests", "/requests", status=status, cursor=cursor)
    except UpstreamProblem as problem:
        if problem.status != 422:
            raise
        return see_other("/agent/demandes")
    return office.page(
        "requests/list",
        "requests",
        found=found,
        form=Form({"status": status}),
        next_url=office.next_url(found),
    )


@router.get("/agent/demandes/{request_id}")
async def read_request(office: Requests, request_id: UUID) -> Response:
    """A request: answers, documents, messages, history, and what accepting it changes."""
    return await _page(office, request_id)


async def _page(office: Office, request_id: UUID, form: Form | None = None) -> Response:
    found: dict[str, Any] = await office.get("requests", f"/requests/{request_id}")
    return office.page(
        "requests/record", "requests", status=422 if form else 200, found=found, form=form or Form()
    )


@router.post("/agent/demandes/{request_id}")
async def act(office: Requests, request_id: UUID) -> Response:
    """What the pressed button says: take up, ask for more, write, accept or refuse."""
    form = Form.sent(await office.request.form())
    action, message = form.value("action"), form.value("message")
    if action in {"info-request", "message"} and not message:
        form.errors["message"] = "Écrivez ce que la famille doit savoir."
    if action == "refused" and not message:
        form.errors["message"] = "Un refus s’explique : indiquez pourquoi."
    if not form.is_valid:
        return await _page(office, request_id, form)
    path = f"/requests/{request_id}"
    try:
        match action:
            case "review":
                await office.post("requests", f"{path}/review")
                told = "Vous avez pris la demande en charge."
            case "info-request":
                await office.post("requests", f"{path}/info-request", {"message": message})
                told = "La famille est invitée à compléter sa demande."
            case "message":
                await office.post("requests", f"{path}/messages", {"text": message})
                told = "Le message est envoyé."
            case "accepted" | "refused":
                body: dict[str, Any] = {"decision": action, "message": message}
                seen_version = whole_number(form.value("seen_version"))
                if seen_version is not None:
                    body["seen_version"] = seen_version
                await office.post("requests", f"{path}/decision", body)
                told = "La demande est acceptée." if action == "accepted" else "La demande est refusée."
            case _:
                return see_other(f"/agent/demandes/{request_id}")
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.refuse(problem, {"text": "message"})
        return await _page(office, request_id, form)
    flash.tell(office.request, "success", told)
    return see_other(f"/agent/demandes/{request_id}")


@router.get("/agent/pieces/{document_id}")
async def download(office: Requests, document_id: UUID) -> Response:
    """A document of a request, as a download."""
    file = await office.client.download("requests", f"/agent/documents/{document_id}", office.session)
    disposition = file.disposition if file.disposition.startswith("attachment") else "attachment"
    return Response(file.body, media_type=file.media_type, headers={"Content-Disposition": disposition})
