"""Every page in its first state, at both sizes: no axe finding, no error, no sideways scroll."""

import asyncio

import pytest
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
    "/rien",
)
PARENT = (
    "/",
    "/actualites",
    "/reservations",
    "/reservations/periode",
    "/reservations/liste",
    "/reservations/panier",
    "/factures",
    "/demandes",
    "/profil",
    "/adhesion",
    "/donnees-personnelles",
    "/boite-d-essai",
)
AGENT = (
    "/agent",
    "/agent/recherche?q=martin",
    "/agent/familles",
    "/agent/familles/nouvelle",
    "/agent/activites",
    "/agent/reservations",
    "/agent/pointage",
    "/agent/facturation",
    "/agent/factures",
    "/agent/tarifs",
    "/agent/paiements",
    "/agent/demandes",
    "/agent/commune",
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


@pytest.mark.parametrize("subject", ["public", "parent", "agent"])
async def test_every_page_is_sound(eyes: Eyes, subject: str) -> None:
    if subject == "public":
        await look_at(eyes, PUBLIC)
    elif subject == "parent":
        await sign_in(eyes.page, "parent@jolieville.example", "/connexion")
        await look_at(eyes, PARENT)
    else:
        await sign_in(eyes.page, "admin@jolieville.example", "/agent/connexion")
        await look_at(eyes, AGENT)
