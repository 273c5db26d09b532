"""The calendar in a real browser: focus stays, scroll stays, cells and basket tell the same."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Page, expect

from preau.common.settings import DEMO_PASSWORD
from preau.operations.tour.cast import SCHOOL_MEALS, Cast, Household
from preau.testing.waiting import eventually

from .conftest import Eyes, settled

FREE = "button.cell.is-bookable:visible"
CELLS_AND_LINES = """(count) => {
  if (document.querySelector(".htmx-request, .htmx-added, .htmx-settling")) return false;
  const child = document.querySelector("#calendrier .chip[aria-current]").textContent.trim().slice(1);
  const told = (element) => element.querySelector(".visually-hidden").textContent.trim();
  const cells = Array.from(document.querySelectorAll("#semaines .in-basket"), told)
    .map((text) => text.replace(/\\s*:$/, ""));
  const ours = (text) => text.includes(`, ${child} `);
  const lines = Array.from(document.querySelectorAll("#panier .basket-lines button"), told).filter(ours)
    .map((text) => text.replace(/^Retirer /, "").replace(/, [^,]*$/, ""));
  return lines.length === count && cells.sort().join() === lines.sort().join();
}"""
"""Whether the shown child's cells and the lines of the basket tell the same ``count`` days."""


async def agree(page: Page, count: int) -> None:
    """Wait until the cells and the basket hold the same so many days."""
    await eventually(lambda: page.evaluate(CELLS_AND_LINES, count), f"{count} days", within_seconds=60)


async def open_week(page: Page, child: str = "Lina") -> None:
    """The calendar of meals in the first week in which they can be booked on three days."""
    await page.goto("/reservations")
    await page.get_by_label("Le service").select_option(label=SCHOOL_MEALS)
    await settled(page)
    await expect(page.locator("#semaines .activity-head").first).to_have_text("Repas")
    await switch_to(page, child)
    for _ in range(6):
        week = page.locator(".week:visible").first
        if await week.locator("button.is-bookable").count() >= 3:
            return
        await next_week(page)
    raise AssertionError("no week to book in")


async def switch_to(page: Page, child: str) -> None:
    await page.get_by_role("link", name=child, exact=True).click()
    await settled(page)
    await expect(page.get_by_role("link", name=child, exact=True)).to_have_attribute("aria-current", "true")


async def next_week(page: Page) -> None:
    shown = await page.locator("#semaines").get_attribute("data-place")
    await page.locator(".calendar-nav a:visible", has_text="Suivant").click()
    await settled(page)
    await expect(page.locator("#semaines")).not_to_have_attribute("data-place", shown or "")


async def press(page: Page, selector: str) -> None:
    """Press a button of the basket, which a phone shows on a page of its own."""
    await page.locator(selector).first.evaluate("(button) => button.click()")


async def test_the_first_day_stands_in_the_first_screen(eyes: Eyes, at_home: Page) -> None:
    await at_home.goto("/reservations")
    top: float = await at_home.locator(".cell").first.evaluate("(cell) => cell.getBoundingClientRect().top")
    assert top < (500 if eyes.size == "phone" else 600)
    await eyes.look("calendrier")


async def test_three_children_fit_a_phone(eyes: Eyes) -> None:
    page = eyes.page
    await page.goto("/connexion")
    await page.fill("[name=email]", "aissata.diallo@jolieville.example")
    await page.fill("[name=password]", DEMO_PASSWORD)
    async with page.expect_navigation(url=lambda url: "/connexion" not in url):
        await page.locator("main button[type=submit]").click()
    await page.goto("/reservations")
    await expect(page.locator("#calendrier .chip")).to_have_count(3)
    await eyes.look("calendrier-de-trois")


