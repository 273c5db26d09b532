"""Lists read page by page, in one of several orders: keyset pagination.

A cursor holds the order and the keys of the last row of its page. What is added or taken away meanwhile
neither repeats nor hides a row, and given an index on ``(commune_id, key, id)`` every page costs the same.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar, TypeVarTuple
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Result, Row, Select, and_, or_, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from preau.common.errors import FieldErrors
from preau.common.http.pages import NOT_OURS, CursorParameter, Limit, encode_cursor, read_cursor

Key = ColumnElement[Any] | InstrumentedAttribute[Any]
Columns = TypeVarTuple("Columns")
Entity = TypeVar("Entity")
LARGEST = 2**63


def _whole(word: Any) -> int:
    if type(word) is not int or abs(word) >= LARGEST:
        raise ValueError("no integer of the database")
    return word


def _text(word: Any) -> str:
    if type(word) is not str or "\0" in word:
        raise ValueError("no text of the database")
    return word


def _instant(word: Any) -> datetime:
    instant = datetime.fromisoformat(word)
    if instant.tzinfo is None:
        raise ValueError("no instant without its zone")
    return instant


KINDS: Mapping[type, Callable[[Any], Any]] = {
    str: _text,
    int: _whole,
    date: date.fromisoformat,
    datetime: _instant,
    UUID: UUID,
}
"""How the keys of a cursor are read back, by the type of their column."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page of a list, in which order: a name, with "-" before it for the last first."""

    sort: str
    cursor: str | None
    limit: int


class Keyset:
    """The orders of a list: a name and a key for each; equal keys are ordered by ``row_id``.

    Rows without a key come last in both directions; ``nullable`` names the keys that may be missing. Texts
    are to be keys without accents and case (``french_key``, see ``preau.common.db.text_order``).
    """

    def __init__(
        self, row_id: Key, *, default: str, keys: Mapping[str, Key], nullable: Sequence[str] = ()
    ) -> None:
        self._row_id = row_id
        self._keys = keys
        self._nullable = frozenset(nullable)
        self.default = default

    @property
    def names(self) -> tuple[str, ...]:
        """What a client may ask for."""
        return tuple(sign + name for name in self._keys for sign in ("", "-"))

    @property
    def request(self) -> Callable[..., Awaitable[PageRequest]]:
        """A dependency of a route: its parameters ``sort``, ``cursor`` and ``limit``."""

        async def asked(sort: str, cursor: CursorParameter = None, limit: Limit = 50) -> PageRequest:
            return PageRequest(sort, cursor, limit)

        closed_list: Any = Literal
        asked.__annotations__["sort"] = Annotated[
            closed_list[self.names], Query(description="The order; “-” before it for the last first")
        ]
        asked.__defaults__ = (self.default, None, 50)
        return asked

    def query(self, query: Select[Any], asked: PageRequest) -> Select[Any]:
        """The statement of a page: its rows and one more, each with its keys.

        Raises ``FieldErrors`` for a cursor that is not one of ours, or of another order.
        """
        key, row_id = self._keys[asked.sort.removeprefix("-")], self._row_id
        if (after := self._after(asked, key)) is not None:
            query = query.where(after)
        order = [each.desc() if asked.sort.startswith("-") else each.asc() for each in (key, row_id)]
        if asked.sort.removeprefix("-") in self._nullable:
            order[0] = order[0].nulls_last()
        keys = key.label("keyset_key"), row_id.label("keyset_id")
        return query.add_columns(*keys).order_by(*order).limit(asked.limit + 1)

    async def page(
        self, session: AsyncSession, query: Select[*Columns], asked: PageRequest
    ) -> tuple[Sequence[Row[*Columns]], str | None]:
        """The rows of a page, with the cursor of the next one. Raises as ``query``."""
        whole: Any = query
        found: Result[Any] = await session.execute(self.query(whole, asked))
        rows: Sequence[Any] = found.all()
        if len(rows) <= asked.limit:
            return rows, None
        shown = rows[: asked.limit]
        return shown, encode_cursor(asked.sort, shown[-1].keyset_key, shown[-1].keyset_id)

    async def entities(
        self, session: AsyncSession, query: Select[Entity], asked: PageRequest
    ) -> tuple[list[Entity], str | None]:
        """The same for a query of one entity: the entities."""
        rows, following = await self.page(session, query, asked)
        return [row[0] for row in rows], following

    def _after(self, asked: PageRequest, key: Key) -> ColumnElement[bool] | None:
        """What holds for the rows after those of the page before."""
        words = read_cursor(asked.cursor)
        if words is None:
            return None
        value, row_id = self._values(asked, key, words)
        mine = self._row_id
        last_first = asked.sort.startswith("-")
        after_id = mine < row_id if last_first else mine > row_id
        if value is None:
            return and_(key.is_(None), after_id)
        whole, given = tuple_(key, mine), tuple_(value, row_id)
        # The first half says no more than the second; but an index of one table can be entered by it.
        after = and_(key <= value, whole < given) if last_first else and_(key >= value, whole > given)
        return or_(after, key.is_(None)) if asked.sort.removeprefix("-") in self._nullable else after

    def _values(self, asked: PageRequest, key: Key, words: Sequence[Any]) -> tuple[Any, Any]:
        """The keys in a cursor of this order."""
        try:
            sort, value, row_id = words
            if sort != asked.sort:
                raise ValueError("the cursor of another order")
            missing = value is None and asked.sort.removeprefix("-") in self._nullable
            kinds = [KINDS[each.type.python_type] for each in (key, self._row_id)]
            return None if missing else kinds[0](value), kinds[1](row_id)
        except (ValueError, TypeError, AttributeError) as error:
            raise FieldErrors(NOT_OURS) from error
