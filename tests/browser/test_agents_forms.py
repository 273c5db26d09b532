"""The agents' forms in a browser: fields of the chosen kind, rows as needed, the effect while one types."""

from datetime import timedelta

from playwright.async_api import expect

from preau.operations.tour.calendar_days import today
from preau.wording.dates import weekday_date

from .conftest import Eyes
from .test_every_page import sign_in

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


async def test_a_tariff_takes_rows_and_shows_prices_while_one_types(eyes: Eyes) -> None:
    page = eyes.page
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/tarifs")
    await page.locator("input[name=kind][value=flat]").check()
    await expect(page.locator("#f-amount")).to_be_visible()
    await expect(page.locator("#f-brackets")).to_be_hidden()
    await page.fill("#f-amount", "3,45")
    await expect(page.locator("#apercu")).to_contain_text("3,45")
    await page.locator("input[name=kind][value=brackets]").check()
    await page.get_by_role("button", name="Ajouter une tranche").click()
    await expect(page.locator("#f-brackets-3-from")).to_be_focused()
    await eyes.look("agents-tariff-form")


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
