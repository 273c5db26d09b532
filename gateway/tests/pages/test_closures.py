"""An agent closes a day on which a family has booked: told before, done once, and told after."""

import re
from datetime import date

from preau.testing.waiting import eventually
from preau.wording.dates import weekday_date

MEALS = "01900000-0000-7000-8000-0000000000c1"
CANTEEN = "01900000-0000-7000-8000-0000000000b1"


async def book_a_meal(parent) -> date:
    """Book the last bookable meal of the month that the calendar shows; its day."""
    await parent.open("/connexion")
    await parent.send("/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite="/")
    await parent.send("/reservations/panier/vider", retour="panier")
    await parent.open(f"/reservations?site={CANTEEN}")
    line = re.findall(rf'name="ligne" value="({MEALS}\|[0-9-]+\|book)"', parent.page.text)[-1]
    named = {name: parent.find(rf'name="{name}" value="([^"]+)"') for name in ("site", "enfant", "du")}
    await parent.send("/reservations/panier/bascule", named | {"ligne": line})
    await parent.open("/reservations/panier")
    await parent.send("/reservations/panier/valider", cle=parent.find(r'name="cle" value="([^"]+)"'))
    assert "Réservé" in parent.text, parent.text
    return date.fromisoformat(line.split("|")[1])


async def test_a_strike_after_booking(office):
    closed = await book_a_meal(office)
    strike = {
        "site_id": CANTEEN,
        "first_day": str(closed),
        "last_day": str(closed),
        "label": "Grève des cuisines",
    }
    page = await office.send("/agent/fermetures", strike | {"label": ""})
    assert page.status_code == 422 and "Indiquez le motif" in office.text
    await office.send("/agent/fermetures", strike)
    assert "Rien n’est encore enregistré" in office.text
    assert re.search(
        r"réservations? (de \d+ familles|d’une famille) (sera annulée|seront annulées), sans", office.text
    )
    assert "un seul e-mail" in office.text
    await office.send("/agent/fermetures", strike | {"action": "edit"})
    assert 'value="Grève des cuisines"' in office.page.text

    await office.send("/agent/fermetures", strike | {"confirmed": "yes"})
    assert "La fermeture est enregistrée" in office.text

    async def applied() -> bool:
        await office.open("/agent/fermetures")
        return "en cours" not in office.text

    await eventually(applied, "the closure is applied")
    assert "Grève des cuisines" in office.text and weekday_date(closed) in office.text.lower()

    await office.open("/reservations/liste")
    assert "Fermeture : Grève des cuisines. Annulée" in office.text

    again = await office.send("/agent/fermetures", strike | {"confirmed": "yes"})
    assert again.status_code == 422 and "déjà enregistrée" in office.text
    await office.open("/agent/fermetures")
    removal = office.find(r'action="(/agent/fermetures/[^"]*/retrait)"')
    await office.send(removal)
    assert "Rien n’est réservé de nouveau" in office.text
    await office.send(removal, confirmed="yes")
    assert "Ces jours sont rouverts" in office.text
    assert "Grève des cuisines" not in office.text
