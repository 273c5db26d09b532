"""Every page in its first state, at both sizes: no axe finding, no error, no sideways scroll."""

import pytest

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
    return path.strip("/").replace("/", "-") or "racine"


async def look_at(eyes: Eyes, paths: tuple[str, ...]) -> None:
    for path in paths:
        answer = await eyes.page.goto(path)
        assert answer is not None
        assert answer.status < 500, f"{path}: {answer.status}"
        await eyes.look(f"page-{name_of(path)}")


@pytest.mark.parametrize("subject", ["public", "parent", "agent"])
async def test_every_page_is_sound(eyes: Eyes, subject: str) -> None:
    page = eyes.page
    if subject == "public":
        await look_at(eyes, PUBLIC)
        return
    who, where = (
        ("parent@jolieville.example", "/connexion")
        if subject == "parent"
        else ("admin@jolieville.example", "/agent/connexion")
    )
    await page.goto(where)
    await page.fill("[name=email]", who)
    await page.fill("[name=password]", PASSWORD)
    async with page.expect_navigation(url=lambda url: not url.endswith("connexion")):
        await page.get_by_role("button", name="Se connecter").click()
    await look_at(eyes, PARENT if subject == "parent" else AGENT)
