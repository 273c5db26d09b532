"""The agents’ lists with rows in them, in Chromium: at each width, by keyboard, and without JavaScript."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.conftest import SIZES, Eyes
from tests.security.pages.browsing import OUT_OF_SIGHT, signed_in
from tests.security.pages.stage import add_long_names

LISTS = (
    "/agent/familles",
    "/agent/factures",
    "/agent/paiements",
    "/agent/reservations",
    "/agent/reservations?status=all",
    "/agent/demandes?status=submitted",
    "/agent/facturation",
    "/agent/recherche?q=martin",
)
NARROWEST = 320
ONE_LINE = 42
"""The pixels of a row on a desktop, with buttons in it."""
TWO_LINES = {"/agent/reservations?status=all": 58}
"""Where the longest state and the buttons of the shortest meet."""


def name_of(path: str) -> str:
    return path.strip("/").replace("/", "-").replace("?", "-").replace("=", "-")


@pytest.mark.parametrize("size", sorted(SIZES))
async def test_every_list_is_sound_at_every_width(browser, portal, starts, size: str) -> None:
    page = await signed_in(browser, portal, "agent admin", size)
    eyes = Eyes(page, size)
    for path in LISTS:
        await page.set_viewport_size(SIZES[size])
        await page.goto(path)
        await eyes.look(f"list-{name_of(path)}")
        if size == "desktop" and "recherche" not in path:
            rows = page.locator("table.work").last.locator("tbody tr")
            heights = [each["height"] for row in await rows.all() if (each := await row.bounding_box())]
            assert heights and min(heights) <= TWO_LINES.get(path, ONE_LINE), f"{path}: rows of {heights} px"
        if size == "phone":
            await page.set_viewport_size({"width": NARROWEST, "height": 700})
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROWEST, f"{path} is {width} px wide"
    await page.context.close()


async def test_the_keyboard_reaches_the_search_and_the_rows(browser, portal, starts) -> None:
    page = await signed_in(browser, portal, "agent admin", "desktop")
    await page.goto("/agent/familles")
    await page.keyboard.press("/")
    search = page.locator("#global-search")
    await expect(search).to_be_focused()
    await page.keyboard.type("a/j")
    await expect(search).to_have_value("a/j")
    links = page.locator("table.work tbody th a")
    await links.first.focus()
    await page.keyboard.press("j")
    await expect(links.nth(1)).to_be_focused()
    await page.keyboard.press("k")
    await expect(links.first).to_be_focused()
    await page.context.close()


async def test_the_box_of_the_page_ticks_the_rows_and_follows_them(browser, portal, starts) -> None:
    page = await signed_in(browser, portal, "agent admin", "desktop")
    await page.goto("/agent/demandes?status=submitted")
    whole, rows = page.locator("[name=page]"), page.locator("[name=chosen]")
    await whole.check()
    assert all([await row.is_checked() for row in await rows.all()])
    await rows.first.uncheck()
    await expect(whole).not_to_be_checked()
    await rows.first.check()
    await expect(whole).to_be_checked()
    await expect(page.locator("[data-check-count]")).to_contain_text("cochée")
    await page.context.close()


async def test_a_selection_needs_no_javascript(browser, portal, starts) -> None:
    page = await signed_in(browser, portal, "agent admin", "desktop", java_script_enabled=False)
    await page.goto("/agent/demandes?status=submitted")
    await page.locator("[name=chosen]").first.check()
    await page.get_by_role("button", name="Prendre en charge").click()
    await expect(page.locator("#messages")).to_contain_text("1 ligne prise en charge")
    await page.goto("/agent/reservations")
    await page.locator("[name=page]").check()
    await page.fill(".bulk-message", "À bientôt")
    await page.locator(".bulk-bar").get_by_role("button", name="Accepter").click()
    await expect(page.locator("#messages")).to_contain_text("acceptée")
    await page.context.close()


async def test_long_names_push_nothing_out_of_sight(browser, portal, starts) -> None:
    """Rows grow: a state under the buttons beside it would be read by nobody."""
    await asyncio.to_thread(add_long_names, str(portal.base_url).rstrip("/"))
    page = await signed_in(browser, portal, "agent admin", "desktop")
    for path in LISTS:
        await page.goto(path)
        assert await page.evaluate(OUT_OF_SIGHT) == [], path
    await page.context.close()
