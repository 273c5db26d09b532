"""What requests and responses have in common."""

from pydantic import BaseModel, ConfigDict


class RequestModel(BaseModel):
    """What a client sends: an unknown field is refused (422), texts are stripped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


class ResponseModel(BaseModel):
    """What a client gets; built from rows or records by attribute."""

    model_config = ConfigDict(from_attributes=True)
