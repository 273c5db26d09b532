"""Sessions and the keys that sign for them, over HTTP."""

from typing import Any

from preau.common.http.schemas import ResponseModel


class SessionStatusOut(ResponseModel):
    """Whether a session still stands."""

    active: bool


class KeysOut(ResponseModel):
    """The public keys (RFC 7517)."""

    keys: list[dict[str, Any]]
