"""The lists of the back office: their addresses, orders and sheets."""

import asyncio
import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData, QueryParams

from preau.gateway.api.problems import UpstreamProblem
from preau.gateway.pages.agents.workbench import selection, sheets
from preau.gateway.pages.agents.workbench.columns import Column, Sort
from preau.gateway.pages.agents.workbench.listing import MOST_BACK, Asked, Filter, Listing, Rows, Table
from preau.gateway.pages.rendering import environment

Row = dict[str, Any]
COLUMNS = (
    Column[Row]("name", "Nom", lambda row: row["name"], sortable=True),
    Column[Row]("amount", "Montant", lambda row: row["amount"], "money", sortable=True),
    Column[Row]("day", "Jour", lambda row: row["day"], "day"),
    Column[Row]("at", "Reçu", lambda row: row["at"], "moment"),
    Column[Row]("state", "État", lambda row: row["state"], "state", {"open": ("À payer", "warn")}),
    Column[Row]("age", "Âge", lambda row: row["age"], "number", shown=False),
)
ROW: Row = {
    "name": "=1+1",
    "amount": -750,
    "day": "2026-03-12",
    "at": "2026-01-05T11:30:00Z",
    "state": "open",
    "age": 7,
}


def listing_of(rows: list[Row], size: int = 2) -> tuple[Listing[Row], list[str]]:
    """A list over rows held here, and the cursors that were asked for."""
    cursors: list[str] = []

    async def fetch(agent: Any, filters: Mapping[str, str], asked: Asked, limit: int) -> Rows[Row]:
        cursors.append(asked.cursor)
        start = int(asked.cursor or 0)
        after = start + size
        return Rows(rows[start:after], str(after) if after < len(rows) else None)

    filters = (Filter("q", "Nom", "search"),)
    return Listing[Row]("/agent/lignes", "Lignes", COLUMNS, fetch, filters, given_by="-day"), cursors


class Asking:
    """What a list asks of an agent's request: its query."""

    zone = ZoneInfo("Europe/Paris")

    def __init__(self, query: str = "") -> None:
        self.request = type("Request", (), {"query_params": QueryParams(query)})


async def sheet(kind: str, rows: list[Row]) -> tuple[bytes, list[str]]:
    listing, cursors = listing_of(rows)
    answer: Any = await sheets.sheet_response(Asking("cursor=99&q=a"), listing, kind)  # pyright: ignore
    return b"".join([chunk async for chunk in answer.body_iterator]), cursors


async def test_a_csv_holds_the_whole_list_and_no_formula():
    body, cursors = await sheet("csv", [ROW, *({**ROW, "name": f"Nom {each}"} for each in range(4))])
    assert cursors == ["", "2", "4"]
    lines = body.decode("utf-8-sig").split("\r\n")
    assert body.startswith(b"\xef\xbb\xbf")
    assert lines[0] == "Nom;Montant;Jour;Reçu;État;Âge"
    assert lines[1] == "'=1+1;-7,50;12/03/2026;05/01/2026 12:30;À payer;7"
    assert len(lines) == 7 and lines[5].startswith("Nom 3;")


async def test_a_sheet_is_read_as_it_is_sent():
    listing, cursors = listing_of([ROW] * 9)
    answer: Any = await sheets.sheet_response(Asking(), listing, "csv")  # pyright: ignore
    body = answer.body_iterator
    await anext(body)
    await anext(body)
    assert cursors == [""]
    await anext(body)
    assert cursors == ["", "2"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "＝1"])
def test_what_a_spreadsheet_would_compute_is_defused(text):
    assert sheets.written(text) == f"'{text}"
    assert sheets.written("a" + text) == "a" + text


def test_numbers_stay_numbers():
    values = [Decimal("-7.50"), -3, date(2026, 3, 12), datetime.fromisoformat("2026-03-12T09:05"), None]
    assert [sheets.written(each) for each in values] == ["-7,50", "-3", "12/03/2026", "12/03/2026 09:05", ""]


