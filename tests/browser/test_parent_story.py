"""A parent's story in a real browser: activate, book, pay, cancel, ask."""

import asyncio
import re
from pathlib import Path

from playwright.async_api import expect

from preau.operations.tour.cast import LEISURE_CENTRE, SCHOOL_MEALS, Cast, Household
from preau.operations.tour.documents import small_pdf

from .conftest import Eyes, settled


async def activate(eyes: Eyes, household: Household) -> None:
    page = eyes.page
    await page.goto(re.sub(r"^https?://[^/]+", "", household.activation))
    await eyes.look("activation")
    await page.fill("[name=account_name]", household.label)
    await page.fill("[name=password]", household.password)
    await page.fill("[name=password_confirmation]", "autre chose 123")
    await page.locator("[name=purpose]").first.check()
    await page.get_by_role("button", name="Activer mon compte").click()
    await expect(page.locator("[name=account_name]")).to_have_value(household.label)
    await eyes.look("activation-corrections")
    await page.fill("[name=password]", household.password)
    await page.fill("[name=password_confirmation]", household.password)
    await page.get_by_role("button", name="Activer mon compte").click()
    if "/connexion" in page.url:
        await page.fill("[name=email]", household.email)
        await page.fill("[name=password]", household.password)
        await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour")


async def choose(eyes: Eyes, site: str, child: str) -> None:
    page = eyes.page
    await page.goto("/reservations")
    await page.get_by_role("link", name=child).first.click()
    await settled(page)
    await page.get_by_label("Le service").select_option(label=site)
    await settled(page)


async def test_a_parent_activates_books_and_cancels(eyes: Eyes, invited: Household) -> None:
    page = eyes.page
    await activate(eyes, invited)
    await eyes.look("accueil")

    await choose(eyes, SCHOOL_MEALS, "Lina")
    await page.get_by_role("link", name="Suivant").first.click()
    await settled(page)
    free = page.locator("button.cell[hx-post]:visible", has_text="Réserver")
    await expect(free.first).to_be_visible()
    await free.first.click()
    await expect(page.locator("#panier")).to_contain_text("1 REPAS")
    await free.first.click()
    await expect(page.locator("#panier")).to_contain_text("2 REPAS")
    await expect(page.locator("#panier")).to_contain_text("5,20")
    await eyes.look("calendrier-et-panier")

    locked = page.locator("a.cell").first
    await locked.click()
    await expect(page.locator("dialog[open] h2")).to_be_focused()
    await eyes.look("jour-verrouille")
    await page.keyboard.press("Escape")

    if eyes.size == "phone":
        await page.goto("/reservations/panier")
        await eyes.look("panier")
    await page.get_by_role("button", name="Valider", exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("enregistré")
    await eyes.look("commande-confirmee")

    await page.goto("/reservations/liste")
    await eyes.look("mes-reservations")
    await page.get_by_role("link", name=re.compile("Annuler")).first.click()
    await eyes.look("annuler")
    await page.get_by_role("button", name=re.compile("Annuler")).click()
    await expect(page.locator("main")).to_contain_text("Annulation enregistrée")


async def test_a_parent_pays_a_prepaid_day(eyes: Eyes, invited: Household) -> None:
    page = eyes.page
    await activate(eyes, invited)
    await choose(eyes, LEISURE_CENTRE, "Lina")
    await page.get_by_role("link", name="Suivant").first.click()
    await settled(page)
    await page.locator("button.cell[hx-post]:visible", has_text="Réserver").first.click()
    await expect(page.locator("#panier")).to_contain_text("7,50")
    if eyes.size == "phone":
        await page.goto("/reservations/panier")
    await page.get_by_role("button", name="Valider et payer").click()
    pay = page.get_by_role("button", name=re.compile("^Payer"))
    await expect(pay).to_be_visible()
    if "/commandes/" in page.url:  # the invoice took a moment: the order's page offers the payment
        await eyes.look("commande-a-payer")
        await pay.click()
    await expect(page.get_by_text("Aucun argent réel")).to_be_visible()
    await eyes.look("banque")
    await page.get_by_role("button", name=re.compile("^Payer")).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Paiement reçu")
    await eyes.look("paiement-recu")
    await page.get_by_role("link", name="Reçu à imprimer").click()
    await eyes.look("recu")
    await page.goto("/factures")
    await expect(page.get_by_role("heading", name="Factures réglées et avoirs")).to_be_visible()
    await eyes.look("factures")
    await page.get_by_role("link", name=re.compile("Détail")).first.click()
    await expect(page.locator("main")).to_contain_text("QF 612")
    await eyes.look("facture")


async def test_a_parent_files_a_request(eyes: Eyes, cast: Cast, invited: Household, tmp_path: Path) -> None:
    page = eyes.page
    await activate(eyes, invited)
    document = tmp_path / "piece.pdf"
    document.write_bytes(small_pdf())
    await page.goto("/demandes")
    await eyes.look("demandes-vide")
    await page.goto("/demandes/nouvelle")
    await eyes.look("demande-choisir")
    await page.get_by_role("link", name=re.compile("Autorisation de récupération")).click()
    await page.get_by_role("button", name="Envoyer la demande").click()
    await expect(page.locator("[role=alert], .error-summary").first).to_be_visible()
    await eyes.look("demande-corrections")
    await page.get_by_label(re.compile("Lina")).check()
    await page.fill("[name='reponse.person_name']", "Dominique Exemple")
    await page.select_option("[name='reponse.relation']", index=1)
    await page.fill("[name='reponse.phone']", "0611223344")
    await page.fill("[name='reponse.valid_from']", "2026-12-01")
    await page.set_input_files("input[type=file]", document)
    await page.get_by_role("button", name="Envoyer la demande").click()
    await expect(page.locator("main")).to_contain_text(re.compile("D-20"))
    await eyes.look("demande-deposee")

    def accept() -> None:
        waiting = cast.admin.api("GET", "requests", "requests", params={"status": "submitted"})["items"]
        for each in waiting:
            cast.admin.api(
                "POST",
                "requests",
                f"requests/{each['request_id']}/decision",
                json={"decision": "accepted", "message": "C’est noté."},
            )

    await asyncio.to_thread(accept)
    await page.reload()
    await expect(page.locator("main")).to_contain_text(re.compile("acceptée", re.IGNORECASE))
    await eyes.look("demande-acceptee")
    await page.goto("/profil")
    await eyes.look("profil")
