"""Requests as they are answered: rows put together, children by name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from preau.requests.categories.forms import Form
from preau.requests.copies.repository import find_families, find_family
from preau.requests.copies.tables import FamilyCopy
from preau.requests.documents.repository import attached as attached_documents
from preau.requests.messages.repository import messages_of
from preau.requests.messages.schemas import MessageOut
from preau.requests.requests import repository
from preau.requests.requests.lifecycle import EDITABLE, REQUEST, RequestStatus, acts_of_agent
from preau.requests.requests.schemas import (
    AgentRequestDetail,
    AgentRequestSummary,
    AnswerLine,
    AttachedDocument,
    RequestDetail,
    RequestSummary,
    Step,
)
from preau.requests.requests.tables import Request
from preau.requests.requests.transitions import effect_of
from preau.wording import statuses

UNKNOWN_FAMILY = "Famille"


def summary(request: Request) -> RequestSummary:
    """A request in a family's list."""
    return RequestSummary.model_validate(_facts(request))


async def agent_summaries(session: AsyncSession, requests: Sequence[Request]) -> list[AgentRequestSummary]:
    """Requests in the agents' queue, with the families' labels."""
    families = await find_families(session, {request.family_id for request in requests})
    return [
        AgentRequestSummary.model_validate(
            _facts(request) | _family_facts(request, families.get(request.family_id))
        )
        for request in requests
    ]


async def detail(session: AsyncSession, request: Request) -> RequestDetail:
    """A request as its family reads it."""
    family = await find_family(session, request.family_id)
    return RequestDetail.model_validate(await _whole(session, request, family))


async def agent_detail(session: AsyncSession, request: Request) -> AgentRequestDetail:
    """A request as an agent reads it."""
    family = await find_family(session, request.family_id)
    status = RequestStatus(request.status)
    return AgentRequestDetail.model_validate(
        await _whole(session, request, family)
        | _family_facts(request, family)
        | {
            "effect": effect_of(request),
            "may_decide": acts_of_agent(status, "accept") is not None,
            "may_ask": acts_of_agent(status, "ask") is not None,
        }
    )


def _facts(request: Request) -> dict[str, Any]:
    columns = {column.key: getattr(request, column.key) for column in Request.__table__.columns}
    return columns | {"status_label": statuses.REQUEST[request.status]}


def _family_facts(request: Request, family: FamilyCopy | None) -> dict[str, Any]:
    return {"family_id": request.family_id, "family_label": family.label if family else UNKNOWN_FAMILY}


async def _whole(session: AsyncSession, request: Request, family: FamilyCopy | None) -> dict[str, Any]:
    status = RequestStatus(request.status)
    steps = await repository.history_of(session, request.request_id)
    written = await messages_of(session, request.request_id)
    return _facts(request) | {
        "answer_lines": _answer_lines(request, family),
        "documents": await _documents(session, request),
        "history": [Step.model_validate(step) for step in steps],
        "messages": [MessageOut.model_validate(message) for message in written],
        "may_edit": status in EDITABLE,
        "may_submit": status in EDITABLE,
        "may_withdraw": REQUEST.may(status, "withdraw"),
    }


def _answer_lines(request: Request, family: FamilyCopy | None) -> list[AnswerLine]:
    children = {
        UUID(child["child_id"]): f"{child['first_name']} {child['last_name']}"
        for child in (family.children if family else ())
    }
    lines: list[AnswerLine] = []
    for field in Form.model_validate(request.form).fields:
        value = request.answers.get(field.name)
        if value is None:
            continue
        text = children.get(UUID(value), "Enfant") if field.kind == "child" else value
        lines.append(AnswerLine(name=field.name, label=field.label, kind=field.kind, value=value, text=text))
    return lines


async def _documents(session: AsyncSession, request: Request) -> list[AttachedDocument]:
    labels = {document["code"]: document["label"] for document in request.required_documents}
    attached = await attached_documents(session, request.request_id)
    return [
        AttachedDocument(
            code=code,
            label=labels.get(code, "Autre pièce"),
            document_id=document.document_id,
            kind=document.kind,
            filename=document.filename,
            media_type=document.media_type,
            size=document.size,
            sha256=document.sha256,
            uploaded_at=document.uploaded_at,
        )
        for code, document in attached.items()
    ]
