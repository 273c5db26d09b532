"""Agents find invoices by any name of the family, as they happen to write it, and by parts of the number."""

from datetime import UTC, date, datetime, timedelta

import pytest
import pytest_asyncio

from preau.billing import demo
from preau.billing.invoices import search_repository
from preau.testing.database_clock import moved_clock
from preau.testing.town import Household


class Named(Household):
    """A family whose people have names of their own."""

    def __init__(self, label: str, guardian: tuple[str, str], child: tuple[str, str]) -> None:
        super().__init__(demo.JOLIEVILLE, label, 1)
        self.names = guardian, child

    def event(self):
        told = super().event()
        (first, last), (child_first, child_last) = self.names
        guardian = told.guardians[0].model_copy(update={"first_name": first, "last_name": last})
        child = told.children[0].model_copy(update={"first_name": child_first, "last_name": child_last})
        return told.model_copy(update={"guardians": (guardian,), "children": (child,)})


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def billed(module_town):
    town = module_town
    families = (
        Named("D’Angelo - Nguyen", ("Zoé", "D’Angelo"), ("Chloe\u0301", "Nguyễn D’Angelo")),
        Named("Le Goff", ("Yaël", "Le Goff"), ("Jean-Pierre", "Legoff")),
        Named("Œuvrard", ("Łucja", "Œuvrard"), ("نور", "Œuvrard")),
    )
    for family in families:
        await town.service.deliver(family.event())
        await town.order(family, town.booking(family, date(2026, 3, 2)))
    assert (await town.issue(await town.run())).status_code == 200
    return town


async def found(town, **query) -> list[str]:
    answer = await town.service.client.get("/agent/invoices", params=query, headers=town.agent)
    assert answer.status_code == 200, answer.text
    return sorted(each["family_label"] for each in answer.json()["items"])


@pytest.mark.parametrize("few", [search_repository.FAMILIES, 0])
async def test_a_family_is_found_however_its_names_are_written(billed, few, monkeypatch):
    """Where few are found, and where they are many (then read in the list's order)."""
    monkeypatch.setattr(search_repository, "FAMILIES", few)
    typed = {
        "D’Angelo - Nguyen": (
            "d'angelo", "DANGELO", "d angelo", "nguyen chloé", "chloe nguyen", "Chloe\u0301", "NGUYỄN",
            "angelo zoe",
        ),
        "Le Goff": ("legoff", "le goff", "goff le", "jean pierre", "jeanpierre", "JEAN-PIERRE", "yael"),
        "Œuvrard": ("oeuvrard", "œuvrard", "lucja", "نور"),
    }  # fmt: skip
    for label, spellings in typed.items():
        for spelling in spellings:
            assert await found(billed, q=spelling) == [label], spelling
    assert await found(billed, q="angelo goff") == []
    assert len(await found(billed, q=" - ’ ")) == 3


@pytest.mark.parametrize("few", [search_repository.INVOICES, 0])
async def test_a_number_is_found_by_any_part_of_it(billed, few, monkeypatch):
    monkeypatch.setattr(search_repository, "INVOICES", few)
    answer = await billed.service.client.get("/agent/invoices", headers=billed.agent)
    own = answer.json()["items"][0]
    number = own["number"]
    year, place = number[-11:-7], number[-6:]
    spellings = (
        number, number.lower(), number.replace("-", ""), number.replace("-", " "), number[3:],
        f"{year}-{int(place)}", f"RS {year} {int(place)}", place,
    )  # fmt: skip
    for spelling in spellings:
        assert await found(billed, q=spelling) == [own["family_label"]], spelling
    assert len(await found(billed, q=f"RS-{year}")) == 3
    assert await found(billed, q="RS-1999") == []


async def test_filters_leave_what_they_say(billed):
    everything = ["D’Angelo - Nguyen", "Le Goff", "Œuvrard"]
    assert await found(billed, period="2026-03") == everything
    assert await found(billed, period="2026-04") == []
    assert await found(billed, period="2026-03", q="goff") == ["Le Goff"]
    assert await found(billed, min_cents=1, max_cents=10_000) == everything
    assert await found(billed, min_cents=10_000) == []
    assert await found(billed, min_cents=1, kind="prepaid") == []
    assert await found(billed, due_from="0001-01-01", due_to="9999-12-31") == everything
    assert await found(billed, due_to="2020-01-01") == []
    answer = await billed.service.client.get("/agent/invoices?period=2026-13", headers=billed.agent)
    assert answer.status_code == 422


async def test_what_is_past_due_is_a_filter(town):
    """Due on the last day of its term it is open; from the day after, it is past due."""
    family = await town.household("Martin", children=1)
    await town.order(family, town.booking(family, date(2026, 3, 2)))
    await town.issue(await town.run())
    (invoice,) = await town.invoices(family)
    due = date.fromisoformat(invoice["due_date"])
    async with moved_clock(town.service.database) as clock:
        for day, overdue in ((due, []), (due + timedelta(days=1), ["Martin"])):
            await clock.move_to(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
            assert await found(town, status="overdue") == overdue
            assert await found(town, status="open") == ["Martin"]
    await town.pay(invoice["invoice_id"], invoice["total_cents"], family)
    assert await found(town, status="open") == []


async def test_filters_hold_from_page_to_page(billed):
    """Each page of what was searched, in every order, whichever way it is read."""
    for sort in ("issued_on", "-number", "family", "-due_date", "total"):
        for filters in ({"q": "e"}, {"q": "2026"}, {"period": "2026-03"}, {"min_cents": "1"}, {}):
            cursor, seen = "", []
            while cursor is not None:
                query = filters | {"sort": sort, "limit": "1"} | ({"cursor": cursor} if cursor else {})
                answer = await billed.service.client.get(
                    "/agent/invoices", params=query, headers=billed.agent
                )
                assert answer.status_code == 200, answer.text
                seen += [each["family_label"] for each in answer.json()["items"]]
                cursor = answer.json()["next_cursor"]
            assert len(seen) == len(set(seen)) and len(seen) >= 2, (sort, filters)
