"""A real Chromium on the running system, at a phone's and a desktop's size, with axe-core at hand."""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    async_playwright,
    expect,
)

from preau.operations.tour.cast import Cast, Household
from preau.operations.tour.registration import enrol

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1440, "height": 900},
}
SMALLEST: ViewportSize = {"width": 320, "height": 568}
"""A small phone, or 400 % of zoom (WCAG 1.4.10): no page is wider."""
TABLET: ViewportSize = {"width": 768, "height": 1024}
BROKEN_WORDS = r"""() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest(".visually-hidden")) continue;
    for (const word of node.data.matchAll(/(?<![^\s(«])\p{L}{2,16}(?![^\s,.:;)»])/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = Array.from(range.getClientRects(), (each) => each.top);
      if (Math.max(...tops) - Math.min(...tops) > 6) broken.push(word[0]);
    }
  }
  return broken;
}"""
"""The words of a page that stand on two lines: a table or a tab was too narrow for them."""
PATIENCE_MILLISECONDS = 60_000
"""A machine may have much else to do: only what never comes is a failure."""
expect.set_options(timeout=PATIENCE_MILLISECONDS)
SHOTS = Path(__file__).parents[2] / "var" / "screenshots"
"""A picture of each page looked at, where PREAU_TEST_SCREENSHOTS is set: a fifth of Chromium's work."""


@pytest.fixture(scope="session")
async def chromium_browser(chromium: str) -> AsyncIterator[Browser]:
    """Chromium without a screen; as root it needs its sandbox off."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
        )
        yield browser
        await browser.close()


async def settled(page: Page) -> None:
    """Wait until what was asked in place has come."""
    await expect(page.locator(".htmx-request, .htmx-added, .htmx-settling")).to_have_count(0)


class Eyes:
    """Looks at pages: nothing broken in the console, nothing that axe-core finds."""

    def __init__(self, page: Page, size: str) -> None:
        self.page = page
        self.size = size
        self._wrong: list[str] = []
        page.on("console", self._hear)
        page.on("response", self._receive)
        page.on("pageerror", lambda error: self._wrong.append(str(error)))

    def _hear(self, said: ConsoleMessage) -> None:
        """What was asked and given up, as something newer was asked or the page left, is no fault."""
        if said.text.startswith("htmx:sendAbort"):
            if self._wrong and self._wrong[-1].startswith("htmx:afterRequest"):
                self._wrong.pop()
        elif said.type == "error" and not said.text.startswith("Failed to load resource"):
            self._wrong.append(said.text)

    def _receive(self, answer: Response) -> None:
        """A refused form answers 422 and an unknown page 404: only what failed inside is wrong."""
        if answer.status >= 500:
            self._wrong.append(f"{answer.status} {answer.url}")

    async def look(self, name: str) -> None:
        """Check the page as it stands now."""
        await self.page.wait_for_load_state("networkidle")
        if os.environ.get("PREAU_TEST_SCREENSHOTS"):
            SHOTS.mkdir(parents=True, exist_ok=True)
            await self.page.screenshot(path=SHOTS / f"{name}-{self.size}.png", full_page=True)
        assert self._wrong == [], f"{name}: {self._wrong}"
        await self.page.evaluate(AXE.read_text())
        found: Any = await self.page.evaluate("axe.run({resultTypes: ['violations']})")
        told = [
            f"{item['id']}: {item['help']} — {item['nodes'][0]['html'][:200]}" for item in found["violations"]
        ]
        assert told == [], f"{name} ({self.size}): {told}"
        await self.fits(name, SIZES[self.size], TABLET, SMALLEST)

    async def fits(self, name: str, *sizes: ViewportSize) -> None:
        """Check that nothing scrolls sideways, but what is too wide alone, and that no word is broken."""
        before = self.page.viewport_size
        for size in sizes:
            await self._resize(size)
            width: int = await self.page.evaluate("document.scrollingElement.scrollWidth")
            broken: list[str] = await self.page.evaluate(BROKEN_WORDS)
            assert broken == [], f"{name} breaks words at {size['width']} px"
            assert width <= size["width"], f"{name} scrolls sideways: {width} px of {size['width']}"
        await self._resize(before)

    async def _resize(self, size: ViewportSize | None) -> None:
        """Where the page has that size already, Chromium would paint it once more all the same."""
        if size is not None and size != self.page.viewport_size:
            await self.page.set_viewport_size(size)


@pytest.fixture(params=sorted(SIZES))
async def eyes(request: pytest.FixtureRequest, chromium_browser: Browser, system: str) -> AsyncIterator[Eyes]:
    """A fresh browser profile at each size."""
    context = await chromium_browser.new_context(
        base_url=system, viewport=SIZES[request.param], locale="fr-FR", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield Eyes(await context.new_page(), request.param)
    await context.close()


@pytest.fixture
async def cast(system: str) -> Cast:
    """The agents of the demonstration, signed in by API, and two families to be enrolled."""
    made = Cast(system)
    await asyncio.to_thread(made.sign_agents_in)
    return made


@pytest.fixture
async def invited(cast: Cast) -> Household:
    """A family that the commune has registered and that has its invitation."""
    await asyncio.to_thread(enrol, cast, cast.family, 2)
    return cast.family


@pytest.fixture
async def at_home(eyes: Eyes, invited: Household) -> Page:
    """The page of a parent of two children who has just activated the account."""
    page = eyes.page
    await page.goto(re.sub(r"^https?://[^/]+", "", invited.activation))
    await page.fill("[name=account_name]", invited.label)
    await page.fill("[name=password]", invited.password)
    await page.fill("[name=password_confirmation]", invited.password)
    await page.locator("[name=purpose]").first.check()
    async with page.expect_navigation(url=lambda url: "/activation" not in url):
        await page.get_by_role("button", name="Activer mon compte").click()
    if "/connexion" in page.url:
        await page.fill("[name=email]", invited.email)
        await page.fill("[name=password]", invited.password)
        async with page.expect_navigation(url=lambda url: "/connexion" not in url):
            await page.get_by_role("button", name="Se connecter").click()
    return page
