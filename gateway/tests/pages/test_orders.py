"""Every list of the agents' APIs in every order that it has, and the heads that ask for them."""

import asyncio
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

DOCUMENTS = Path(__file__).parents[2] / "openapi"


def ordered_lists() -> list[tuple[str, str, tuple[str, ...]]]:
    """Service, path and orders of each list that has some."""
    return [
        (file.stem, path, tuple(parameter["schema"]["enum"]))
        for file in sorted(DOCUMENTS.glob("*.json"))
        for path, operations in json.loads(file.read_text())["paths"].items()
        for parameter in operations.get("get", {}).get("parameters", [])
        if parameter["name"] == "sort"
    ]


LISTS = ordered_lists()


async def read(office, service: str, path: str, **query: object) -> dict:
    """Read a list, as often as the gateway lets one address."""
    address = f"/api/agent/{service}{path.removeprefix('/agent')}?{urlencode(query)}"
    answer = await office.open(address)
    while answer.status_code == 429:
        await asyncio.sleep(float(answer.headers["Retry-After"]))
        answer = await office.open(address)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def walked(office, service: str, path: str, sort: str, limit: int) -> list[str]:
    """The rows of a list, read page by page."""
    rows: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        part = await read(office, service, path, sort=sort, limit=limit, **cursor)
        rows += [json.dumps(item, sort_keys=True) for item in part["items"]]
        if part["next_cursor"] is None:
            return rows
        cursor = {"cursor": part["next_cursor"]}


@pytest.mark.parametrize(("service", "path", "sorts"), LISTS, ids=[path for _, path, _ in LISTS])
async def test_each_order_gives_the_whole_list(office, service, path, sorts):
    rows = await walked(office, service, path, sorts[0], 200)
    for sort in sorts:
        whole = await walked(office, service, path, sort, 200)
        assert sorted(whole) == sorted(rows), sort
        assert await walked(office, service, path, sort, 3) == whole, sort


@pytest.mark.parametrize(("service", "path", "sorts"), LISTS, ids=[path for _, path, _ in LISTS])
async def test_an_unknown_order_and_a_cursor_of_another_are_refused(office, service, path, sorts):
    below = f"/api/agent/{service}{path.removeprefix('/agent')}"
    answer = await office.open(f"{below}?sort=nothing")
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "sort"
    part = await read(office, service, path, sort=sorts[0], limit=1)
    if part["next_cursor"]:
        answer = await office.open(f"{below}?sort={sorts[1]}&cursor={part['next_cursor']}")
        assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "cursor"


async def test_heads_of_columns_order_the_list_and_keep_the_filters(office):
    await office.open("/agent/familles?q=a")
    link = office.find(r'aria-sort="ascending"><a class="sort" href="([^"]+)"').replace("&amp;", "&")
    assert link == "/agent/familles?q=a&tri=-label"
    first_to_last = row_heads(office)
    await office.open(link)
    assert 'aria-sort="descending"' in office.page.text
    assert row_heads(office) == first_to_last[::-1] != first_to_last
    assert '<option value="-label" selected' in office.page.text


async def test_a_filter_that_is_refused_leaves_the_others(office):
    await office.open("/agent/factures?status=paid&min_cents=beaucoup&tri=total")
    assert "Ce filtre n’est pas valide" in office.text
    assert office.page.url.query == b"status=paid&tri=total"
    await office.open("/agent/factures?min_cents=1%20250,50&max_cents=-3")
    assert "Ce filtre n’est pas valide" not in office.text and "Aucune facture" in office.text


def row_heads(office) -> list[str]:
    return re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)', office.page.text)
