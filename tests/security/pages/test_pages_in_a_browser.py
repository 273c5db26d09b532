"""Every page that links lead to, with something in it, in Chromium: sound, and at both sizes all in sight."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser

from tests.browser.conftest import SIZES, Eyes
from tests.security.pages.browsing import OUT_OF_SIGHT, signed_in
from tests.security.pages.person import PEOPLE, Person
from tests.security.pages.site_map import SiteMap, addresses_of
from tests.security.pages.test_page_fuzzing import gateway

LOOKING = {"parent": "phone", "agent admin": "desktop"}
"""Who looks, and at which size mostly: there a page is looked at with axe too."""
TOO_NARROW = """[...document.querySelectorAll('main :is(a, button, label, td, th, dd, p, h1, h2, h3)')]
    .filter(each => each.checkVisibility({visibilityProperty: true}) && /\\w{4}/.test(each.innerText))
    .filter(each => { const at = each.getBoundingClientRect(); return at.width > 2 && at.width < 24 })
    .map(each => each.outerHTML.slice(0, 120))"""
"""Words that stand a letter a line."""
HEADINGS = "[...document.querySelectorAll('main h1')].map(each => each.innerText)"


@pytest.fixture(scope="module")
async def opened(portal: Any, starts: list[str]) -> dict[str, list[str]]:
    """The addresses of pages that each of them comes to by links, one a route."""
    site = SiteMap(addresses_of(gateway().pages))
    for who in LOOKING:
        await site.explore(await Person(who, portal, PEOPLE[who]).sign_in(), starts)
    return {
        who: [
            path
            for (name, _), path in site.opened.items()
            if name == who and path.startswith("/agent") == (who != "parent") and path not in site.parts
        ]
        for who in LOOKING
    }


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("who", LOOKING)
async def test_every_page_is_sound_and_in_sight(
    browser: Browser, portal: Any, opened: dict[str, list[str]], who: str, size: str
) -> None:
    page = await signed_in(browser, portal, who, size)
    eyes, seen, wrong = Eyes(page, size), 0, list[str]()
    for path in opened[who]:
        await page.goto(path)
        seen += 1
        if size == LOOKING[who]:
            await eyes.look("every-" + re.sub(r"\W+", "-", path)[:60])
        else:
            await eyes.fits(path, SIZES[size])
        for what, found in (
            ("out of sight", await page.evaluate(OUT_OF_SIGHT) if size == "desktop" else []),
            ("a letter a line", await page.evaluate(TOO_NARROW)),
            ("headings", said if len(said := await page.evaluate(HEADINGS)) != 1 else []),
        ):
            wrong += [f"{path} ({size}), {what}: {each}" for each in found]
    await page.context.close()
    assert wrong == [], "\n".join(wrong)
    assert seen > 20, "links lead to the pages"
