"""A whole list as a file for a spreadsheet, read from the service part by part: memory stays flat."""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, Generic, Literal

from starlette.responses import Response, StreamingResponse
from xlsxwriter import Workbook

from preau.gateway.pages.agents.context import AgentContext
from preau.gateway.pages.agents.workbench.columns import Row, SheetValue
from preau.gateway.pages.agents.workbench.listing import Asked, Listing

SheetKind = Literal["csv", "xlsx"]
AT_ONCE = 200
"""The rows of one call: the most that services give."""
OCTETS_AT_ONCE = 64 * 1024
BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel reads a CSV file in the machine's own charset."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is computed by spreadsheets (OWASP, "CSV Injection")."""
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NUMBER_FORMATS = {"money": '#,##0.00 "€"', "day": "dd/mm/yyyy", "moment": "dd/mm/yyyy hh:mm"}


async def sheet_response(agent: AgentContext, listing: Listing[Row], kind: SheetKind) -> Response:
    """The list as the address filters and orders it, as a download. May raise UpstreamProblem."""
    asked = replace(listing.asked(agent.request.query_params), cursor="", before=())
    parts = _Parts(agent, listing, asked)
    await parts.begin()
    body = csv_sheet(parts) if kind == "csv" else xlsx_sheet(parts)
    disposition = f'attachment; filename="{listing.file_name}.{kind}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return StreamingResponse(body, media_type=MEDIA_TYPES[kind], headers=headers)


class _Parts(Generic[Row]):
    """The rows as a spreadsheet holds them, in parts; the first is read ahead: a refusal is a page."""

    def __init__(self, agent: AgentContext, listing: Listing[Row], asked: Asked) -> None:
        self._agent = agent
        self._listing = listing
        self._asked = asked
        self._ahead: list[list[SheetValue]] = []
        self._next: str | None = ""

    @property
    def titles(self) -> list[str]:
        return [column.title for column in self._listing.columns]

    @property
    def kinds(self) -> list[str]:
        return [column.kind for column in self._listing.columns]

    async def begin(self) -> None:
        self._ahead = await self._read("")

    async def all(self) -> AsyncIterator[list[list[SheetValue]]]:
        yield self._ahead
        while self._next:
            yield await self._read(self._next)

    async def _read(self, cursor: str) -> list[list[SheetValue]]:
        asked = replace(self._asked, cursor=cursor)
        part = await self._listing.fetch(self._agent, asked.filters, asked, AT_ONCE)
        self._next = part.next_cursor
        return [
            [column.for_sheet(row, self._agent.zone) for column in self._listing.columns]
            for row in part.items
        ]


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def written(value: SheetValue) -> str:
    """A value as French spreadsheets read it: "-7,50" and "12/03/2026" stay a number and a day."""
    match value:
        case None:
            return ""
        case str():
            return defused(value)
        case Decimal():
            return f"{value:.2f}".replace(".", ",")
        case datetime():
            return value.strftime("%d/%m/%Y %H:%M")
        case date():
            return value.strftime("%d/%m/%Y")
        case int():
            return str(value)


def csv_lines(rows: Sequence[Sequence[SheetValue]]) -> str:
    """Lines of a CSV file with semicolons, as French spreadsheets expect them."""
    lines = StringIO()
    csv.writer(lines, delimiter=";", lineterminator="\r\n").writerows([map(written, row) for row in rows])
    return lines.getvalue()


async def csv_sheet(parts: _Parts[Any]) -> AsyncIterator[bytes]:
    """The list as CSV in UTF-8."""
    yield (BYTE_ORDER_MARK + csv_lines([parts.titles])).encode()
    async for rows in parts.all():
        yield csv_lines(rows).encode()


async def xlsx_sheet(parts: _Parts[Any]) -> AsyncIterator[bytes]:
    """The list as an Excel workbook: written row by row to a file that is then sent and forgotten."""
    with tempfile.TemporaryDirectory(prefix="preau-sheet-") as folder:
        path = Path(folder) / "sheet.xlsx"
        sheet = _Workbook(path, folder, parts.titles, parts.kinds)
        async for rows in parts.all():
            await asyncio.to_thread(sheet.write, rows)
        await asyncio.to_thread(sheet.close)
        file = await asyncio.to_thread(path.open, "rb")
        try:
            while octets := await asyncio.to_thread(file.read, OCTETS_AT_ONCE):
                yield octets
        finally:
            file.close()


class _Workbook:
    """A workbook of one sheet; ``constant_memory`` writes each row to disk once the next one begins."""

    def __init__(self, path: Path, folder: str, titles: list[str], kinds: list[str]) -> None:
        self._book: Any = Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        self._sheet: Any = self._book.add_worksheet()
        formats = {kind: self._book.add_format({"num_format": text}) for kind, text in NUMBER_FORMATS.items()}
        self._formats = [formats.get(kind) for kind in kinds]
        self._next_row = 1
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(titles) - 1, 0), 18)
        bold = self._book.add_format({"bold": True})
        for place, title in enumerate(titles):
            self._sheet.write_string(0, place, title, bold)

    def write(self, rows: Sequence[Sequence[SheetValue]]) -> None:
        for row in rows:
            for place, value in enumerate(row):
                self._cell(place, value)
            self._next_row += 1

    def _cell(self, place: int, value: SheetValue) -> None:
        match value:
            case None:
                pass
            case str():  # never `write`, which would make a formula of "=…"
                self._sheet.write_string(self._next_row, place, value)
            case datetime() | date():
                self._sheet.write_datetime(self._next_row, place, value, self._formats[place])
            case Decimal() | int():
                self._sheet.write_number(self._next_row, place, value, self._formats[place])

    def close(self) -> None:
        self._book.close()
