"""A list of the back office: what it is made of, and one page of it as it is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, Protocol, TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.columns import Column, Row, Sort
from preau.gateway.pages.forms import Form
from preau.gateway.pages.input_values import day_of, writable

ROWS = 50
"""The rows of a page."""
MOST_BACK = 30
"""The pages that one can go back one by one; further back than that, to the first."""
SORT, CURSOR, BEFORE = "tri", "cursor", "avant"
"""The parameters of an address that are no filters: the order, the cursor, those of the pages before."""

NO_DAY = "Cette date n’est pas valide."
NOT_SINCE = "Cette date précède le début de la période."

Given = TypeVar("Given", covariant=True)
Option = tuple[Any, str]


class Part(Protocol[Given]):
    """A part of a list, as a service gives it."""

    @property
    def items(self) -> Sequence[Given]: ...
    @property
    def next_cursor(self) -> str | None: ...


@dataclass(frozen=True)
class Rows(Generic[Row]):
    """Rows that follow each other, and the cursor of those after them."""

    items: Sequence[Row]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A field above a list. ``options`` that only the services know come with the page (``options_of``).

    A day is none before that of the filter ``since``.
    One that is "held" came with the address: its only option names what it holds, and it can be let go.
    """

    name: str
    label: str
    kind: Literal["search", "text", "select", "date", "month", "amount", "held"] = "select"
    options: tuple[Option, ...] = ()
    prompt: str = "Tous"
    default: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the bar under the selection: the value of ``decision`` that it sends."""

    value: str
    text: str
    kind: Literal["primary", "quiet", "danger"] = "quiet"
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with several rows at once: one form, sent to ``action``.

    ``message`` is the label of a text that goes with the act, "" for none.
    """

    action: str
    acts: tuple[Act, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list without rows says to do; with ``href``, a button that does it."""

    title: str
    text: str
    symbol: str = "info"
    button: str = ""
    href: str = ""


Fetch = Callable[[AgentContext, Mapping[str, str], "Asked", int], Awaitable[Part[Row]]]
"""Asks a service for rows: the filters' values, what page in what order, how many at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list."""

    filters: Mapping[str, str] = field(default_factory=dict[str, str])
    cursor: str = ""
    before: tuple[str, ...] = ()
    sort: Sort | None = None

    @property
    def order(self) -> str:
        """The order as services name it, "" for the list's own."""
        return str(self.sort or "")

    def query(self, **changes: Any) -> str:
        """The address's query with another cursor, trail or order; empty parameters are left out."""
        cursor = str(changes.get("cursor", self.cursor))
        before: Sequence[str] = changes.get("before", self.before)
        sort = changes.get("sort", self.sort)
        pairs = [(name, value) for name, value in self.filters.items() if value]
        pairs += [(SORT, str(sort))] if sort else []
        pairs += [(CURSOR, cursor)] if cursor else []
        pairs += [(BEFORE, each) for each in before]
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A list: where it stands, its columns and filters, and who gives its rows.

    ``path`` is also that of its sheets (``path.csv``, ``path.xlsx``). ``given_by`` names the column in whose
    order the service gives the rows when no other is asked for ("-due" for the last first).
    """

    path: str
    caption: str
    columns: tuple[Column[Row], ...]
    fetch: Fetch[Row]
    filters: tuple[Filter, ...] = ()
    row_id: Callable[[Row], str] = lambda _: ""
    record: Callable[[Row], str] | None = None
    """The address of a row's record, which a wide screen shows beside the list."""
    empty: Empty = Empty("Rien dans cette liste", "Aucune ligne.")
    no_match: Empty = Empty("Rien ne correspond", "Aucune ligne ne correspond à ces filtres.", "search")
    given_by: str = ""
    told_as: Mapping[str, str] = field(default_factory=dict[str, str])
    """The filters that the service knows by another name, each by that name."""

    @property
    def file_name(self) -> str:
        """The name of its sheets, without what says of which format."""
        return self.path.rsplit("/", 1)[-1]

    def asked(self, query: QueryParams | Mapping[str, str]) -> Asked:
        """What an address asks for; what is unknown is left out."""
        before = query.getlist(BEFORE) if isinstance(query, QueryParams) else []
        return Asked(
            filters={
                each.name: writable(query.get(each.name, "")).strip() or each.default for each in self.filters
            },
            cursor=query.get(CURSOR, ""),
            before=tuple(before[-MOST_BACK:]),
            sort=Sort.read(query.get(SORT, ""), self.columns),
        )

    def is_day(self, name: str) -> bool:
        """Whether a filter of that name takes a day."""
        return any(each.name == name and each.kind == "date" for each in self.filters)

    def faults(self, asked: Asked) -> dict[str, str]:
        """What is wrong with the days typed, by filter: one that is none, or before its range begins."""
        typed = {each.name: asked.filters.get(each.name, "") for each in self.filters if each.kind == "date"}
        days = {name: day_of(value) for name, value in typed.items()}
        wrong = {name: NO_DAY for name, value in typed.items() if value and days[name] is None}
        for each in self.filters:
            first, last = days.get(each.since), days.get(each.name)
            if first is not None and last is not None and last < first:
                wrong[each.name] = NOT_SINCE
        return wrong

    def refused(self, errors: Mapping[str, str]) -> dict[str, str]:
        """What a service found wrong, by the names of the filters."""
        return {self.told_as.get(name, name): message for name, message in errors.items()}

    async def table(
        self,
        agent: AgentContext,
        asked: Asked | None = None,
        options: Mapping[str, Iterable[Option]] | None = None,
        bulk: Bulk | None = None,
        wrong: Mapping[str, str] | None = None,
    ) -> Table[Row]:
        """The page that an address asks for, by default the request's own. Raises UpstreamProblem.

        The filters that are ``wrong`` are told by their fields and leave nothing out.
        """
        typed = self.asked(agent.request.query_params) if asked is None else asked
        wrong = wrong or {}
        sound = {name: "" if name in wrong else value for name, value in typed.filters.items()}
        what = replace(typed, filters=sound)
        part = await self.fetch(agent, what.filters, what, ROWS)
        known = {name: tuple(each) for name, each in (options or {}).items()}
        return Table(self, what, part.items, part.next_cursor, known, bulk, typed.filters, wrong)


@dataclass(frozen=True)
class Table(Generic[Row]):
    """One page of a list, with the addresses around it."""

    listing: Listing[Row]
    asked: Asked
    rows: Sequence[Row]
    next_cursor: str | None = None
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict[str, tuple[Option, ...]])
    bulk: Bulk | None = None
    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is wrong with the filters as they were typed, by filter."""

    @property
    def columns(self) -> list[Column[Row]]:
        """The columns of the page."""
        return [column for column in self.listing.columns if column.shown]

    @property
    def form(self) -> Form:
        """The filters as they were typed, and what is wrong with them."""
        return Form({**self.asked.filters, **self.typed}, dict(self.wrong))

    @property
    def is_filtered(self) -> bool:
        """Whether a filter stands otherwise than at first."""
        stands = self.asked.filters.get
        return bool(self.wrong) or any(stands(each.name, "") != each.default for each in self.listing.filters)

    @property
    def empty(self) -> Empty:
        """What to say when there are no rows."""
        return self.listing.no_match if self.is_filtered else self.listing.empty

    @property
    def search(self) -> Filter | None:
        """The filter that is always in sight."""
        return next((each for each in self.listing.filters if each.kind == "search"), None)

    @property
    def filters(self) -> list[Filter]:
        """The others, which a phone folds away; a choice among nothing is none."""
        return [
            each
            for each in self.listing.filters
            if each.kind not in ("search", "held") and (each.kind != "select" or self.options_of(each))
        ]

    @property
    def held(self) -> list[tuple[Filter, str, str]]:
        """The filters that came with the address: each with what it holds, and the list without it."""
        return [
            (each, dict(self.options_of(each)).get(value, ""), self._without(each.name))
            for each in self.listing.filters
            if each.kind == "held" and (value := self.asked.filters.get(each.name))
        ]

    def _without(self, name: str) -> str:
        kept = {each: value for each, value in self.asked.filters.items() if each != name}
        return self.listing.path + replace(self.asked, filters=kept, cursor="", before=()).query()

    @property
    def filters_in_use(self) -> int:
        """How many of those stand otherwise than at first."""
        return sum(self.asked.filters.get(each.name, "") != each.default for each in self.filters)

    def options_of(self, each: Filter) -> tuple[Option, ...]:
        """The choices of a filter."""
        return self.options.get(each.name, each.options)

    @property
    def here(self) -> str:
        """This page's own address, to come back to."""
        return self.listing.path + self.asked.query()

    @property
    def next_url(self) -> str | None:
        """The following page, None on the last one."""
        if not self.next_cursor:
            return None
        before = (*self.asked.before, self.asked.cursor)[-MOST_BACK:]
        return self.listing.path + self.asked.query(cursor=self.next_cursor, before=before)

    @property
    def previous_url(self) -> str | None:
        """The page before, None on the first one or too far from it."""
        if not self.asked.before:
            return None
        *before, cursor = self.asked.before
        return self.listing.path + self.asked.query(cursor=cursor, before=before)

    @property
    def first_url(self) -> str | None:
        """The first page, None on it."""
        return self.listing.path + self.asked.query(cursor="", before=()) if self.asked.cursor else None

    def sheet_url(self, kind: str) -> str:
        """The whole filtered list as a file."""
        return f"{self.listing.path}.{kind}" + self.asked.query(cursor="", before=())

    @property
    def order(self) -> str:
        """The order of the rows: a column, with "-" before it for the last first."""
        return self.asked.order or self.listing.given_by

    def sort_url(self, column: Column[Row]) -> str:
        """The list from its start in this column's order; in the other direction if it is in that order."""
        sort = Sort(column.key, descending=self.order == column.key)
        return self.listing.path + self.asked.query(cursor="", before=(), sort=sort)

    @property
    def orders(self) -> list[Option]:
        """The orders to choose among where there are no heads to press: value and text."""
        return [
            (str(Sort(column.key, descending=descending)), f"{column.title}, {way}")
            for column in self.columns
            if column.sortable
            for descending, way in ((False, column.ways[0]), (True, column.ways[1]))
        ]

    def aria_sort(self, column: Column[Row]) -> str:
        """ "ascending" or "descending" for the column that orders the list, "" for the others."""
        if self.order.removeprefix("-") != column.key:
            return ""
        return "descending" if self.order.startswith("-") else "ascending"
