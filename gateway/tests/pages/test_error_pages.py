"""What a parent reads when something fails, as a page and as a fragment."""

import httpx2
import pytest

SILENT = "http://127.0.0.1:9"


@pytest.fixture
async def alone(start) -> httpx2.AsyncClient:
    """The front before an identity service that does not answer."""
    return (await start(identity_url=SILENT)).client


async def test_a_silent_service_gives_a_page_that_offers_to_try_again(alone):
    page = await alone.get("/boite-d-essai")
    assert page.status_code == 503
    assert page.headers["retry-after"] == "2"
    assert "Réessayer" in page.text
    assert "</html>" in page.text


async def test_htmx_gets_the_words_only(alone):
    page = await alone.get("/boite-d-essai", headers={"hx-request": "true"})
    assert page.status_code == 503
    assert "<html" not in page.text
    assert 'role="alert"' in page.text
    assert page.headers["hx-reselect"] == "unset", "whatever part of the page was asked for"


async def test_pages_that_need_no_service_answer_all_the_same(alone):
    for path in ("/connexion", "/inscription", "/accessibilite", "/theme/jolieville.css"):
        assert (await alone.get(path)).status_code == 200


async def test_the_end_of_a_session_sends_htmx_to_sign_in_rather_than_a_form(alone):
    page = await alone.get("/factures", headers={"hx-request": "true"})
    assert page.status_code == 204
    assert page.headers["hx-redirect"] == "/connexion?suite=%2Ffactures"
