"""Somebody before the pages in Chromium."""

from typing import Any

from playwright.async_api import Browser, Page

from tests.browser.conftest import PATIENCE_MILLISECONDS, SIZES
from tests.security.pages.person import PASSWORD, PEOPLE, SIGN_IN

OUT_OF_SIGHT = """[...document.querySelectorAll('.table-box')]
    .filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => `${box.scrollWidth} px in ${box.clientWidth}: ${box.innerText.slice(0, 120)}`)"""
"""Tables whose last columns lie beside what is shown of them."""


async def signed_in(browser: Browser, portal: Any, who: str, size: str, **options: Any) -> Page:
    """A page of a fresh browser profile, signed in as one of ``PEOPLE``."""
    context = await browser.new_context(
        base_url=str(portal.base_url).rstrip("/"), viewport=SIZES[size], locale="fr-FR", **options
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = await context.new_page()
    await page.goto(SIGN_IN[who.split()[0]])
    await page.fill("[name=email]", PEOPLE[who])
    await page.fill("[name=password]", PASSWORD)
    async with page.expect_navigation(url=lambda url: not url.endswith("connexion")):
        await page.get_by_role("button", name="Se connecter").click()
    return page
