"""Mes demandes: the list, a new one, its history, messages and documents."""

from __future__ import annotations

import asyncio
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages import flash
from preau.gateway.pages.errors import error_page
from preau.gateway.pages.form_fields import Needed
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import Form
from preau.gateway.pages.parents.context import FamilyParent, ParentContext
from preau.gateway.pages.parents.labels import REQUEST
from preau.gateway.pages.parents.requests import filing
from preau.gateway.pages.parents.requests.filing import Category
from preau.gateway.pages.rendering import see_other

router = APIRouter()

FORM_PAGE = "parents/requests/form.html"


class MessageForm(FormModel):
    """A message to the commune."""

    text: Annotated[str, Needed("Écrivez votre message.")]


@router.get("/demandes")
async def list_page(parent: FamilyParent) -> Response:
    """The family's requests, newest first."""
    answer = await parent.requests.requests()
    return parent.page("parents/requests/list.html", {"requests": answer.items, "tones": REQUEST})


@router.get("/demandes/nouvelle")
async def choose_page(parent: FamilyParent) -> Response:
    """What may be asked for."""
    answer = await parent.requests.categories()
    return parent.page("parents/requests/choose.html", {"categories": answer.items})


async def _form_page(
    parent: ParentContext,
    category: Category,
    form: Form,
    *,
    request_id: UUID | None = None,
    status: int = 200,
) -> Response:
    record, documents = await asyncio.gather(parent.record(), parent.requests.documents())
    fields, wanted = category.form.fields, filing.wanted_documents(category)
    labels = {f"{filing.ANSWER}{each.name}": each.label for each in fields}
    labels |= {f"{filing.FILE}{each.code}": each.label for each in wanted}
    context = {
        "category": category,
        "wanted": wanted,
        "given": documents.items,
        "children": record.children,
        "form": form,
        "labels": labels,
        "request_id": request_id,
        "key": form.value("cle") or str(uuid4()),
    }
    return parent.page(FORM_PAGE, context, status=status)


async def _category(parent: ParentContext, category_id: UUID) -> Category | None:
    found = (await parent.requests.categories()).items
    return next((Category.of(each) for each in found if each.category_id == str(category_id)), None)


@router.get("/demandes/nouvelle/{category_id}")
async def new_page(request: Request, parent: FamilyParent, category_id: UUID) -> Response:
    """The category's form."""
    category = await _category(parent, category_id)
    return await _form_page(parent, category, Form()) if category else error_page(request, 404)


@router.post("/demandes/nouvelle/{category_id}")
async def file_request(request: Request, parent: FamilyParent, category_id: UUID) -> Response:
    """Send the request."""
    category = await _category(parent, category_id)
    if category is None:
        return error_page(request, 404)
    data = await request.form()
    form, answers = filing.answers_of(category, data)
    documents = await filing.documents_of(parent, category, data, form)
    if form.is_valid:
        body = {"category_id": str(category_id), "answers": answers, "documents": documents, "submit": True}
        try:
            filed = await parent.requests.file(body, key=form.value("cle") or str(uuid4()))
            flash.add(request, "success", f"Votre demande {filed.reference} est envoyée.")
            return see_other(f"/demandes/{filed.request_id}")
        except UpstreamProblem as problem:
            filing.refuse(form, problem)
            form.values["cle"] = str(uuid4())
    return await _form_page(parent, category, form, status=422)


@router.get("/demandes/documents/{document_id}")
async def document(parent: FamilyParent, document_id: UUID) -> Response:
    """A document of the family, always as a download."""
    file = await parent.requests.document(str(document_id))
    headers = {"Content-Disposition": file.disposition, "Cache-Control": "private, no-store"}
    return Response(file.body, media_type=file.media_type, headers=headers)


async def _detail(parent: ParentContext, request_id: UUID, form: Form, *, status: int = 200) -> Response:
    filed = await parent.requests.request(str(request_id))
    context = {"filed": filed, "tones": REQUEST, "form": form}
    return parent.page("parents/requests/detail.html", context, status=status)


@router.get("/demandes/{request_id}")
async def detail_page(parent: FamilyParent, request_id: UUID) -> Response:
    """A request with its history, messages and documents."""
    return await _detail(parent, request_id, Form())


@router.get("/demandes/{request_id}/completer")
async def complete_page(parent: FamilyParent, request_id: UUID) -> Response:
    """The form again, filled in with what was sent."""
    filed = await parent.requests.request(str(request_id))
    if not filed.may_edit:
        return see_other(f"/demandes/{request_id}")
    form = Form({f"{filing.ANSWER}{name}": text for name, text in filed.answers.items()})
    form.values |= {f"{filing.KEPT}{each.code}": each.document_id for each in filed.documents}
    return await _form_page(parent, Category.of_request(filed), form, request_id=request_id)


@router.post("/demandes/{request_id}/completer")
async def complete(request: Request, parent: FamilyParent, request_id: UUID) -> Response:
    """Change the request and give it back."""
    filed = await parent.requests.request(str(request_id))
    category = Category.of_request(filed)
    data = await request.form()
    form, answers = filing.answers_of(category, data)
    documents = await filing.documents_of(parent, category, data, form)
    if form.is_valid:
        try:
            await parent.requests.change(str(request_id), {"answers": answers, "documents": documents})
            await parent.requests.submit(str(request_id))
            flash.add(request, "success", "Votre demande complétée est envoyée.")
            return see_other(f"/demandes/{request_id}")
        except UpstreamProblem as problem:
            filing.refuse(form, problem)
    return await _form_page(parent, category, form, request_id=request_id, status=422)


@router.post("/demandes/{request_id}/messages")
async def write(request: Request, parent: FamilyParent, request_id: UUID) -> Response:
    """Write to the commune about the request."""
    form, stated = MessageForm.sent(await request.form())
    if stated is not None:
        with form.refusing():
            await parent.requests.write(str(request_id), stated.text)
            flash.add(request, "success", "Votre message est envoyé.")
            return see_other(f"/demandes/{request_id}#messages-titre")
    return await _detail(parent, request_id, form, status=422)


@router.post("/demandes/{request_id}/retrait")
async def withdraw(request: Request, parent: FamilyParent, request_id: UUID) -> Response:
    """Take the request back."""
    try:
        await parent.requests.withdraw(str(request_id))
        flash.add(request, "success", "Votre demande est retirée.")
    except UpstreamProblem as problem:
        if problem.status != 409:
            raise
        flash.add(request, "error", problem.detail)
    return see_other(f"/demandes/{request_id}")
