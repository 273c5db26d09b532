"""The agents' records in a browser: tabs that load alone, a record beside its list, an order on a phone."""

import asyncio
import re
from uuid import UUID

import pytest
from playwright.async_api import Route, expect

from preau.operations.tour.cast import Cast, Household

from .conftest import Eyes, settled
from .test_agents_forms import MEALS
from .test_every_page import sign_in


async def test_a_tab_loads_alone_with_its_address_its_title_and_the_focus(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto(f"/agent/activites/{MEALS}")
    await page.evaluate("document.body.dataset.same = 'yes'")
    for key, path, title in (("places", "/places", "places"), ("settings", "/reglages", "réglages")):
        await page.click(f"#onglet-{key}")
        await expect(page.locator(f"#onglet-{key}")).to_have_attribute("aria-current", "page")
        await settled(page)
        assert page.url.endswith(f"/agent/activites/{MEALS}{path}")
        await expect(page).to_have_title(f"Repas, {title} · Jolieville")
        await expect(page.locator(f"#onglet-{key}")).to_be_focused()
        assert await page.evaluate("document.body.dataset.same") == "yes", "the page around stayed"
        await eyes.look(f"agents-activity-{key}")
    await page.go_back()
    await expect(page.locator("#onglet-places")).to_have_attribute("aria-current", "page")


async def test_every_tab_of_a_family_is_sound(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/familles?q=benali")
    await page.locator("tbody th a").first.click()
    for key in ("children", "quotients", "bookings", "invoices", "requests", "summary"):
        await page.click(f"#onglet-{key}")
        await expect(page.locator(f"#onglet-{key}")).to_have_attribute("aria-current", "page")
        await settled(page)
        await eyes.look(f"agents-family-{key}")


async def test_the_facts_of_a_family_by_day_are_sound(eyes: Eyes, invited: Household, cast: Cast) -> None:
    """With what was, what holds and what comes; with a mistake in a form; before an entry is taken away."""
    path, record = f"families/{invited.family_id}", f"/agent/familles/{invited.family_id}"
    child = invited.children[0]["child_id"]
    second = {"first_name": "Bo", "last_name": "Payeur", "is_payer": True, "effective_from": "2026-02-01"}
    schooling = {"school": "École Jules-Ferry", "class_name": "CM1", "category": "PAI"}

    def enter() -> None:
        cast.admin.api("POST", "identity", f"{path}/guardians", json=second, expect=201)
        for day, residency, value in (
            ("2026-02-01", "non_resident", "859.99"),
            ("2098-09-01", "resident", "612"),
        ):
            cast.admin.api("PATCH", "identity", path, json={"residency": residency, "effective_from": day})
            quotient = {"value": value, "effective_from": day}
            cast.admin.api("POST", "identity", f"{path}/quotients", json=quotient, expect=201)
        changes = {**schooling, "effective_from": "2098-09-01", "counts_to": "2097-01-01"}
        cast.admin.api("PATCH", "identity", f"{path}/children/{child}", json=changes)

    await asyncio.to_thread(enter)
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    pages = ("", "/residence", "/payeur", "/quotients", "/enfants", f"/enfants/{child}")
    for number, each in enumerate(pages):
        await page.goto(record + each)
        for fold in await page.locator("main details:not([open])").all():
            await fold.locator("summary").click()
        await eyes.look(f"agents-family-fact-{number}")
    await page.fill("#f-counts_from", "2098-01-01")
    await page.get_by_role("button", name="Enregistrer la fratrie").click()
    await page.get_by_role("button", name="Confirmer et enregistrer").click()
    await expect(page.locator("#error-summary")).to_be_focused()
    await eyes.look("agents-family-fact-mistake")
    await page.goto(f"{record}/quotients")
    await page.get_by_role("button", name="Retirer").first.click()
    await expect(page.get_by_text("Rien n’est encore enregistré")).to_be_visible()
    await eyes.look("agents-family-fact-removal")
    await page.get_by_role("button", name="Confirmer et enregistrer").click()
    await expect(page.get_by_text("est retiré de l’historique")).to_be_visible()
    await page.goto("/agent/familles/nouvelle")
    await eyes.look("agents-family-new")
    await page.goto("/agent/commune/listes")
    await page.get_by_role("button", name="Ajouter une résidence").click()
    await expect(page.locator("#f-residency_classes-2-label")).to_be_focused()
    await page.keyboard.type("Commune conventionnée")
    await page.locator("#f-residency_classes-2-is_resident").check()
    await eyes.look("agents-commune-lists")
    await page.get_by_role("button", name="Enregistrer").last.click()
    await expect(page.get_by_text("Commune conventionnée (comme habitant)")).to_be_visible()
    await eyes.look("agents-commune-lists-told")


@pytest.mark.parametrize("failure", ["gone", "cut"])
async def test_no_record_stands_beside_the_line_of_another_that_did_not_come(
    eyes: Eyes, failure: str
) -> None:
    page = eyes.page
    if eyes.size == "phone":
        return  # no panel there
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/familles")
    glances = page.locator("a[data-peek]")
    panel = page.get_by_role("complementary", name="Aperçu")
    await glances.first.click()
    await expect(panel).to_be_visible()

    async def fail(route: Route) -> None:
        if failure == "cut":
            await route.abort()
            return
        await route.continue_(url=re.sub(r"[0-9a-f-]{36}", str(UUID(int=1)), route.request.url))

    await page.route("**/agent/familles/*", fail)
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    await glances.nth(1).click()
    told = "La connexion est coupée" if failure == "cut" else "Cette page n’existe pas"
    await expect(page.locator("#messages")).to_contain_text(told)
    await expect(page.locator("#messages")).to_be_in_viewport()
    await expect(panel).to_be_hidden()
    await expect(glances.nth(1)).to_be_focused()
    await page.unroute("**/agent/familles/*")
    await glances.nth(1).click()
    await expect(panel).to_be_visible()
    await expect(page.locator("#messages")).to_be_empty()


async def test_a_record_stands_beside_its_list_and_gives_the_focus_back(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/familles?q=benali")
    glance = page.locator("a[data-peek]").first
    if eyes.size == "phone":
        await expect(glance).to_be_hidden()
        return
    panel = page.get_by_role("complementary", name="Aperçu")
    for close in ("Escape", "button"):
        await glance.focus()
        await page.keyboard.press("Enter")
        await expect(panel.get_by_role("heading", name="Famille Benali")).to_be_visible()
        await expect(panel).to_be_focused()
        await expect(page).to_have_title("Familles · Jolieville")
        await eyes.look("agents-panel")
        if close == "Escape":
            await page.keyboard.press("Escape")
        else:
            await panel.get_by_role("button", name="Fermer l’aperçu").click()
        await expect(panel).to_be_hidden()
        await expect(glance).to_be_focused()
    await glance.click()
    await panel.get_by_role("link", name="Ouvrir la page").click()
    await expect(page).to_have_title("Famille Benali, résumé · Jolieville")


async def test_a_phones_cards_can_be_ordered(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/familles")
    order = page.get_by_label("Trier par")
    if eyes.size == "desktop":
        await expect(order).to_be_hidden()
        return
    names = page.locator("tbody th a")
    first = await names.first.inner_text()
    async with page.expect_navigation():
        await order.select_option(label="Famille, de Z à A")
    assert await names.last.inner_text() == first
    await expect(page.get_by_label("Trier par")).to_have_value("-label")
    await eyes.look("agents-ordered")


async def test_a_form_that_was_overtaken_is_told_and_saved_knowingly(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/facturation")
    await page.locator("a[href^='/agent/regies/']").first.click()
    await eyes.look("agents-regie")
    days = int(await page.input_value("#f-due_days"))
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.fill("#f-due_days", str((days + 1) % 300))
    await other.get_by_role("button", name="Enregistrer").click()
    await other.get_by_role("button", name="Confirmer et enregistrer").click()
    await expect(other.get_by_text("La régie est enregistrée.")).to_be_visible()
    await page.fill("#f-due_days", str((days + 2) % 300))
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.locator("#error-summary")).to_be_focused()
    await expect(page.locator("#error-summary")).to_contain_text("Modifié entre-temps")
    await eyes.look("agents-overtaken")
    await page.get_by_role("button", name="Enregistrer").click()
    await page.get_by_role("button", name="Confirmer et enregistrer").click()
    await expect(page.get_by_text("La régie est enregistrée.")).to_be_visible()
    await expect(page.locator("#f-due_days")).to_have_value(str((days + 2) % 300))


async def test_a_site_has_its_page(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/activites")
    await page.locator("a[href^='/agent/sites/']").first.click()
    await expect(page.locator("#f-label")).to_be_visible()
    await eyes.look("agents-site")
