"""The agents' pages over the real services, as a browser without JavaScript sees them."""

import asyncio
import csv
import re
from datetime import date, datetime, timedelta
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from preau.common.db.driver import connect
from preau.wording.dates import weekday_date

MEALS = "01900000-0000-7000-8000-0000000000c1"
CATERING = "01900000-0000-7000-8000-0000000000a1"

PAGES = {
    "/agent/impressions": "Réunir dans un PDF",
    "/agent/journal/pes": "Numéro de bordereau",
    "/agent": "Bonjour",
    "/agent/familles": "Familles",
    "/agent/familles?q=benali": "Benali",
    "/agent/recherche?q=benali": "Inès Benali",
    "/agent/familles/nouvelle": "Enregistrer une famille",
    "/agent/activites": "Cantine Jules-Ferry",
    f"/agent/activites/{MEALS}": "Dates limites",
    "/agent/reservations": "Réservations",
    "/agent/pointage": "Pointage",
    "/agent/facturation": "Régie restauration scolaire",
    "/agent/factures": "Factures",
    "/agent/paiements": "Paiements",
    "/agent/demandes": "Demandes",
    "/agent/tarifs": "4 tranches du quotient",
    "/agent/tarifs/nouveau": "Lignes de prix",
    f"/agent/tarifs/{MEALS}/2025-09-01": "Dupliquer",
    "/agent/commune": "Jolieville",
    "/agent/commune/logo": "Aucun logo",
    "/agent/commune/listes": "Résidences et catégories d’enfants",
}


def today() -> date:
    return datetime.now(ZoneInfo("Europe/Paris")).date()


async def last_service_day(office) -> date:
    """The last day before today on which meals were served, whatever the holidays."""
    span = f"from={today() - timedelta(days=90)}&to={today() - timedelta(days=1)}"
    answer = await office.open(f"/api/agent/reservations/activities/{MEALS}/deadline-preview?{span}")
    return date.fromisoformat(answer.json()["items"][-1]["date"])


def family(**changes: str) -> dict[str, str]:
    return {
        "rows.guardians": "1",
        "rows.children": "2",
        "rows.quotients": "1",
        "label": "ESSAI",
        "residency": "resident",
        "payer": "0",
        "guardians.0.first_name": "Zoé",
        "guardians.0.last_name": "Essai",
        "guardians.0.email": "zoe.essai@jolieville.example",
        "children.0.first_name": "Léo",
        "children.0.last_name": "Essai",
        "children.0.birth_date": "2018-02-20",
        "children.0.level": "elementary",
        "children.1.first_name": "Lou",
        "children.1.last_name": "Essai",
        "children.1.birth_date": "2016-02-20",
        "children.1.level": "elementary",
        "quotients.0.value": "612",
        "quotients.0.effective_from": "2026-01-01",
        **changes,
    }


@pytest.mark.parametrize(("path", "words"), PAGES.items())
async def test_every_page_opens(office, path, words):
    page = await office.open(path)
    assert page.status_code == 200
    assert words in office.text
    assert "style=" not in page.text  # The policy forbids inline style and script.
    assert "<script>" not in page.text
    assert len(page.content) < 150_000


async def test_nobody_comes_in_without_signing_in(browser):
    page = await browser.open("/agent/familles?q=benali")
    assert page.url.path == "/agent/connexion"
    await browser.send("/agent/connexion", email="admin@jolieville.example", password="wrong", suite="/agent")
    assert browser.page.status_code == 422
    assert "admin@jolieville.example" in browser.page.text  # What was typed is kept,
    assert "wrong" not in browser.page.text  # but no password.
    assert "__Host-preau_agent" not in browser.cookies


async def test_signing_in_leads_back_but_never_elsewhere(browser):
    await browser.open("/agent/connexion")
    for asked, reached in [
        ("/agent/familles?q=benali", "/agent/familles"),
        ("//evil.example", "/agent"),
        ("/agent//evil.example", "/agent"),
    ]:
        page = await browser.send(
            "/agent/connexion", email="admin@jolieville.example", password="demo-Preau-2026", suite=asked
        )
        assert page.url.path == reached
        assert page.url.host in {"localhost", "127.0.0.1"}


