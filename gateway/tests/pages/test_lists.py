"""The lists of the back office over the real services: filters, pages, whole sheets."""

import csv
import io
import zipfile

import pytest

LISTS = ("familles", "factures", "paiements", "reservations", "demandes", "facturation")


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
    assert 'aria-sort="ascending">Famille<' in office.page.text
    await office.open("/agent/familles?cursor=x")
    assert "Ce filtre n’est pas valide" in office.text


async def test_an_empty_list_says_what_to_do(office):
    await office.open("/agent/familles?q=personne-ne-s-appelle-ainsi")
    assert "Aucune famille trouvée" in office.text and "Effacer les filtres" in office.text


async def test_a_sheet_is_for_those_who_may_read_the_list(browser):
    assert (await browser.open("/agent/familles.csv")).url.path == "/agent/connexion"
