"""What requests answers. Written by `make docs` from gateway/openapi/requests.json."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field


class AddressEffect(BaseModel):
    """
    The family lives somewhere else from ``valid_from`` on.
    """

    kind: Literal['address_change'] = 'address_change'
    street: str
    postal_code: str
    city: str
    valid_from: date


class AnswerLine(BaseModel):
    """
    An answer as people read it: the child by name.
    """

    name: str
    label: str
    kind: Literal['text', 'textarea', 'date', 'child', 'choice', 'phone', 'email']
    value: str
    text: str


class AttachedDocument(BaseModel):
    """
    A document with the code and label under which the request shows it.
    """

    document_id: str
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    code: str
    label: str


class ChangeOut(BaseModel):
    """
    One change of a record: ``action`` is what happened, by a code of the service's.
    """

    agent_id: str
    action: str
    recorded_at: datetime


class ChangesOut(BaseModel):
    """
    The latest changes of a record, the last one first.
    """

    items: list[ChangeOut]


class DocumentOut(BaseModel):
    """
    A document that a family gave. ``size`` in bytes, ``sha256`` in hex.
    """

    document_id: str
    kind: str
    filename: str
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime


class EffectMappingOut(BaseModel):
    """
    What accepting a request changes; ``fields``: the field of the form that feeds each of the effect.
    """

    kind: Literal['none', 'pickup_authorisation', 'address_change']
    fields: dict[str, str]


class FormField(BaseModel):
    """
    One question. ``options`` are the answers of a choice; ``not_before`` names an earlier date field.
    """

    name: str
    label: str
    kind: Literal['text', 'textarea', 'date', 'child', 'choice', 'phone', 'email']
    required: bool = True
    options: list[str] = []
    not_before: str | None = None
    help: str = ''


class MessageOut(BaseModel):
    """
    A message as both sides read it.
    """

    message_id: str
    author: Literal['family', 'agent']
    author_name: str
    text: str
    written_at: datetime


class NoEffect(BaseModel):
    """
    The decision changes no record.
    """

    kind: Literal['none'] = 'none'


class PageDocumentOut(BaseModel):
    items: list[DocumentOut]
    next_cursor: str | None = None


class PickupEffect(BaseModel):
    """
    Someone may fetch a child from ``valid_from`` (included) to ``valid_to`` (included, or without end).
    """

    kind: Literal['pickup_authorisation'] = 'pickup_authorisation'
    child_id: str
    person_name: str
    relation: str = ''
    phone: str = ''
    valid_from: date
    valid_to: date | None = None


class RequestSummary(BaseModel):
    """
    A request in a list.
    """

    request_id: str
    reference: str
    status: Literal['draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn'] = (
        Field(..., description='Where a request stands.')
    )
    status_label: str
    category_id: str
    category_code: str
    category_label: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int


class RequiredDocument(BaseModel):
    """
    A document that a request of the category must show.
    """

    code: str
    label: str


class Step(BaseModel):
    """
    A step of the request's history.
    """

    from_status: Literal['draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn'] | None
    to_status: Literal['draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn'] = (
        Field(..., description='Where a request stands.')
    )
    actor: Literal['family', 'agent']
    actor_name: str
    happened_at: datetime


class AgentRequestSummary(BaseModel):
    """
    A request in the agents' queue.
    """

    request_id: str
    reference: str
    status: Literal['draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn'] = (
        Field(..., description='Where a request stands.')
    )
    status_label: str
    category_id: str
    category_code: str
    category_label: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int
    family_id: str
    family_label: str


class Form(BaseModel):
    """
    The questions of a category, in the order in which they are shown.
    """

    fields: list[FormField] = Field([], validate_default=True)


class PageAgentRequestSummary(BaseModel):
    items: list[AgentRequestSummary]
    next_cursor: str | None = None


class PageRequestSummary(BaseModel):
    items: list[RequestSummary]
    next_cursor: str | None = None


class RequestDetail(BaseModel):
    """
    A request with all that belongs to it.
    """

    request_id: str
    reference: str
    status: Literal['draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn'] = (
        Field(..., description='Where a request stands.')
    )
    status_label: str
    category_id: str
    category_code: str
    category_label: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int
    form: Form
    required_documents: list[RequiredDocument]
    answers: dict[str, str]
    answer_lines: list[AnswerLine]
    documents: list[AttachedDocument]
    history: list[Step]
    messages: list[MessageOut]
    may_edit: bool
    may_submit: bool
    may_withdraw: bool


class AgentCategoryOut(BaseModel):
    """
    A category as an agent sees it.
    """

    category_id: str
    code: str
    label: str
    description: str
    form: Form
    required_documents: list[RequiredDocument]
    effect: EffectMappingOut
    position: int
    is_open: bool
    version: int


class AgentRequestDetail(BaseModel):
    """
    A request as an agent reads it; ``effect`` is what accepting it changes.
    """

    request_id: str
    reference: str
    status: Literal['draft', 'submitted', 'in_review', 'info_needed', 'accepted', 'refused', 'withdrawn'] = (
        Field(..., description='Where a request stands.')
    )
    status_label: str
    category_id: str
    category_code: str
    category_label: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int
    form: Form
    required_documents: list[RequiredDocument]
    answers: dict[str, str]
    answer_lines: list[AnswerLine]
    documents: list[AttachedDocument]
    history: list[Step]
    messages: list[MessageOut]
    may_edit: bool
    may_submit: bool
    may_withdraw: bool
    family_id: str
    family_label: str
    effect: PickupEffect | AddressEffect | NoEffect = Field(..., discriminator='kind')
    may_decide: bool
    may_ask: bool


class CategoryOut(BaseModel):
    """
    A category as a family sees it.
    """

    category_id: str
    code: str
    label: str
    description: str
    form: Form
    required_documents: list[RequiredDocument]


class PageAgentCategoryOut(BaseModel):
    items: list[AgentCategoryOut]
    next_cursor: str | None = None


class PageCategoryOut(BaseModel):
    items: list[CategoryOut]
    next_cursor: str | None = None