async def test_roles_close_pages_and_their_entries(browser):
    await browser.sign_in("animation@jolieville.example")
    await browser.open("/agent")
    assert "/agent/pointage" in browser.page.text
    assert "/agent/factures" not in browser.page.text
    for path in (
        "/agent/factures",
        "/agent/facturation",
        "/agent/demandes",
        "/agent/commune",
        "/agent/reservations",
    ):
        assert (await browser.open(path)).status_code == 403, path


async def test_a_form_of_another_site_changes_nothing(office):
    office.origin = "https://evil.example"
    assert (await office.send("/agent/familles/nouvelle", family())).status_code == 403
    office.origin = str(office.client.base_url).rstrip("/")
    office.cookies["__Host-preau_csrf"] = "other"
    assert (
        await office.send("/agent/familles/nouvelle", {"csrf_token": "mine"}, **family())
    ).status_code == 403


async def test_mistakes_are_told_where_they_are_and_nothing_typed_is_lost(office):
    await office.open("/agent/familles/nouvelle")
    wrong = family(
        **{
            "guardians.0.email": "pas une adresse",
            "children.0.first_name": "",
            "children.0.last_name": "",
            "children.0.birth_date": "",
            "children.1.birth_date": "2018-02-30",
        }
    )
    page = await office.send("/agent/familles/nouvelle", wrong)
    assert page.status_code == 422
    assert "Enfant 2, date de naissance" in office.text  # The empty first row was left out, yet it is row 2.
    assert 'id="e-guardians-0-email"' in page.text
    assert 'id="e-children-1-birth_date"' in page.text
    assert 'value="Zoé"' in page.text and 'value="2018-02-30"' in page.text


async def test_rows_are_added_without_losing_what_was_typed(office):
    await office.open("/agent/familles/nouvelle")
    page = await office.send("/agent/familles/nouvelle", family(add="children"))
    assert page.status_code == 200
    assert "Enfant 3" in office.text
    assert 'value="Zoé"' in page.text


async def test_from_registration_to_an_issued_invoice(office):
    await office.open("/agent/familles/nouvelle")
    page = await office.send("/agent/familles/nouvelle", family(label="PARCOURS"))
    assert "Invitation envoyée à zoe.essai@jolieville.example" in office.text
    record = page.url.path
    await office.send(office.find(r'action="(/agent/familles/[^"]*/invitation)"'))
    assert "L’invitation est envoyée" in office.text

    served = await last_service_day(office)
    await book(office, record, served, "Lou")
    await office.open(f"/agent/pointage?activity_id={MEALS}&jour={served}")
    booking = office.find(r'name="mark\.([0-9a-f-]{36})" value="present"')
    await office.send("/agent/pointage", {f"mark.{booking}": ""}, activity_id=MEALS, jour=str(served))
    assert "Rien n’a été pointé" in office.text
    await office.send(
        "/agent/pointage", {f"mark.{booking}": "", "all": "yes"}, activity_id=MEALS, jour=str(served)
    )
    assert 'value="present" checked' in office.page.text

    page = await office.send(
        "/agent/facturation", regie_id=CATERING, period=f"{served:%Y-%m}", kind="month_end"
    )
    run = page.url.path
    await ended(office, run)
    assert "PARCOURS" in office.text and "2,60" in office.text
    await office.send(f"{run}/recalcul")
    assert "Aucune facture préparée n’a changé depuis le calcul" in office.text
    await office.open(office.find(r'href="(/agent/factures/[0-9a-f-]{36})"'))
    assert "Aperçu de facture" in office.text and "QF 612 → tranche B" in office.text
    assert "Annuler par un avoir" not in office.text and "/pdf" not in office.page.text
    await office.send(f"{run}/emission")
    assert "Cochez la case" in office.text
    await office.send(f"{run}/emission", confirmed="yes")
    await ended(office, run)
    assert "Émise par vous le" in office.text
    again = await office.send(
        "/agent/facturation", regie_id=CATERING, period=f"{served:%Y-%m}", kind="month_end"
    )
    assert again.status_code == 422

    await office.open("/agent/factures?q=PARCOURS")
    invoice = office.find(r'href="(/agent/factures/[0-9a-f-]{36})"')
    await office.open(invoice)
    assert "QF 612 → tranche B" in office.text
    pdf = await office.open(f"{invoice}/pdf")
    assert pdf.headers["content-type"] == "application/pdf" and pdf.content.startswith(b"%PDF-")
    assert (await office.send(f"{invoice}/annulation", reason="")).status_code == 422
    await office.send(f"{invoice}/annulation", reason="Erreur de pointage")
    assert "est annulée par l’avoir" in office.text
    assert "Annulée par vous le" in office.text
    await office.open("/agent/factures?q=PARCOURS&kind=credit_note")
    assert "En faveur de la famille" in office.text
    sheet = await office.open("/agent/factures.csv?q=PARCOURS&kind=credit_note")
    (avoir,) = csv.DictReader(sheet.content.decode("utf-8-sig").splitlines(), delimiter=";")
    shown = {name: avoir[name] for name in ("Type", "Échéance", "État", "Total")}
    assert shown == {"Type": "Avoir", "Échéance": "", "État": "En faveur de la famille", "Total": "-2,60"}
    await office.open("/agent/factures?q=PARCOURS&kind=credit_note")
    await office.open(office.find(r'href="(/agent/factures/[0-9a-f-]{36})"'))
    assert "En faveur de la famille" in office.text and "Échéance" not in office.text
    assert "Annule la facture n°" in office.text and invoice in office.page.text

    # The statement of account as a sheet: the balance at first, then what moved, and the balance after each.
    await office.open(f"{record}/factures")
    await office.open(office.find(r'href="(/agent/comptes/[0-9a-f-]{36})"'))
    sheet = office.find(r'href="(/agent/comptes/[0-9a-f-]{36}/mouvements\.csv[^"]*)"').replace("&amp;", "&")
    answer = await office.open(sheet)
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "Jour;Mouvement;Factures;Motif;Montant;Solde"
    assert [line.split(";")[-2:] for line in lines[1:4]] == [
        ["", "0,00"],
        ["2,60", "2,60"],
        ["-2,60", "0,00"],
    ]
    assert "Erreur de pointage" in lines[3]
    assert (await office.open(sheet.replace(".csv", ".xlsx"))).content.startswith(b"PK")


