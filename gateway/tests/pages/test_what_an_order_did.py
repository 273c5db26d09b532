"""What an order did, what a cancellation gives back, what was left at the bank: on pages without scripts."""

import re
from datetime import date, timedelta

import pytest

from preau.gateway.api.models.billing import QuoteLineOut
from preau.gateway.pages.parents.reservations.names import NamedBooking
from preau.gateway.pages.parents.reservations.outcome import outcomes

MEALS, CARE = "01900000-0000-7000-8000-0000000000c1", "01900000-0000-7000-8000-0000000000c4"
CANTEEN, CENTRE = "01900000-0000-7000-8000-0000000000b1", "01900000-0000-7000-8000-0000000000b3"
MONDAY = date(2026, 11, 30)


def booked(
    day: date, status: str = "confirmed", child: str = "Lina", activity: str = "Repas"
) -> NamedBooking:
    return NamedBooking(f"{day}{child}", None, day, status, "month_end", child, activity, child, activity, "")


def priced(*bookings: NamedBooking, cents: int = 260):
    return {
        (each.child_id, each.activity_id, each.date): QuoteLineOut(
            child_id=each.child_id,
            activity_id=each.activity_id,
            date=each.date,
            payment_mode="month_end",
            amount_cents=cents,
            explanation="",
        )
        for each in bookings
    }


def test_an_order_is_told_by_kind_child_and_week():
    week = [booked(MONDAY), booked(MONDAY + timedelta(days=1)), booked(MONDAY + timedelta(days=8))]
    others = [booked(MONDAY, child="Noé"), booked(MONDAY, "cancelled"), booked(MONDAY, "awaiting_payment")]
    told = outcomes([*others, *week], priced(*week, *others))
    assert [(each.title, each.count, each.amount_cents) for each in told] == [
        ("Réservé", 4, 1040),
        ("À payer", 1, 260),
        ("Annulé", 1, 260),
    ]
    assert [(line.child_name, line.week, len(line.days), line.unit_cents) for line in told[0].lines] == [
        ("Lina", "du 30 novembre au 4 décembre 2026", 2, 260),
        ("Lina", "du 7 au 11 décembre 2026", 1, 260),
        ("Noé", "du 30 novembre au 4 décembre 2026", 1, 260),
    ]


def test_days_of_different_prices_are_told_one_by_one():
    first, second = booked(MONDAY), booked(MONDAY + timedelta(days=1))
    [told] = outcomes([first, second], priced(first) | priced(second, cents=100))
    assert (told.lines[0].unit_cents, told.amount_cents) == (None, 360)
    [told] = outcomes([first, second], priced(first))
    assert (told.lines[0].amount_cents, told.amount_cents) == (None, None)


@pytest.fixture
async def parent(browser):
    """A browser in which the demonstration's parent signed in, with an empty basket."""
    await browser.open("/connexion")
    await browser.send("/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite="/")
    await browser.send("/reservations/panier/vider", retour="panier")
    return browser


async def put_a_day(parent, site: str, activity: str) -> str:
    """Put the first bookable day into the basket; the cell's value."""
    await parent.open(f"/reservations?site={site}")
    for _ in range(4):
        found = re.search(rf'name="ligne" value="({activity}\|[0-9-]+\|book)"', parent.page.text)
        if found:
            named = {
                name: parent.find(rf'name="{name}" value="([^"]+)"') for name in ("site", "enfant", "du")
            }
            await parent.send("/reservations/panier/bascule", named | {"ligne": found[1]})
            assert "Au panier" in parent.text
            return found[1]
        after = re.search(r'href="([^"]+)" id="apres-wide-only"', parent.page.text)
        assert after
        await parent.open(after[1].replace("&amp;", "&"))
    raise AssertionError("no day to book")


async def validate(parent):
    await parent.open("/reservations/panier")
    named = {name: parent.find(rf'name="{name}" value="([^"]+)"') for name in ("cle", "vu")}
    await parent.send("/reservations/panier/valider", named)


async def test_cancelling_says_beforehand_what_comes_back_and_the_order_says_what_it_did(parent):
    value = await put_a_day(parent, CANTEEN, MEALS)
    await validate(parent)
    assert "C’est enregistré" in parent.text
    assert re.search(r"Réservé 1.jour · \d,\d\d.€", parent.text)
    await parent.open("/reservations/liste")
    await parent.open(parent.find(r'href="(/reservations/[0-9a-f-]{36}/annuler)"'))
    assert re.search(r"\d,\d\d.€ de moins sur votre prochaine facture", parent.text)
    day = value.split("|")[1]
    await parent.open(f"/reservations?site={CANTEEN}&du={day}")
    named = {name: parent.find(rf'name="{name}" value="([^"]+)"') for name in ("site", "enfant", "du")}
    await parent.send("/reservations/panier/bascule", named | {"ligne": f"{MEALS}|{day}|cancel"})
    assert re.search(r"Annulations : \d,\d\d.€ de moins", parent.text)
    await validate(parent)
    assert re.search(r"Annulé 1.jour · −\d,\d\d.€", parent.text)


async def test_a_payment_left_at_the_bank_can_be_taken_up_or_given_up(parent):
    await put_a_day(parent, CENTRE, CARE)
    await validate(parent)
    for _ in range(40):
        await parent.open("/factures")
        if "resté à la banque" in parent.text:
            break
    assert "Reprendre le paiement" in parent.text
    await parent.send(parent.find(r'action="(/paiements/[0-9a-f-]{36}/abandon)"'))
    assert "Le paiement est abandonné" in parent.text
    assert "resté à la banque" not in parent.text
    assert "Factures à payer" in parent.text


async def test_a_page_of_several_days_works_without_scripts(parent):
    await put_a_day(parent, CANTEEN, MEALS)
    href = parent.find(r'href="(/reservations/plusieurs[^"]+jour=[^"]+)"').replace("&amp;", "&")
    await parent.open(href)
    assert re.search(r"Tous les \w+s (de |d’)\w+", parent.text)
    await parent.open(parent.find(r'href="(/reservations/jour\?[^"]+)"').replace("&amp;", "&")
                      if "/reservations/jour?" in parent.page.text else "/reservations")  # fmt: skip
    assert parent.page.status_code == 200
    await parent.send("/reservations/panier/vider", retour="panier")
    assert "Annuler : tout remettre" in parent.text
    await parent.send("/reservations/panier/retablir", retour="panier")
    assert "1 REPAS" in parent.text
    await parent.send("/reservations/panier/vider", retour="panier")
