"""What the API says of requests."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from preau.common.http.schemas import RequestModel, ResponseModel
from preau.contracts.requests import Effect
from preau.requests.categories.forms import FieldKind, Form, Name
from preau.requests.categories.schemas import RequiredDocument
from preau.requests.documents.schemas import DocumentOut
from preau.requests.messages.schemas import MessageOut, MessageText, OptionalMessageText
from preau.requests.requests.lifecycle import RequestStatus

Answers = Annotated[
    dict[
        Annotated[str, StringConstraints(max_length=40)], Annotated[str, StringConstraints(max_length=4000)]
    ],
    Field(max_length=60),
]
"""Answers by field name, all as text: dates ``YYYY-MM-DD``, children by id."""
Documents = Annotated[dict[Name, UUID], Field(max_length=13)]
"""Documents by the code of what the category asks for, or ``other``, ``other_2``, ``other_3``."""


class RequestIn(RequestModel):
    """A new request: a draft, or sent at once with ``submit``."""

    category_id: UUID
    answers: Answers = Field(default_factory=dict)
    documents: Documents = Field(default_factory=dict)
    submit: bool = False


class RequestChange(RequestModel):
    """What to change of a draft, or of a request to complete; each replaces the whole."""

    answers: Answers | None = None
    documents: Documents | None = None


class Decision(RequestModel):
    """An agent's decision. ``seen_version``: the version that the agent read; 409 if another one stands."""

    decision: Literal["accepted", "refused"]
    message: OptionalMessageText = ""
    seen_version: int | None = None


class InfoRequest(RequestModel):
    """What an agent needs to know or see before deciding."""

    message: MessageText


class AttachedDocument(DocumentOut):
    """A document with the code and label under which the request shows it."""

    code: str
    label: str


class AnswerLine(ResponseModel):
    """An answer as people read it: the child by name."""

    name: str
    label: str
    kind: FieldKind
    value: str
    text: str


class Step(ResponseModel):
    """A step of the request's history."""

    from_status: RequestStatus | None
    to_status: RequestStatus
    actor: Literal["family", "agent"]
    actor_name: str
    happened_at: datetime


class RequestSummary(ResponseModel):
    """A request in a list."""

    request_id: UUID
    reference: str
    status: RequestStatus
    status_label: str
    category_id: UUID
    category_code: str
    category_label: str
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    version: int


class AgentRequestSummary(RequestSummary):
    """A request in the agents' queue."""

    family_id: UUID
    family_label: str


class RequestDetail(RequestSummary):
    """A request with all that belongs to it."""

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


class AgentRequestDetail(RequestDetail):
    """A request as an agent reads it; ``effect`` is what accepting it changes."""

    family_id: UUID
    family_label: str
    effect: Effect
    may_decide: bool
    may_ask: bool
