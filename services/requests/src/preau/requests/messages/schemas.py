"""What the API says of messages."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from preau.common.http.schemas import RequestModel, ResponseModel


def _printable(text: str) -> str:
    if any(char < " " and char not in "\n\t" for char in text):
        raise ValueError("Ce texte contient des caractères qui ne sont pas acceptés.")
    return text


MessageText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), AfterValidator(_printable)
]
"""Plain text; who shows it escapes it."""
OptionalMessageText = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_printable)
]


class MessageIn(RequestModel):
    """A message about a request."""

    text: MessageText


class MessageOut(ResponseModel):
    """A message as both sides read it."""

    message_id: UUID
    author: Literal["family", "agent"]
    author_name: str
    text: str
    written_at: datetime
