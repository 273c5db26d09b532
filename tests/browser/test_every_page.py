"""What anybody may open, and words that are longer than a phone is wide: sound at both sizes.

The pages of those who sign in are looked at with something in them, in ``tests/security/pages``.
"""

import asyncio

from playwright.async_api import Page

from preau.operations.tour.cast import Cast
from preau.operations.tour.registration import enrol

from .conftest import Eyes

PASSWORD = "demo-Preau-2026"
PUBLIC = (
    "/connexion",
    "/inscription",
    "/mot-de-passe-oublie",
    "/mot-de-passe/lien",
    "/accessibilite",
    "/agent/connexion",
    "/agent/mot-de-passe-oublie",
    "/agent/mot-de-passe/lien",
    "/boite-d-essai",
    "/rien",
)


def name_of(path: str) -> str:
    return path.partition("?")[0].strip("/").replace("/", "-") or "racine"


async def look_at(eyes: Eyes, paths: tuple[str, ...]) -> None:
    for path in paths:
        answer = await eyes.page.goto(path)
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status}"
        await eyes.look(f"page-{name_of(path)}")


LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
"""A name that is longer than a phone is wide (a village in Wales)."""


async def test_a_long_word_stays_on_the_page(eyes: Eyes, cast: Cast) -> None:
    household = cast.family
    household.label = f"Famille {LONG}"
    household.email = f"{LONG}.{household.tag}@famille.example"
    await asyncio.to_thread(enrol, cast, household, 1)
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    dossier = f"/agent/familles/{household.family_id}"
    await look_at(eyes, ("/boite-d-essai", f"/agent/familles?q={household.tag}", dossier))


async def sign_in(page: Page, email: str, where: str) -> None:
    """Sign in, and wait for the page behind: the next address would overtake the answer."""
    await page.goto(where)
    await page.fill("[name=email]", email)
    await page.fill("[name=password]", PASSWORD)
    async with page.expect_navigation(url=lambda url: not url.endswith("connexion")):
        await page.get_by_role("button", name="Se connecter").click()


async def test_every_page_is_sound_before_anybody_signs_in(eyes: Eyes) -> None:
    await look_at(eyes, PUBLIC)
