"""Cursor pagination: a page of items and where the next one begins."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query

from preau.common.errors import FieldErrors
from preau.common.http.schemas import ResponseModel

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=200, description="Items a page")]
CursorParameter = Annotated[str | None, Query(max_length=500, description="next_cursor of the page before")]


class Page(ResponseModel, Generic[Item]):
    """One page; ``next_cursor`` is absent (null) on the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*keys: Any) -> str:
    """The sort keys of a page's last row, as an opaque word."""
    return base64.urlsafe_b64encode(json.dumps(keys, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, size: int) -> list[Any] | None:
    """The ``size`` sort keys in ``cursor``, or ``None`` for the first page; a forged one is a field error."""
    if not cursor:
        return None
    try:
        keys: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        keys = None
    if not isinstance(keys, list) or len(keys) != size:  # pyright: ignore[reportUnknownArgumentType]
        raise FieldErrors({"cursor": "Ce curseur n’est pas valide."})
    return keys  # pyright: ignore[reportUnknownVariableType]


def page_of(
    rows: Sequence[Row], limit: int, keys: Callable[[Row], Sequence[Any]]
) -> tuple[Sequence[Row], str | None]:
    """Cut ``limit`` rows out of ``limit + 1`` that were read, with the cursor of the next page."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode_cursor(*keys(rows[limit - 1]))
