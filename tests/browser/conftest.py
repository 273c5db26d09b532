"""A real Chromium on the running system, at a phone's and a desktop's size, with axe-core at hand."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Response, async_playwright

from preau.operations.tour.cast import Cast, Household
from preau.operations.tour.registration import enrol

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
SHOTS = Path(__file__).parents[2] / "var" / "screenshots"


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


class Eyes:
    """Looks at pages: nothing broken in the console, nothing that axe-core finds, and a screenshot."""

    def __init__(self, page: Page, size: str) -> None:
        self.page = page
        self.size = size
        self._wrong: list[str] = []
        page.on("console", self._hear)
        page.on("response", self._receive)
        page.on("pageerror", lambda error: self._wrong.append(str(error)))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self._wrong.append(said.text)

    def _receive(self, answer: Response) -> None:
        """A refused form answers 422 and an unknown page 404: only what failed inside is wrong."""
        if answer.status >= 500:
            self._wrong.append(f"{answer.status} {answer.url}")

    async def look(self, name: str) -> None:
        """Check the page as it stands now."""
        await self.page.wait_for_load_state("networkidle")
        SHOTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=SHOTS / f"{name}-{self.size}.png", full_page=True)
        assert self._wrong == [], f"{name}: {self._wrong}"
        await self.page.evaluate(AXE.read_text())
        found: Any = await self.page.evaluate("axe.run({resultTypes: ['violations']})")
        told = [
            f"{item['id']}: {item['help']} — {item['nodes'][0]['html'][:200]}" for item in found["violations"]
        ]
        assert told == [], f"{name} ({self.size}): {told}"
        width: int = await self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[self.size]["width"], f"{name} scrolls sideways: {width} px"


@pytest.fixture(params=sorted(SIZES))
async def eyes(request: pytest.FixtureRequest, chromium_browser: Browser, system: str) -> AsyncIterator[Eyes]:
    """A fresh browser profile at each size."""
    context = await chromium_browser.new_context(
        base_url=system, viewport=SIZES[request.param], locale="fr-FR", timezone_id="Europe/Paris"
    )
    context.set_default_timeout(20_000)
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
