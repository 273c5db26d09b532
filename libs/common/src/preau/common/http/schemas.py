"""What requests and responses have in common."""

from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

from preau.common.http.texts import shows_nothing


class RequestModel(BaseModel):
    """What a client sends: an unknown field is refused (422), texts are stripped.

    A text of signs that show nothing is an empty one.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _empty_when_it_shows_nothing(cls, value: Any) -> Any:
        return "" if isinstance(value, str) and shows_nothing(value) else value


class ResponseModel(BaseModel):
    """What a client gets; built from rows or records by attribute."""

    model_config = ConfigDict(from_attributes=True)
