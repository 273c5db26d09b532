"""Use cases of families: start a request, complete it, send it, take it back, write about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from preau.common.db.clock import database_now
from preau.common.errors import NotFound
from preau.common.http.permissions import FamilyCaller
from preau.common.ids import new_id
from preau.requests.categories.forms import Form, tidy
from preau.requests.categories.repository import find_category
from preau.requests.categories.schemas import RequiredDocument
from preau.requests.categories.tables import Category
from preau.requests.copies.repository import time_zone_of
from preau.requests.documents.repository import attach, attached
from preau.requests.messages.actors import family_actor
from preau.requests.messages.repository import add_message
from preau.requests.messages.tables import Message
from preau.requests.requests import repository, transitions
from preau.requests.requests.checks import check_family, check_fields
from preau.requests.requests.errors import CategoryClosed, WrongStatus
from preau.requests.requests.lifecycle import EDITABLE, REQUEST, RequestStatus
from preau.requests.requests.schemas import RequestChange, RequestIn
from preau.requests.requests.tables import Request


async def start(session: AsyncSession, family: FamilyCaller, body: RequestIn) -> Request:
    """Make a request, a draft or sent at once.

    Raises:
        NotFound: no such category, or a child or document of somebody else.
        CategoryClosed, FieldErrors, FamilyNotYetKnown
    """
    category = await find_category(session, body.category_id)
    if category is None:
        raise NotFound("Cette thématique n’existe pas.")
    if not category.is_open:
        raise CategoryClosed(category.label)
    answers = tidy(body.answers)
    await _check(session, family.family_id, category, answers, body.documents, complete=body.submit)
    now = await database_now(session)
    request = Request(
        request_id=new_id(),
        commune_id=family.commune_id,
        family_id=family.family_id,
        account_id=family.account_id,
        **_as_the_category_stands(category),
        reference=await _next_reference(session, family.commune_id, now),
        status=RequestStatus.DRAFT,
        answers=answers,
        created_at=now,
        version=1,
    )
    await repository.add_request(session, request)
    await attach(session, request.commune_id, request.request_id, body.documents)
    actor = await family_actor(session, family)
    repository.record_step(session, request, None, actor, now)
    if body.submit:
        await transitions.move(session, request, "submit", actor, now)
    return request


async def change(
    session: AsyncSession, family: FamilyCaller, request_id: UUID, body: RequestChange
) -> Request:
    """Change the answers or documents of a draft, or of a request that waits for them.

    What was sent stays whole: only a draft may lack something.
    """
    request = await own_request(session, family.family_id, request_id)
    current = RequestStatus(request.status)
    if current not in EDITABLE:
        raise WrongStatus(current)
    answers = tidy(body.answers) if body.answers is not None else request.answers
    documents = body.documents if body.documents is not None else await _documents(session, request_id)
    sent = current is not RequestStatus.DRAFT
    await _check(session, family.family_id, request, answers, documents, complete=sent)
    await repository.change(session, request, {"answers": answers})
    await attach(session, request.commune_id, request_id, documents)
    return request


async def submit(session: AsyncSession, family: FamilyCaller, request_id: UUID) -> Request:
    """Send a draft by the category's present form, or give a completed request back to the agents."""
    request = await own_request(session, family.family_id, request_id)
    current = RequestStatus(request.status)
    if current not in EDITABLE:
        raise WrongStatus(current)
    documents = await _documents(session, request_id)
    now = await database_now(session)
    actor = await family_actor(session, family)
    if REQUEST.may(current, "answer"):
        await _check(session, family.family_id, request, request.answers, documents, complete=True)
        await transitions.move(session, request, "answer", actor, now)
        return request
    category = await find_category(session, request.category_id)
    if category is None or not category.is_open:
        raise CategoryClosed(request.category_label)
    await _check(session, family.family_id, category, request.answers, documents, complete=True)
    await repository.change(session, request, _as_the_category_stands(category))
    await transitions.move(session, request, "submit", actor, now)
    return request


async def withdraw(session: AsyncSession, family: FamilyCaller, request_id: UUID) -> Request:
    """Take back a request that nobody has taken up yet."""
    request = await own_request(session, family.family_id, request_id)
    current = RequestStatus(request.status)
    if not REQUEST.may(current, "withdraw"):
        raise WrongStatus(current)
    now = await database_now(session)
    await transitions.move(session, request, "withdraw", await family_actor(session, family), now)
    return request


async def write(session: AsyncSession, family: FamilyCaller, request_id: UUID, text: str) -> Message:
    """Write to the commune; an answer to its question puts the request back into the agents' hands."""
    request = await own_request(session, family.family_id, request_id)
    current = RequestStatus(request.status)
    if current in REQUEST.ended or current is RequestStatus.DRAFT:
        raise WrongStatus(current)
    now = await database_now(session)
    actor = await family_actor(session, family)
    if REQUEST.may(current, "answer"):
        await transitions.move(session, request, "answer", actor, now)
    return await add_message(session, request.commune_id, request_id, actor, text, now)


async def own_request(session: AsyncSession, family_id: UUID, request_id: UUID) -> Request:
    """A request of the family; another family's does not exist for it."""
    request = await repository.find_of_family(session, family_id, request_id)
    if request is None:
        raise NotFound("Cette demande n’existe pas.")
    return request


async def _check(
    session: AsyncSession,
    family_id: UUID,
    source: Category | Request,
    answers: Mapping[str, str],
    documents: Mapping[str, UUID],
    *,
    complete: bool,
) -> None:
    form = Form.model_validate(source.form)
    required = tuple(RequiredDocument.model_validate(document) for document in source.required_documents)
    check_fields(form, required, answers, documents, complete=complete)
    await check_family(session, family_id, form, answers, documents)


async def _next_reference(session: AsyncSession, commune_id: UUID, now: datetime) -> str:
    """Such as D-2026-000123: the commune's year by its own clock on the wall."""
    year = now.astimezone(ZoneInfo(await time_zone_of(session, commune_id))).year
    return f"D-{year}-{await repository.next_number(session, commune_id, year):06d}"


async def _documents(session: AsyncSession, request_id: UUID) -> dict[str, UUID]:
    found = await attached(session, request_id)
    return {code: document.document_id for code, document in found.items()}


def _as_the_category_stands(category: Category) -> dict[str, Any]:
    """What a request keeps of its category, so that a later change of it does not reach a request sent."""
    return {
        "category_id": category.category_id,
        "category_code": category.code,
        "category_label": category.label,
        "form": category.form,
        "required_documents": category.required_documents,
        "effect": category.effect,
    }