async def test_a_switch_in_place_keeps_scroll_focus_and_address(at_home: Page) -> None:
    page = at_home
    await open_week(page)
    before = page.url
    await page.evaluate("window.scrollTo(0, 90)")
    await page.locator(
        ".calendar-nav a:visible", has_text="Suivant"
    ).first.hover()  # a click would scroll there
    kept = await page.evaluate("window.scrollY")
    await next_week(page)
    assert await page.evaluate("window.scrollY") == kept > 0
    await expect(page.locator(".calendar-nav a:visible", has_text="Suivant")).to_be_focused()
    assert page.url != before and "du=" in page.url
    shown = await page.locator("#semaines").get_attribute("data-place")
    await switch_to(page, "Noé")
    await expect(page.get_by_role("link", name="Noé", exact=True)).to_be_focused()
    await page.reload()
    assert "Noé" in (await page.locator("#calendrier .chip[aria-current]").inner_text())
    await page.go_back()
    await expect(page.locator("#semaines")).to_have_attribute("data-place", shown or "")
    await page.goto("/reservations")  # it remembers
    assert "Noé" not in (await page.locator("#calendrier .chip[aria-current]").inner_text())
    await expect(page.get_by_label("Le service").locator("option:checked")).to_have_text(SCHOOL_MEALS)


async def test_a_dialog_takes_focus_keeps_it_and_gives_it_back(eyes: Eyes, at_home: Page) -> None:
    page = at_home
    await open_week(page)
    for opener in ("a.cell:visible", ".day-head a:visible", ".week-title a:visible"):
        link = page.locator(opener).first
        await link.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("dialog[open] h2")).to_be_focused()
        for _ in range(6):
            await page.keyboard.press("Tab")
            held: bool = await page.evaluate(
                "document.activeElement === document.body"  # the browser's own bar
                " || document.querySelector('dialog').contains(document.activeElement)"
            )
            assert held
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog")).not_to_be_visible()
        await expect(link).to_be_focused()
    await page.locator(".day-head a:visible").first.click()
    await expect(page.locator("dialog[open] h2")).to_be_focused()
    await eyes.look("tous-les-lundis")


async def test_focus_never_falls_to_the_body(at_home: Page) -> None:
    page = at_home
    await open_week(page)
    for number in (1, 2, 3):
        await page.locator(FREE).first.focus()
        cell = await page.evaluate("document.activeElement.id")
        await page.keyboard.press("Enter")
        await agree(page, number)
        await expect(page.locator(f"[id='{cell}']")).to_be_focused()
    await page.goto("/reservations/panier")
    await page.locator("summary[id^=plier]").first.click()
    for left in (2, 1):
        await page.locator(".basket-lines button").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator(".basket-lines button")).to_have_count(left)
        await expect(page.locator(".basket-lines button").first).to_be_focused()
        await settled(page)  # before it a form is sent as one without JavaScript is: a page of its own
    await page.locator("#vider").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#retablir")).to_be_focused()
    await settled(page)
    await page.keyboard.press("Enter")
    await expect(page.locator(".basket-lines button")).to_have_count(1)
    await expect(page.locator("body")).not_to_be_focused()


@asynccontextmanager
async def closed_for_months(cast: Cast, activity_id: str) -> AsyncIterator[None]:
    """Every deadline of the activity has passed, for a while."""
    path = f"activities/{activity_id}"

    async def set_deadline(deadline: Any) -> None:
        body = {"booking_deadline": deadline}
        await asyncio.to_thread(cast.admin.api, "PATCH", "reservations", path, json=body)

    usual = (await asyncio.to_thread(cast.admin.api, "GET", "reservations", path))["booking_deadline"]
    await set_deadline({"kind": "days_before", "days": 120, "at": "12:00"})
    try:
        yield
    finally:
        await set_deadline(usual)