async def test_the_roll_decides_a_cancellation_that_nobody_decided(office, embedded):
    await office.open("/agent/familles/nouvelle")
    other = {"guardians.0.email": "rose.appel@jolieville.example"}
    other |= {f"children.{n}.last_name": "Appel" for n in range(2)}
    record = (await office.send("/agent/familles/nouvelle", family(label="APPEL", **other))).url.path
    served = await last_service_day(office)
    await book(office, record, served, "Lou")
    database = await connect(embedded.url("preau_reservations"))
    asked = "UPDATE booking SET status = 'cancel_requested', version = version + 1 WHERE family_id = $1"
    await database.execute(asked, UUID(record.rpartition("/")[2]))
    await database.close()
    await office.open(f"/agent/pointage?activity_id={MEALS}&jour={served}")
    assert "Annulation demandée" in office.text
    assert "personne n’a décidé : le pointage en décide" in office.text
    everybody = re.findall(r'name="mark\.([0-9a-f-]{36})" value=""', office.page.text)
    marks = {f"mark.{booking}": "" for booking in everybody} | {"all": "yes"}
    marked = await office.send("/agent/pointage", marks, activity_id=MEALS, jour=str(served))
    assert marked.status_code == 200
    assert "pointé" in office.text and "Sans pointage" not in office.text
    assert "Annulation demandée" not in office.text


async def book(office, record: str, day: date, child: str) -> None:
    """Book a meal in the past, first without and then with a reason."""
    for _ in range(300):  # The reservations service hears of the family by an event.
        await office.open(f"{record}/reserver")
        fields = {
            "child_id": office.find(rf'value="([0-9a-f-]{{36}})">{child}'),
            "key": office.find(r'name="key" value="([^"]*)"'),
            "activity_id": MEALS,
            "date": str(day),
            "override_deadline": "yes",
        }
        refused = await office.send(f"{record}/reserver", fields)
        assert refused.status_code == 422 and 'id="e-reason"' in refused.text
        done = await office.send(f"{record}/reserver", fields | {"reason": "Inscription oubliée"})
        if done.url.path == f"{record}/reservations":
            return
        await asyncio.sleep(0.1)
    raise AssertionError(office.text)


