"""The parents' pages over the real services, as a browser without JavaScript sees them."""

import gzip
import re
import time
from html import unescape

import pytest

MEALS = "01900000-0000-7000-8000-0000000000c1"
CANTEEN = "01900000-0000-7000-8000-0000000000b1"
BOOKABLE = rf'name="ligne" value="({MEALS}\|[0-9-]+\|book)"[^>]*>(?:(?!</button>).)*Ajouter au panier'

PAGES = {
    "/": "Bonjour",
    "/reservations": "Mes réservations",
    "/reservations/panier": "Vérifier et valider",
    "/reservations/liste": "Liste et annulations",
    "/reservations/periode": "Réserver sur une période",
    "/factures": "Factures à payer",
    "/demandes": "Faire une demande",
    "/demandes/nouvelle": "Autorisation de récupération",
    "/profil": "Votre compte",
    "/profil?onglet=responsables": "Destinataire des factures",
    "/profil?onglet=enfants": "Personnes autorisées",
    "/profil?onglet=mot-de-passe": "Mot de passe actuel",
    "/adhesion": "Rejoindre une commune",
    "/accessibilite": "Déclaration d’accessibilité",
    "/donnees-personnelles": "Vos droits",
    "/boite-d-essai": "démonstration",
}


@pytest.fixture
async def parent(browser):
    """A browser in which the demonstration's parent signed in."""
    await browser.open("/connexion")
    await browser.send("/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite="/")
    return browser


@pytest.mark.parametrize(("path", "words"), PAGES.items())
async def test_every_page_answers_and_is_whole(parent, path, words):
    page = await parent.open(path)
    assert page.status_code == 200
    assert words in parent.text
    assert "</html>" in page.text
    assert len(gzip.compress(page.content)) < 25_000  # with the files of a first visit: under 150 kB
    assert page.headers["cache-control"] == "no-store"
    assert "style=" not in page.text  # the policy of the pages would drop it
    assert not re.search(r"<script(?![^>]*src=)", page.text)


async def test_signing_in_leads_back_to_where_one_was_going(browser):
    await browser.open("/factures")
    assert browser.page.url.path == "/connexion"
    suite = unescape(browser.find(r'name="suite" value="([^"]+)"'))
    await browser.send(
        "/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite=suite
    )
    assert browser.page.url.path == "/factures"


async def test_a_wrong_password_keeps_the_address_and_says_no_more(browser):
    await browser.open("/connexion")
    await browser.send("/connexion", email="parent@jolieville.example", password="faux", suite="/")
    assert browser.page.status_code == 422
    assert 'value="parent@jolieville.example"' in browser.page.text
    known = browser.text
    await browser.send("/connexion", email="personne@jolieville.example", password="faux", suite="/")
    assert browser.text == known


async def test_a_registration_with_errors_keeps_what_was_typed(browser):
    await browser.open("/inscription")
    await browser.send("/inscription", first_name="Zoé", email="zoe", password="x", civility="mme")
    assert browser.page.status_code == 422
    assert 'value="Zoé"' in browser.page.text
    assert re.search(r'value="mme" checked', browser.page.text)
    assert 'value="x"' not in browser.page.text
    assert 'href="#f-last_name"' in browser.page.text


async def test_a_good_password_is_typed_once_however_often_the_form_is_refused(browser):
    password = "une bien longue phrase"
    twice = {"password": password, "password_confirmation": password}
    await browser.open("/inscription")
    await browser.send("/inscription", twice, first_name="Zoé")
    assert browser.page.status_code == 422
    assert "mot de passe est retenu" in browser.text
    assert password not in browser.page.text + str(browser.cookies)
    await browser.send("/inscription", password="", password_confirmation="", first_name="Zoé")
    assert 'id="e-last_name"' in browser.page.text and 'id="e-password"' not in browser.page.text
    await browser.send("/inscription", twice | {"password_confirmation": "une autre"}, first_name="Zoé")
    assert 'id="e-password_confirmation"' in browser.page.text  # nothing is kept any more
    await browser.send("/inscription", password="", password_confirmation="", first_name="Zoé")
    assert 'id="e-password"' in browser.page.text


async def test_without_the_token_of_the_page_nothing_is_done(parent):
    await parent.open("/profil")
    await parent.send("/profil", {"csrf_token": "forged"}, account_name="Autre")
    assert parent.page.status_code == 403
    assert "Rechargez la page" in parent.text
    await parent.open("/profil")
    assert 'value="Autre"' not in parent.page.text


async def _first_bookable_day(parent) -> str:
    """The first day that may be booked for meals, over three months (holidays included)."""
    for start in range(0, 13, 4):
        week = time.strftime("%Y-%m-%d", time.localtime(time.time() + start * 7 * 86400))
        await parent.open(f"/reservations?site={CANTEEN}&du={week}")
        found = re.search(BOOKABLE, parent.page.text, re.DOTALL)
        if found:
            return found.group(1)
    raise AssertionError("no day to book in three months")


def _context(parent) -> dict[str, str]:
    return {name: parent.find(rf'name="{name}" value="([^"]+)"') for name in ("site", "enfant", "du")}


async def test_a_tap_books_validates_and_cancels(parent):
    await parent.open("/reservations/panier")
    await parent.send("/reservations/panier/vider", retour="panier")
    line = await _first_bookable_day(parent)
    await parent.send("/reservations/panier/bascule", _context(parent) | {"ligne": line})
    assert "Au panier" in parent.text
    assert re.search(r"Total à payer \d+,\d\d", parent.text)
    await parent.open("/reservations/panier")
    await parent.send("/reservations/panier/valider", cle=parent.find(r'name="cle" value="([^"]+)"'))
    assert parent.page.url.path.startswith("/commandes/")
    assert "C’est enregistré" in parent.text
    await parent.open("/reservations/liste")
    bookings = re.findall(r'href="(/reservations/[0-9a-f-]{36}/annuler)"', parent.page.text)
    for booking in bookings:  # what is served next week may be too late to cancel at the week's end
        await parent.open(booking)
        assert "Signaler une absence" in parent.text
        await parent.send(booking)
        if "Annulation enregistrée" in parent.text:
            return
        assert "Il fallait annuler avant" in parent.text
    raise AssertionError(f"none of {len(bookings)} bookings can be cancelled")


async def test_htmx_gets_the_calendar_and_the_basket_only(parent):
    line = await _first_bookable_day(parent)
    data = _context(parent) | {"ligne": line}
    token = {"csrf_token": parent.cookies["__Host-preau_csrf"]}
    page = await parent._go("POST", "/reservations/panier/bascule", {"hx-request": "true"}, token | data)
    assert page.status_code == 200
    assert "<html" not in page.text
    assert page.text.lstrip().startswith("<form")  # a browser would drop the forms that follow a table's cell
    assert 'id="semaines"' in page.text
    assert 'id="panier"' in page.text
    assert 'hx-swap-oob="true"' in page.text
    assert page.headers["hx-trigger"].isascii()
    await parent.open("/reservations/panier")
    await parent.send("/reservations/panier/vider", retour="panier")
    assert "Votre panier est vide" in parent.text


@pytest.mark.parametrize("act", ["bascule", "plusieurs", "pareil"])
async def test_what_cannot_be_put_into_the_basket_is_told_where_it_was_asked(parent, act):
    line = await _first_bookable_day(parent)
    stranger = "01900000-0000-7000-8000-00000000dead"
    context = _context(parent)
    if act == "pareil":  # the days of the first child, for a child of nobody here
        await parent.send("/reservations/panier/bascule", context | {"ligne": line})
        asked = context | {"pareil": f"{context['enfant']}|{stranger}"}
    else:
        asked = context | {
            "enfant": stranger,
            "ligne": line,
            "prestation": f"{MEALS}|book",
            "semaine": line.split("|")[1],
        }
    await parent.send(f"/reservations/panier/{act}", asked)
    assert parent.page.status_code == 200
    assert parent.page.url.path == "/reservations"
    assert "Cet enfant n’existe pas." in parent.text
    await parent.open("/reservations/panier")
    await parent.send("/reservations/panier/vider", retour="panier")


async def test_a_period_with_errors_keeps_the_choices(parent):
    await parent.open(f"/reservations/periode?site={CANTEEN}")
    child = parent.find(r'name="enfants" value="([^"]+)"')
    await parent.send(
        "/reservations/periode",
        {"site": CANTEEN, "enfants": [child], "prestations": [MEALS], "jours": ["1"], "au": "2026-12-18"},
    )
    assert parent.page.status_code == 422
    assert f'value="{child}" checked' in parent.page.text
    assert 'value="1" checked' in parent.page.text
    assert 'href="#f-du"' in parent.page.text


async def test_paying_nothing_says_so(parent):
    await parent.open("/factures")
    await parent.send("/factures/payer", cle="0" * 16)
    assert parent.page.status_code == 422
    assert "Cochez au moins une facture" in parent.text


@pytest.mark.parametrize(
    "path",
    [
        "/nulle-part",
        "/factures/01900000-0000-7000-8000-00000000dead",
        "/commandes/01900000-0000-7000-8000-00000000dead",
        "/demandes/01900000-0000-7000-8000-00000000dead",
        "/demandes/nouvelle/01900000-0000-7000-8000-00000000dead",
        "/paiements/retour?payment=01900000-0000-7000-8000-00000000dead",
        "/static/../front.py",
    ],
)
async def test_what_is_not_there_answers_with_a_page(parent, path):
    page = await parent.open(path)
    assert page.status_code == 404
    assert page.text


async def test_a_request_keeps_its_answers_when_a_document_lacks(parent):
    await parent.open("/demandes/nouvelle")
    form = parent.find(r'href="(/demandes/nouvelle/[0-9a-f-]+)"')
    await parent.open(form)
    name = parent.find(r'<input class="form-control" type="text"[^>]*name="(reponse\.[a-z_]+)"')
    await parent.send(form, {name: "Jeanne Martin"})
    assert parent.page.status_code == 422
    assert 'value="Jeanne Martin"' in parent.page.text
    assert "Joignez la pièce « " in parent.text


async def test_signing_out_closes_the_pages(parent):
    await parent.send("/deconnexion")
    await parent.open("/factures")
    assert parent.page.url.path == "/connexion"


async def test_a_theme_is_served_for_each_commune(browser):
    page = await browser.open("/theme/jolieville.css")
    assert page.headers["content-type"].startswith("text/css")
    assert "--accent:#1f5fa8" in page.text
    assert (await browser.open("/theme/inconnue.css")).status_code == 200


async def test_static_files_are_kept_by_browsers_under_their_version(browser):
    await browser.open("/connexion")
    path = browser.find(r'href="(/static/preau\.css\?v=[0-9a-f]+)"')
    page = await browser.open(path, **{"accept-encoding": "gzip"})
    assert "immutable" in page.headers["cache-control"]
    assert page.headers["content-encoding"] == "gzip"
    assert "immutable" not in (await browser.open("/static/preau.css?v=old")).headers["cache-control"]


async def test_the_tax_certificate_says_what_is_counted(browser):
    await browser.open("/connexion")
    await browser.send("/connexion", email="parent@jolieville.example", password="demo-Preau-2026", suite="/")
    await browser.open("/factures/attestation?annee=n’importe")
    assert "Ce qui est compté" in browser.text and "moins de six ans" in browser.text
    pdf = await browser.open(browser.find(r'href="(/factures/attestation/[0-9]{4}/pdf)"'))
    assert pdf.headers["content-type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
    for year in ("1066", "2199", "abc"):
        assert (await browser.open(f"/factures/attestation/{year}/pdf")).status_code == 404