async def test_cells_and_basket_never_disagree(eyes: Eyes, cast: Cast, at_home: Page) -> None:
    page = at_home
    await open_week(page)
    await agree(page, 0)
    for number in (1, 2, 3):
        await page.locator(FREE).first.click()
        await agree(page, number)
    await page.locator("button.in-basket:visible").first.click()
    await agree(page, 2)
    await press(page, "#panier .basket-lines button")
    await agree(page, 1)
    await press(page, "#vider")
    await agree(page, 0)
    await press(page, "#retablir")
    await agree(page, 1)
    await page.locator(".day-head a:visible", has_text=re.compile("jeu")).first.click()
    await page.locator("dialog button", has_text="Mettre").click()
    await expect(page.locator("dialog")).not_to_be_visible()
    await expect(page.locator("#panier .basket-lines button").nth(1)).to_be_attached()
    await settled(page)
    thursdays = await page.locator("#panier .basket-lines button").count()
    await press(page, "#panier [id^=pareil-panier]")
    await expect(page.locator("#panier .basket-lines button")).to_have_count(2 * thursdays)
    offered = await asyncio.to_thread(cast.admin.api, "GET", "reservations", "activities")
    meals = next(each for each in offered["items"] if each["label"] == "Repas")
    async with closed_for_months(cast, meals["activity_id"]):
        await page.reload()
        await expect(page.locator("#panier .problem").first).to_contain_text("Il fallait réserver")
        shown = await page.locator("#semaines .in-basket").count()
        assert shown
        await page.locator("button.in-basket:visible").first.click()
        await expect(page.locator("#semaines .in-basket")).to_have_count(shown - 1)
        await eyes.look("panier-perime")
        await press(page, "#vider")
        await agree(page, 0)
        await press(page, "#retablir")
        await expect(page.locator("#messages")).to_contain_text("Il fallait réserver")
        await agree(page, 0)


async def test_two_tabs_end_in_the_same_picture(at_home: Page) -> None:
    page = at_home
    await open_week(page)
    deaf = await page.context.new_page()
    await deaf.add_init_script("delete window.BroadcastChannel")
    await deaf.goto(page.url)
    await page.locator(FREE).first.click()
    await agree(page, 1)
    taken = await page.evaluate("document.activeElement.id")
    await agree(deaf, 0)  # it has not heard of it
    await deaf.locator(f"#{taken}").click()  # it means to put in what is in: so it stays
    await agree(deaf, 1)
    await deaf.locator(FREE).first.click()
    await agree(deaf, 2)
    await agree(page, 1)
    await press(page, "#vider")
    await agree(page, 0)
    await deaf.locator("button.in-basket:visible").first.click()  # it means to take out what is out
    await agree(deaf, 0)
    hearing = await page.context.new_page()
    await hearing.goto(page.url)
    await page.locator(FREE).first.click()
    await agree(page, 1)
    await agree(hearing, 1)
    await deaf.goto("/reservations/panier")
    await page.locator(FREE).first.click()
    await agree(page, 2)
    await deaf.get_by_role("button", name="Valider", exact=True).click()
    await expect(deaf.locator("main")).to_contain_text("Votre panier a changé entre-temps")


async def test_a_month_for_two_children_takes_twelve_taps(
    eyes: Eyes, invited: Household, at_home: Page
) -> None:
    page = at_home
    await open_week(page)
    taps = 0
    for weekday in ("lun", "mar", "jeu", "ven"):
        await page.locator(".day-head a:visible", has_text=re.compile(weekday)).first.click()
        await page.locator("dialog button", has_text="Mettre").click()
        await expect(page.locator("dialog")).not_to_be_visible()
        taps += 2
    await page.locator("[id^=pareil-]:visible").first.click()
    taps += 1
    await expect(page.locator("[id^=pareil-]:visible")).to_have_count(0)
    if eyes.size == "phone":
        await page.locator("#voir-panier").click()
        taps += 1
    await eyes.look("panier-d-un-mois")
    await page.get_by_role("button", name="Valider", exact=True).click()
    taps += 1
    await expect(page.get_by_role("heading", level=1)).to_contain_text("enregistré")
    assert taps <= 12
    await asyncio.to_thread(invited.parent.sign_in, invited.email, invited.password)
    today = datetime.now(UTC).date()
    span = {"from": today.isoformat(), "to": (today + timedelta(days=120)).isoformat()}
    booked = await asyncio.to_thread(invited.get, "reservations", "bookings", params=span)
    days = Counter(each["child_id"] for each in booked["items"])
    assert len(days) == 2 and len(set(days.values())) == 1 and min(days.values()) >= 4
