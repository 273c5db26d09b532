"""The lists of the back office over the real services: filters, pages, whole sheets."""

import csv
import io
import zipfile

import pytest

from .test_back_office import CATERING

LISTS = (
    "familles", "factures", "paiements", "reservations", "demandes", "facturation", "impayes", "journal",
    "credits",
    "impressions",
)  # fmt: skip


def lines_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("name", LISTS)
async def test_every_list_is_given_whole_as_a_sheet(office, name):
    page = await office.open(f"/agent/{name}")
    for kind in ("csv", "xlsx"):
        assert f'href="/agent/{name}.{kind}' in page.text or 'class="empty"' in page.text
        answer = await office.open(f"/agent/{name}.{kind}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{kind}"'
        if kind == "csv":
            assert len(lines_of(answer)) >= 1
        else:
            assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    assert (await office.open(f"/agent/{name}.pdf")).status_code in {404, 422}


async def test_a_sheet_holds_what_the_filters_leave(office):
    await office.open("/agent/familles?q=benali")
    assert "/agent/familles.csv?q=benali" in office.page.text
    lines = lines_of(await office.open("/agent/familles.csv?q=benali"))
    assert [line[0] for line in lines[1:]] == ["Famille Benali"]


async def test_a_list_goes_on_and_back(office):
    await office.open("/agent/familles")
    assert 'rel="prev"' not in office.page.text
    assert (
        'aria-sort="ascending"><a class="sort" href="/agent/familles?tri=-label">Famille<' in office.page.text
    )
    await office.open("/agent/familles?cursor=x")
    assert "Ce filtre n’est pas valide" in office.text


async def test_an_empty_list_says_what_to_do(office):
    await office.open("/agent/familles?q=personne-ne-s-appelle-ainsi")
    assert "Aucune famille trouvée" in office.text and "Effacer les filtres" in office.text


async def test_a_sheet_is_for_those_who_may_read_the_list(browser):
    assert (await browser.open("/agent/familles.csv")).url.path == "/agent/connexion"


async def test_one_box_finds_families_and_children(office):
    await office.open("/agent")
    assert 'action="/agent/recherche"' in office.page.text
    await office.open("/agent/recherche?q=ines")
    assert "Inès Benali" in office.text and "Famille Benali" in office.text
    await office.open(office.find(r'href="(/agent/familles/[0-9a-f-]{36})">Inès Benali'))
    assert "Famille Benali" in office.text
    await office.open("/agent/recherche?q=samir")  # A guardian's name is no child's.
    assert "Famille Benali" in office.text and "Enfants" not in office.text
    await office.open("/agent/recherche?q=personne-ne-s-appelle-ainsi")
    assert "Rien ne correspond" in office.text
    await office.open("/agent/recherche?q=%00a")
    assert "Que cherchez-vous" in office.text


async def test_search_asks_only_what_the_role_reads(browser):
    await browser.sign_in("animation@jolieville.example")
    page = await browser.open("/agent/recherche?q=benali")
    assert page.status_code == 200
    assert "Inès Benali" in browser.text and "Factures" not in browser.text


async def test_several_bookings_take_several_rows(office):
    await office.open("/agent/reservations")
    await office.send(
        "/agent/reservations/decisions", decision="accept", here="/agent/reservations?date=2026-03-12"
    )
    assert "Cochez au moins une ligne" in office.text
    assert office.page.url.query == b"date=2026-03-12"
    nobodys = "01900000-0000-7000-8000-00000000ffff"
    await office.send(
        "/agent/reservations/decisions", decision="accept", chosen=nobodys, here="https://evil.example"
    )
    assert "0 ligne acceptée. 1 laissée en l’état" in office.text
    await office.send("/agent/demandes/prises-en-charge", chosen=nobodys)
    assert "1 laissée en l’état" in office.text


async def test_bookings_of_one_family_can_be_narrowed_to_a_child_and_let_go(office):
    family = (await office.open("/api/agent/identity/families?q=martin")).json()["items"][0]
    child = family["children"][0]
    address = f"/agent/reservations?status=all&family_id={family['family_id']}"
    page = await office.open(f"{address}&child_id={child['child_id']}")
    assert page.status_code == 200 and f"Famille : {family['label']}" in office.text
    assert f'<option value="{child["child_id"]}" selected>' in page.text
    let_go = office.find(r'<a href="([^"]+)">Retirer').replace("&amp;", "&")
    assert "family_id" not in let_go and "status=all" in let_go
    await office.open("/agent/reservations")
    assert 'name="child_id"' not in office.page.text, "without a family there are no children to choose from"
    for unknown in ("01900000-0000-7000-8000-00000000ffff", "rien"):
        assert (await office.open(f"/agent/reservations?family_id={unknown}")).status_code == 200


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        (f"journal?regie_id={CATERING}&", "date_from", "date_to"),
        ("paiements?status=settled&", "date_from", "date_to"),
        ("reservations?status=all&", "date_from", "date_to"),
        ("factures?status=paid&", "due_from", "due_to"),
    ],
)
async def test_a_range_that_cannot_be_is_told_by_its_field_and_the_other_filters_hold(
    office, path, first, last
):
    name, _, filters = path.partition("?")
    kept = filters.strip("&").split("=")[1]
    page = await office.open(f"/agent/{path}{first}=2026-03-12&{last}=2026-03-01")
    assert page.status_code == 200 and page.url.path == f"/agent/{name}"
    assert f'id="e-filter-{last}"' in page.text and f'id="e-filter-{first}"' not in page.text
    assert "Cette date précède le début de la période." in office.text
    for typed in ("2026-03-12", "2026-03-01"):
        assert f'value="{typed}"' in page.text
    assert f'<option value="{kept}" selected>' in page.text
    await office.open(f"/agent/{path}{first}=2026-02-31&{last}=2026-03-01")
    assert f'id="e-filter-{first}"' in office.page.text and 'value="2026-02-31"' in office.page.text


async def test_what_the_service_alone_refuses_of_a_day_is_told_by_its_field(office):
    await office.open(f"/agent/journal?regie_id={CATERING}&date_from=2020-01-01&date_to=2026-03-01")
    assert "Une période dure au plus trois ans." in office.text
    assert 'id="e-filter-date_from"' in office.page.text
    assert f'<option value="{CATERING}" selected>' in office.page.text
