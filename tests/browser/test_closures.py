"""Days that agents close, in a browser: what that frees is read before, and after."""

import asyncio
from datetime import date, timedelta

from playwright.async_api import Page, expect

from preau.operations.tour.calendar_days import today
from preau.operations.tour.cast import Cast, Household

from .conftest import Eyes
from .test_every_page import sign_in

MEALS = "01900000-0000-7000-8000-0000000000c1"
CANTEEN = "01900000-0000-7000-8000-0000000000b1"


def book_a_meal(cast: Cast, household: Household) -> date:
    """Book a meal of a far day for each child of the family; the day."""
    span = {"from": f"{today() + timedelta(days=40)}", "to": f"{today() + timedelta(days=80)}"}
    served = cast.admin.api("GET", "reservations", f"activities/{MEALS}/deadline-preview", params=span)[
        "items"
    ]
    for child in household.children:
        booked = {"family_id": str(household.family_id), "child_id": child["child_id"], "activity_id": MEALS}
        cast.admin.once("reservations", "bookings", json={**booked, "date": served[0]["date"]}, expect=201)
    return date.fromisoformat(served[0]["date"])


def concerned(cast: Cast, day: date) -> int:
    """How many bookings closing the canteen that day would free: those of others, too."""
    body = {"site_id": CANTEEN, "from": str(day), "to": str(day), "label": "Grève"}
    return cast.admin.api("POST", "reservations", "closures/preview", json=body)["bookings"]


async def test_a_strike_is_read_before_it_is_saved_and_after(
    eyes: Eyes, cast: Cast, invited: Household, at_home: Page
) -> None:
    page = eyes.page
    closed = await asyncio.to_thread(book_a_meal, cast, invited)
    await sign_in(page, "admin@jolieville.example", "/agent/connexion")
    await page.goto("/agent/fermetures")
    await page.locator("#f-site_id").select_option(CANTEEN)
    await page.get_by_role("button", name="Voir ce qui change").click()
    await expect(page.locator("#e-first_day")).to_be_visible()
    await eyes.look("agents-closure-corrections")
    for name in ("first_day", "last_day"):
        await page.fill(f"#f-{name}", str(closed))
    await page.fill("#f-label", "Grève des cuisines")
    await page.get_by_role("button", name="Voir ce qui change").click()
    counted = await asyncio.to_thread(concerned, cast, closed)
    await expect(page.locator("main")).to_contain_text(f"{counted}\u00a0réservations")
    await eyes.look("agents-closure-confirm")
    await page.get_by_role("button", name="Confirmer et enregistrer").click()
    await expect(page.locator("#messages")).to_contain_text("sont annulées")
    await eyes.look("agents-closures")
    await page.goto("/reservations/liste")
    await expect(page.locator("main")).to_contain_text("Fermeture : Grève des cuisines.")
    await eyes.look("mes-reservations-annulees")

    await page.goto("/agent/fermetures")
    await page.get_by_role("button", name="Rouvrir").first.click()
    await expect(page.locator("main")).to_contain_text("Rien n’est réservé de nouveau")
    await eyes.look("agents-closure-reopen")
    await page.get_by_role("button", name="Confirmer et enregistrer").click()
    await expect(page.locator("#messages")).to_contain_text("Ces jours sont rouverts")
