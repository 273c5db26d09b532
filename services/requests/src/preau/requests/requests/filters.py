"""What agents filter requests by."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Query

from preau.common.http.texts import Line
from preau.requests.requests.lifecycle import RequestStatus


@dataclass(frozen=True, slots=True)
class RequestFilters:
    """``q`` is a part of the reference, or its words are in the family's name."""

    q: Annotated[Line, Query(max_length=100)] = ""
    status: Annotated[tuple[RequestStatus, ...], Query(description="Repeat for several")] = ()
    category_id: UUID | None = None
    family_id: UUID | None = None
