"""Cursor pagination: a page of items and where the next one begins."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query

from preau.common.errors import FieldErrors
from preau.common.http.schemas import ResponseModel

Item = TypeVar("Item")
Row = TypeVar("Row")

Limit = Annotated[int, Query(ge=1, le=200, description="Items a page")]
CursorParameter = Annotated[str | None, Query(max_length=500, description="next_cursor of the page before")]


NOT_OURS = {"cursor": "Ce curseur n’est pas valide."}


class Page(ResponseModel, Generic[Item]):
    """One page; ``next_cursor`` is absent (null) on the last."""

    items: list[Item]
    next_cursor: str | None = None


def encode_cursor(*keys: Any) -> str:
    """The sort keys of a page's last row, as an opaque word."""
    return (
        base64.urlsafe_b64encode(json.dumps(keys, default=str, ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )


def read_cursor(cursor: str | None) -> list[Any] | None:
    """The words in ``cursor``, None for the first page. Raises ``FieldErrors`` for one that is not ours."""
    if not cursor:
        return None
    try:
        words: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(words, list):
            raise ValueError("no list of keys")
        return words  # pyright: ignore[reportUnknownVariableType]
    except (binascii.Error, ValueError, RecursionError) as error:
        raise FieldErrors(NOT_OURS) from error


def decode_cursor(cursor: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The sort keys in ``cursor``, each read by its kind (``str``, ``UUID``, ``date.fromisoformat``, …).

    None for the first page. Raises ``FieldErrors`` for a cursor that is not one of ours.
    """
    words = read_cursor(cursor)
    if words is None:
        return None
    try:
        return tuple(kind(str(word)) for kind, word in zip(kinds, words, strict=True))
    except ValueError as error:
        raise FieldErrors(NOT_OURS) from error


def page_of(
    rows: Sequence[Row], limit: int, keys: Callable[[Row], Sequence[Any]]
) -> tuple[Sequence[Row], str | None]:
    """Cut ``limit`` rows out of ``limit + 1`` that were read, with the cursor of the next page."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode_cursor(*keys(rows[limit - 1]))


async def _after_id(cursor: CursorParameter = None) -> UUID | None:
    keys = decode_cursor(cursor, UUID)
    return keys[0] if keys else None


AfterId = Annotated[UUID | None, Depends(_after_id)]
"""The id that the page before ended with, of a list in the order of its ids; None for the first page."""
