"""Filling in a request: its answers, and its documents, given now or before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, create_model
from starlette.datastructures import FormData, UploadFile

from preau.gateway.api.client import Upload
from preau.gateway.api.models.requests import CategoryOut, RequestDetail, RequiredDocument
from preau.gateway.api.models.requests import Form as RequestForm
from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.form_fields import Day, Needed, PerhapsDay
from preau.gateway.pages.form_models import FormModel
from preau.gateway.pages.forms import REFUSED, Form
from preau.gateway.pages.parents.context import ParentContext

LARGEST_BYTES = 10 * 1024 * 1024
ANSWER = "reponse."
KEPT = "piece."
FILE = "fichier."
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Category:
    """What a request is made of: its questions and documents."""

    category_id: str
    label: str
    description: str
    form: RequestForm
    required_documents: list[RequiredDocument]

    @classmethod
    def of(cls, found: CategoryOut) -> Category:
        """A category that is open to families."""
        return cls(found.category_id, found.label, found.description, found.form, found.required_documents)

    @classmethod
    def of_request(cls, filed: RequestDetail) -> Category:
        """The category as it was when the request was filed."""
        return cls(filed.category_id, filed.category_label, "", filed.form, filed.required_documents)


@dataclass(frozen=True, slots=True)
class WantedDocument:
    """A document to ask for."""

    code: str
    label: str
    required: bool


def wanted_documents(category: Category) -> list[WantedDocument]:
    """The documents to ask for: those the category requires, and a free one."""
    required = [WantedDocument(each.code, each.label, required=True) for each in category.required_documents]
    return [*required, WantedDocument(OTHER, "Autre document", required=False)]


def answers_of(category: Category, data: FormData) -> tuple[Form, dict[str, str]]:
    """What was typed and chosen, without the files; and the answers by field, none while one is wrong."""
    form, stated = _answers_model(category).sent(data)
    if stated is None:
        return form, {}
    answers = {
        field.name: str(getattr(stated, f"answer_{at}")) for at, field in enumerate(category.form.fields)
    }
    return form, {name: text for name, text in answers.items() if text not in {"", "None"}}


def _answers_model(category: Category) -> type[FormModel]:
    """The category's questions as the fields of a form."""
    fields: dict[str, Any] = {}
    for at, field in enumerate(category.form.fields):
        asked = Needed(f"Répondez à la question « {field.label} ».")
        dated = field.kind == "date"
        kind: Any = Day if dated else str
        if field.required:
            settings = Field(alias=f"{ANSWER}{field.name}")
            fields[f"answer_{at}"] = (Annotated[kind, asked], settings)
        else:
            settings = Field(default=None if dated else "", alias=f"{ANSWER}{field.name}")
            fields[f"answer_{at}"] = (PerhapsDay if dated else str, settings)
    return create_model("Answers", __base__=FormModel, **fields)


async def documents_of(
    parent: ParentContext, category: Category, data: FormData, form: Form
) -> dict[str, str]:
    """The documents by code. A file is given to the service at once and stays given if the form fails."""
    documents: dict[str, str] = {}
    for wanted in wanted_documents(category):
        code = wanted.code
        file = data.get(f"{FILE}{code}")
        if isinstance(file, UploadFile) and file.filename:
            given = await _give(parent, code, file, form)
            if given:
                form.values[f"{KEPT}{code}"] = given
        kept = str(form.value(f"{KEPT}{code}"))
        if kept:
            documents[code] = kept
        elif wanted.required:
            form.errors.setdefault(f"{FILE}{code}", f"Joignez la pièce « {wanted.label} ».")
    return documents


async def _give(parent: ParentContext, code: str, file: UploadFile, form: Form) -> str:
    """Hand a file over; "" when it is refused, with the reason noted."""
    name = f"{FILE}{code}"
    body = await file.read(LARGEST_BYTES + 1)
    if len(body) > LARGEST_BYTES:
        form.errors[name] = "Ce fichier dépasse 10 Mo. Une photo plus petite ou un PDF convient."
        return ""
    upload = Upload(
        "file", file.filename or "document", file.content_type or "application/octet-stream", body
    )
    try:
        document = await parent.requests.give_document(upload, code)
    except UpstreamProblem as problem:
        if problem.status not in REFUSED:
            raise
        form.errors[name] = (
            problem.detail
            or next(iter(problem.field_errors.values()), "")
            or "Ce fichier n’a pas pu être pris."
        )
        return ""
    return document.document_id


def refuse(form: Form, problem: UpstreamProblem) -> None:
    """Put the service's errors by the fields of the page: answers.x, documents.x."""
    names: dict[str, str] = {}
    for name in problem.field_errors:
        head, _, rest = name.partition(".")
        if head == "answers" and rest:
            names[name] = f"{ANSWER}{rest}"
        elif head == "documents" and rest:
            names[name] = f"{FILE}{rest}"
    form.refuse(problem, names.get)
