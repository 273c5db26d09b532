"""The agents' forms in a browser: fields of the chosen kind, rows as needed, the effect while one types."""

import asyncio
from datetime import timedelta

from playwright.async_api import expect

from preau.operations.tour.calendar_days import today
from preau.operations.tour.cast import Cast
from preau.operations.tour.registration import enrol
from preau.operations.tour.story import wait_until
from preau.wording.dates import weekday_date

from .conftest import Eyes
from .test_every_page import sign_in

CUSTODY = (
    "/agent/familles/01900000-0000-7000-8000-000000000101/enfants/01900000-0000-7000-8000-000000000401/garde"
)
MEALS = "01900000-0000-7000-8000-0000000000c1"


async def test_a_deadline_shows_the_fields_of_its_kind_and_what_follows(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto(f"/agent/activites/{MEALS}/reglages")
    kind = page.locator("#f-booking-kind")
    await kind.select_option("hours_before")
    await expect(page.locator("#f-booking-hours")).to_be_visible()
    await expect(page.locator("#f-booking-days")).to_be_hidden()
    await expect(page.locator("#f-booking-at")).to_be_hidden()
    await page.fill("#f-booking-hours", "72")
    await expect(page.locator("#apercu li").first).to_be_visible()
    await kind.select_option("days_before")
    await expect(page.locator("#f-booking-days")).to_be_visible()
    await kind.select_option("hours_before")
    await eyes.look("agents-activity-form")
    await page.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(page.get_by_role("heading", name="Modifier «")).to_be_visible()
    await eyes.look("agents-confirm")
    await page.get_by_role("button", name="Revenir au formulaire").click()
    await expect(page.locator("#f-booking-hours")).to_have_value("72")


async def test_a_deadline_by_dates_takes_as_many_periods_as_needed(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto(f"/agent/activites/{MEALS}/reglages")
    await page.locator("#f-cancellation-kind").select_option("windows")
    for row, days in enumerate((("2027-02-08", "2027-02-19"), ("2027-04-05", "2027-04-16"))):
        if row:
            await page.get_by_role("button", name="Ajouter une période").click()
            await expect(page.locator(f"#f-cancellation-windows-{row}-first_day")).to_be_focused()
        for name, text in zip(("first_day", "last_day", "closes_on"), (*days, "2027-01-22"), strict=True):
            await page.fill(f"#f-cancellation-windows-{row}-{name}", text)
    await eyes.look("agents-windows")
    await page.get_by_role("button", name="Enregistrer", exact=True).click()
    await expect(page.get_by_role("heading", name="Modifier «")).to_be_visible()
    await expect(page.locator("main")).to_contain_text("du 5 avril 2027 au 16 avril 2027")
    await eyes.look("agents-windows-confirm")


async def test_a_custody_finds_the_other_family_and_shows_whose_days_are_whose(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "accueil@jolieville.example", "/agent/connexion")
    await page.goto(CUSTODY)
    await expect(page.locator("#f-weeks")).to_be_visible()
    await expect(page.locator("#f-percent")).to_be_hidden()
    await page.locator("#f-family_search").press_sequentially("benali", delay=20)
    await page.get_by_role("radio", name="Famille Benali").check()
    days = page.locator("#apercu td")
    await expect(days).to_have_count(35)
    await expect(page.locator("#apercu td.custody-other").first).to_be_visible()
    await expect(page.locator("#apercu li", has_text="Famille Benali")).to_be_visible()
    await eyes.look("agents-custody-weeks")
    await page.locator("#f-kind").select_option("share")
    await expect(page.locator("#f-weeks")).to_be_hidden()
    await page.fill("#f-percent", "40")
    await expect(page.locator("#apercu td.custody-share").first).to_contain_text("40")
    await page.get_by_role("button", name="Ajouter une période").click()
    await expect(page.locator("#f-dates-1-first_day")).to_be_focused()
    await page.locator("#f-kind").select_option("weekdays")
    await expect(page.locator("#apercu")).to_contain_text("Cochez au moins un jour")
    await page.get_by_role("checkbox", name="Mercredi").check()
    await expect(page.locator("#apercu td.custody-other")).to_have_count(5 if today().weekday() < 3 else 4)
    await eyes.look("agents-custody-weekdays")
    await page.get_by_role("button", name="Enregistrer la garde").last.click()
    await expect(page.locator("main")).to_contain_text("Chez la famille Benali le mercredi")
    await page.get_by_role("button", name="Revenir au formulaire").click()
    await expect(page.get_by_role("checkbox", name="Mercredi")).to_be_checked()
    await expect(page.get_by_role("radio", name="Famille Benali")).to_be_checked()
    await page.locator("#f-kind").select_option("none")
    await expect(page.locator("#f-family_search")).to_be_hidden()


async def test_another_day_shows_its_own_places_before_they_are_changed(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    days = [today() + timedelta(days=ahead) for ahead in (300, 301)]
    for day, places in zip(days, ("31", "32"), strict=True):
        await page.goto(f"/agent/activites/{MEALS}/places?date={day}")
        await page.fill("#f-capacity", places)
        await page.get_by_role("button", name="Enregistrer les places").click()
        await expect(page.locator("#messages")).to_contain_text(f"Les places du {weekday_date(day)}")
    async with page.expect_navigation():
        await page.fill("#f-date", days[0].isoformat())
    await expect(page.locator("#f-capacity")).to_have_value("31")
    await page.fill("#f-capacity", "33")
    await page.get_by_role("button", name="Enregistrer les places").click()
    await expect(page.locator("#messages")).to_contain_text(f"Les places du {weekday_date(days[0])}")
    await eyes.look("agents-places")


BANDS = "0\t400\tA\t1,20 €\n400\t{until}\tB\t2,60 €\n700\t\tC\t3,45 €"


async def test_a_tariff_takes_rows_and_shows_prices_while_one_types(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/tarifs/nouveau")
    await expect(page.locator("#f-rows-0-price-amount")).to_be_visible()
    await expect(page.locator("#f-rows-0-price-bands")).to_be_hidden()
    await page.fill("#f-rows-0-price-amount", "3,45")
    await expect(page.locator("#apercu")).to_contain_text("1 × 3,45")
    await page.locator("#f-rows-0-price-kind").select_option("bands")
    await expect(page.locator("#f-rows-0-price-amount")).to_be_hidden()
    await expect(page.locator("#f-rows-0-price-missing-label")).to_be_hidden()
    await page.fill("#f-rows-0-price-bands", BANDS.format(until="700"))
    await page.locator("#f-rows-0-when summary").click()
    await page.fill("#f-rows-0-when-residencies", "habite la commune")
    await page.get_by_role("button", name="Ajouter une ligne").click()
    await expect(page.locator("#f-rows-1-label")).to_be_focused()
    await page.fill("#f-rows-1-price-amount", "5,60")
    await page.locator("#f-steps > summary").click()
    await page.get_by_role("button", name="Ajouter un ajustement").click()
    await expect(page.locator("#f-steps-0-label")).to_be_focused()
    await page.fill("#f-steps-0-percent", "−10")
    await page.locator("#f-steps-0-when summary").click()
    await page.fill("#f-steps-0-when-rank-from", "2")
    await expect(page.locator("#apercu")).to_contain_text("2,34")
    await eyes.look("agents-tariff-form")
    await page.get_by_role("button", name="Monter Ligne 2").click()
    await expect(page.locator("#f-rows-0-price-amount")).to_have_value("5,60")
    await page.get_by_role("button", name="Retirer Ligne 1").click()
    await expect(page.locator("#f-rows-1-label")).to_have_count(0)
    await expect(page.locator("#f-rows-0-price-bands")).to_be_visible()


async def test_a_tariff_is_mended_and_seen_before_it_counts(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/tarifs/nouveau")
    await eyes.look("agents-tariff-new")
    await page.goto(f"/agent/tarifs/nouveau?activity_id={MEALS}&effective_from=2025-09-01")
    await page.fill("#f-effective_from", "2098-01-01")
    await page.fill("#f-rows-0-price-bands", BANDS.format(until="600"))
    await page.fill("#f-quotient-missing-label", "C")
    await page.get_by_role("button", name="Enregistrer le tarif", exact=True).last.click()
    await expect(page.locator("#error-summary")).to_contain_text("Ligne 1, tranche 3")
    await page.locator("#error-summary a").first.click()
    await expect(page.locator("#f-rows-0-price-bands")).to_be_focused()
    await eyes.look("agents-tariff-refused")
    await page.fill("#f-rows-0-price-bands", BANDS.format(until="700"))
    await page.get_by_role("button", name="Enregistrer le tarif", exact=True).last.click()
    await expect(page.get_by_role("heading", name="Enregistrer un tarif")).to_be_visible()
    await expect(page.locator("main")).to_contain_text("QF 850")
    await expect(page.locator("main")).to_contain_text("C (700 et plus)")
    await eyes.look("agents-tariff-confirm")
    await page.goto("/agent/tarifs")
    await eyes.look("agents-tariffs")


def book_meals(cast: Cast) -> str:
    """Have a new family book a meal that billing knows of; its month."""
    household = cast.family
    enrol(cast, household, 1)
    [child] = household.children
    meal = {"activity_id": MEALS, "family_id": household.family_id, "child_id": child["child_id"]}

    def booked(day: str) -> bool:
        made = cast.admin.once(
            "reservations", "bookings", json={**meal, "date": day}, expect=(201, 404, 409, 422)
        )
        return "booking_id" in made

    days = [(today() + timedelta(days=ahead)).isoformat() for ahead in range(7, 40)]
    month = wait_until(lambda: next(filter(booked, days), "")[:7] or None, "the child at reservations")
    flat = {"rows": [{"price": {"kind": "flat", "amount_cents": 100}}]}
    tried = {"activity_id": MEALS, "first_month": month, "last_month": month, "definition": flat}
    wait_until(
        lambda: cast.admin.api("POST", "billing", "tariffs/simulations", json=tried)["charges"] or None,
        "the meal at billing",
    )
    return month


async def test_a_tariff_is_tried_on_a_month_that_was(eyes: Eyes, cast: Cast) -> None:
    month = await asyncio.to_thread(book_meals, cast)
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto(f"/agent/tarifs/{MEALS}/2025-09-01")
    bands = await page.input_value("#f-rows-0-price-bands")
    dearer = bands.replace("2,60", "2,90").replace("1,20", "1,00").replace("4,80", "5,00")
    await page.fill("#f-rows-0-price-bands", dearer)
    await page.get_by_role("button", name="Simuler sur un mois passé").click()
    await expect(page.get_by_role("heading", name="Simulation d’un tarif")).to_be_visible()
    await eyes.look("agents-tariff-simulated-before")
    for name in ("first_month", "last_month"):
        await page.fill(f"#f-{name}", "2021-03")
    await page.get_by_role("button", name="Simuler", exact=True).click()
    await expect(page.locator("main")).to_contain_text("Aucune prestation en mars 2021")
    await eyes.look("agents-tariff-simulated-nothing")
    for name in ("first_month", "last_month"):
        await page.fill(f"#f-{name}", month)
    await page.get_by_role("button", name="Simuler", exact=True).click()
    await expect(page.get_by_role("img", name="Différence par famille")).to_be_visible()
    await eyes.look("agents-tariff-simulated")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Toutes les familles (CSV)").click()
    assert (await coming.value).suggested_filename == "simulation.csv"
    await page.get_by_role("button", name="Revenir au formulaire").click()
    await expect(page.locator("#f-rows-0-price-bands")).to_have_value(dearer)


async def test_a_refused_form_gives_its_summary_the_focus(eyes: Eyes) -> None:
    page = eyes.page
    await page.goto("/connexion")
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page).to_have_title("Erreur\u202f: Connexion · Préau")
    await expect(page.locator("#error-summary")).to_be_focused()
    await page.locator("#error-summary a").first.click()
    await expect(page.locator("#f-email")).to_be_focused()
    await eyes.look("form-refused")


async def test_the_slash_is_a_letter_once_its_shortcut_is_off(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent")
    await page.keyboard.press("/")
    await expect(page.locator("#global-search")).to_be_focused()
    await page.locator("details.menu summary").click()
    await page.get_by_role("button", name="Désactiver les raccourcis").click()
    await expect(page.locator("#global-search")).not_to_have_attribute("aria-keyshortcuts", "/")
    await page.keyboard.press("/")
    await expect(page.locator("#global-search")).not_to_be_focused()
    await eyes.look("agents-shortcuts-off")