async def ended(office, run: str) -> None:
    """Follow the run as the browser does, until workers are done with it."""
    for _ in range(3):
        followed = await office.open(f"{run}/progression")
        assert followed.headers["content-type"].startswith("text/event-stream"), followed.text
        assert "event: progress" in followed.text and "<html" not in followed.text
        if "event: ended" in followed.text:
            refreshed = await office.open(run, **{"hx-request": "true"})
            assert (refreshed.status_code, refreshed.headers["hx-refresh"]) == (204, "true")
            await office.open(run)
            return
    raise AssertionError("the run never ends")


async def test_deadlines_show_their_effect_and_bad_ones_keep_what_was_typed(office):
    settings = {
        "label": "Repas",
        "default_capacity": "120",
        "decision": "auto",
        "cancellation_decision": "auto",
        "weekdays": ["0", "1", "3", "4"],
        "booking.kind": "days_before",
        "booking.days": "2",
        "booking.at": "25:00",
        "booking.day_type": "calendar",
        "cancellation.kind": "hours_before",
        "cancellation.hours": "48",
    }
    await office.open(f"/agent/activites/{MEALS}/reglages")
    settings["version"] = office.find(r'(?s)class="with-preview">.*?name="version" value="([0-9]+)"')
    page = await office.send(f"/agent/activites/{MEALS}/reglages", settings)
    assert page.status_code == 422
    assert 'id="e-booking-at"' in page.text and 'value="25:00"' in page.text
    good = settings | {"booking.at": "09:30"}
    looked_at = await office.send(f"/agent/activites/{MEALS}/apercu", good)
    assert looked_at.status_code == 200 and "à 9 h 30" in office.text
    await office.send(f"/agent/activites/{MEALS}/reglages", good)
    assert "Rien n’est encore enregistré" in office.text
    assert "2 jours du calendrier avant, 9 h 30" in office.text
    back = await office.send(f"/agent/activites/{MEALS}/reglages", good | {"action": "edit"})
    assert 'value="09:30"' in back.text  # the way back keeps what was typed, and nothing was saved
    assert "2 jours du calendrier avant, 9 h 30" not in office.text
    await office.send(f"/agent/activites/{MEALS}/reglages", good | {"confirmed": "yes"})
    assert "2 jours du calendrier avant, 9 h 30" in office.text
    assert "à 9 h 30" in office.text  # The cut-offs of the coming days.
    assert "48 heures avant" in office.text


async def test_places_of_a_day(office):
    day = today() + timedelta(days=1)
    page = await office.send(f"/agent/activites/{MEALS}/places", date=str(day), capacity="-1")
    assert page.status_code == 422
    page = await office.send(f"/agent/activites/{MEALS}/places", date="demain", capacity="3")
    assert page.status_code == 422 and 'id="e-date"' in page.text
    await office.open(f"/agent/activites/{MEALS}/places?date={day}")
    seen = office.find(r'name="version" value="([0-9]+)"><input type="hidden" name="date"')
    await office.send(f"/agent/activites/{MEALS}/places", date=str(day), capacity="118", version=seen)
    assert f"Les places du {weekday_date(day)} sont enregistrées" in office.text


async def test_a_change_of_the_commune_is_told_before_it_is_made(office):
    page = await office.open("/agent/commune")
    assert page.status_code == 200
    colour = office.find(r'name="accent_colour" value="([^"]*)"')
    zone = office.find(r'<option value="([^"]*)" selected')
    stated = {"name": "Jolieville-sur-Mer", "contact_phone": "0199001234", "accent_colour": colour}
    stated["version"] = office.find(r'name="version" value="([0-9]+)"')
    stated |= {"school_zone": zone, "contact_email": "mairie@jolieville.example"}
    await office.send("/agent/commune", stated)
    assert "Rien n’est encore enregistré" in office.text and "Jolieville-sur-Mer" in office.text
    await office.send("/agent/commune", stated | {"action": "edit"})
    assert 'value="Jolieville-sur-Mer"' in office.page.text
    await office.open("/agent/commune")
    assert "sur-Mer" not in office.page.text


