"""What the sandbox's mailbox shows."""

import re
from datetime import datetime

from pydantic import Field, computed_field

from preau.common.http.schemas import ResponseModel

_LINK = re.compile(r"https?://[^\s<>\"]+")


class SandboxMailOut(ResponseModel):
    """A mail that the sandbox took; ``links`` are those of its text."""

    to: str = Field(validation_alias="recipient")
    subject: str
    text: str
    html: str
    sent_at: datetime

    @computed_field
    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)


class SandboxMailsOut(ResponseModel):
    """The mailbox, newest first."""

    items: list[SandboxMailOut]
