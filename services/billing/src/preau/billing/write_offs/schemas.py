"""Write-offs over HTTP."""

from pydantic import Field

from preau.common.http.schemas import RequestModel
from preau.common.http.texts import Line


class WriteOffIn(RequestModel):
    """Why nobody asks for it any more, or why it is asked for again: the family reads it in its account."""

    reason: Line = Field(min_length=3, max_length=300)