async def test_a_workbook_keeps_texts_as_texts_and_numbers_as_numbers():
    body, _ = await sheet("xlsx", [ROW] * 3)
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert cells.count("<row ") == 4
    assert "<f>" not in cells and "<t>=1+1</t>" in cells
    assert "<v>-7.5</v>" in cells and "<v>7</v>" in cells


def test_a_value_without_zone_is_the_communes():
    cell = COLUMNS[3].for_sheet(ROW, ZoneInfo("America/Martinique"))
    assert cell == datetime.fromisoformat("2026-01-05T07:30")


def test_pages_go_forward_and_back_and_keep_filters_and_order():
    listing, _ = listing_of([ROW] * 9)

    def table(url: str, following: str | None) -> Table[Row]:
        return Table(listing, listing.asked(QueryParams(urlsplit(url).query)), [ROW], following)

    first = table("?q=a+b&tri=-amount&autre=1", "c1")
    assert first.previous_url is None and first.first_url is None
    second = table(first.next_url or "", "c2")
    third = table(second.next_url or "", None)
    assert third.next_url is None
    assert third.asked.filters == {"q": "a b"} and third.asked.sort == Sort("amount", descending=True)
    assert third.previous_url == second.here
    assert second.previous_url == first.here == third.first_url
    assert third.sheet_url("csv") == "/agent/lignes.csv?q=a+b&tri=-amount"
    assert parse_qs(urlsplit(third.sort_url(COLUMNS[0])).query) == {"q": ["a b"], "tri": ["name"]}


def test_an_address_stays_short_however_far_one_goes():
    listing, _ = listing_of([ROW])
    table = Table(listing, listing.asked(QueryParams()), [ROW], "c")
    for _ in range(MOST_BACK + 5):
        table = Table(listing, listing.asked(QueryParams(urlsplit(table.next_url or "").query)), [ROW], "c")
    assert len(table.asked.before) == MOST_BACK


def test_columns_sort_by_links_and_say_so():
    listing, _ = listing_of([ROW])
    macros = environment().get_template("components/table.html")

    def shown(query: str) -> str:
        table = Table(listing, listing.asked(QueryParams(query)), [ROW])
        return str(
            macros.make_module(
                {"csrf_token": "t", "today": date(2026, 3, 1), "zone": ZoneInfo("Europe/Paris")}
            ).rows_table(table)
        )

    unsorted = shown("tri=day")
    assert 'aria-sort="descending">Jour<' in unsorted  # As the service gives them,
    assert "tri=day" not in unsorted  # which nobody can change.
    assert 'href="/agent/lignes?tri=name"' in unsorted and "Âge" not in unsorted
    ascending = shown("tri=name")
    assert 'aria-sort="ascending"><a class="sort" href="/agent/lignes?tri=-name"' in ascending
    assert ascending.count("aria-sort") == 1
    assert 'aria-sort="descending"><a class="sort" href="/agent/lignes?tri=amount"' in shown("tri=-amount")


IDS = [f"01900000-0000-7000-8000-00000000000{each}" for each in range(3)]


def test_the_box_of_the_page_stands_for_every_row_shown():
    shown = [("shown", each) for each in IDS]
    ticked = FormData([*shown, ("chosen", IDS[1]), ("chosen", IDS[1]), ("chosen", "x")])
    assert [str(each) for each in selection.chosen_of(ticked)] == [IDS[1]]
    whole = FormData([*shown, ("page", "all")])
    assert [str(each) for each in selection.chosen_of(whole)] == IDS


async def test_what_is_refused_for_one_row_leaves_the_others_done():
    done: list[str] = []

    async def act(row_id: Any) -> None:
        await asyncio.sleep(0)
        if str(row_id) == IDS[1]:
            raise UpstreamProblem(409, {"detail": "Complet."})
        done.append(str(row_id))

    outcome = await selection.on_each(selection.chosen_of(FormData([("chosen", each) for each in IDS])), act)
    assert (outcome.done, outcome.refused, outcome.reasons()) == (2, 1, "Complet.")
    assert done == [IDS[0], IDS[2]]

    async def away(row_id: Any) -> None:
        raise UpstreamProblem(503, {})

    with pytest.raises(UpstreamProblem):
        await selection.on_each(selection.chosen_of(FormData([("chosen", IDS[0])])), away)