async def test_the_shortcuts_of_a_single_key_can_be_turned_off(office):
    await office.open("/agent")
    assert 'aria-keyshortcuts="/"' in office.page.text
    await office.send("/agent/raccourcis", shortcuts="off")
    assert "désactivés" in office.text and "aria-keyshortcuts" not in office.page.text
    await office.send("/agent/raccourcis", shortcuts="on")
    assert 'aria-keyshortcuts="/"' in office.page.text


@pytest.mark.parametrize(
    "path",
    ["/agent/familles/xyz", "/agent/familles/01900000-0000-7000-8000-00000000ffff", "/agent/nulle-part"],
)
async def test_addresses_that_lead_nowhere_are_pages(office, path):
    page = await office.open(path)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")


async def test_signing_out_ends_the_session_for_good(office):
    kept = dict(office.cookies)
    await office.send("/agent/deconnexion")
    assert "Vous êtes déconnecté" in office.text
    office.cookies = kept
    assert (await office.open("/agent")).url.path == "/agent/connexion"


async def test_another_communes_records_are_not_there(office, browser):
    await office.open("/agent/familles?q=benali")
    record = office.find(r'href="(/agent/familles/[0-9a-f-]{36})"')
    browser.cookies = {}
    await browser.sign_in("admin@beauval.example")
    assert (await browser.open(record)).status_code == 404
    assert (await browser.open(f"/agent/activites/{MEALS}")).status_code == 404


async def test_invoices_are_printed_into_one_file_and_mistakes_stay(office):
    page = await office.send("/agent/impressions", period="2020-01", which="overdue", delivery="all")
    assert page.status_code == 422 and "il n’y a rien à imprimer" in office.text
    assert 'value="2020-01"' in office.page.text and '<option value="overdue" selected' in office.page.text
    page = await office.send("/agent/impressions/relances", letters_of=CATERING)
    assert page.status_code == 422 and "Aucune lettre" in office.text
    page = await office.send("/agent/impressions/relances", letters_of="x")
    assert page.status_code == 422 and 'id="e-letters_of"' in page.text
    page = await office.send("/agent/impressions", period="demain", run_id="x", delivery="y")
    assert page.status_code == 422
    assert (await office.open("/agent/impressions?facturation=x")).status_code in {404, 422}


async def test_the_accountant_s_file_says_what_it_lacks(office):
    page = await office.send("/agent/journal/pes", regie_id=CATERING, period="2026-03", kind="titles")
    assert page.status_code == 422 and "Indiquez le numéro du bordereau" in office.text
    page = await office.send(
        "/agent/journal/pes", regie_id=CATERING, period="2026-03", kind="titles", number="7"
    )
    assert page.status_code == 422 and "Complétez d’abord la page de la régie" in office.text
    assert 'value="7"' in office.page.text
    page = await office.send("/agent/journal/pes", regie_id="x", period="2026-03", kind="cash", number="7")
    assert page.status_code in {404, 422}


async def test_a_logo_is_given_shown_and_taken_away(office):
    """What is no picture is said by the field; the page is never a 500."""
    path, out = "/agent/commune/logo", BytesIO()
    Image.new("RGB", (60, 30), (10, 90, 60)).save(out, format="PNG")
    await office.open(path)
    for file, why in (
        (("a.pdf", b"%PDF-1.7", "application/pdf"), "n’est pas une image"),
        (("a.png", b"", "image/png"), "Choisissez une image"),
        (("a.png", out.getvalue() + b"x" * 200_000, "image/png"), "dépasse 200 ko"),
    ):
        await office.send_file(path, image=file)
        assert office.page.status_code == 422 and 'id="e-image"' in office.page.text
        assert why in office.text
    await office.send(path, image="du texte")
    assert office.page.status_code == 422
    await office.send_file(path, image=("logo.png", out.getvalue(), "image/png"))
    assert "Le logo est enregistré" in office.text and "Logo changé" in office.text
    picture = await office.open(office.find(r'<img class="logo-shown" src="([^"]+)"'))
    assert Image.open(BytesIO(picture.content)).size == (60, 30)
    await office.open(path)
    await office.send(f"{path}/retrait")
    assert "Aucun logo" in office.text
