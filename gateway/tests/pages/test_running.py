"""The runs under way stand in the header of every page."""


async def test_the_header_asks_for_the_runs_under_way(office):
    await office.open("/agent")
    assert 'hx-get="/agent/facturation/en-cours"' in office.page.text
    page = await office.open("/agent/facturation/en-cours", **{"hx-request": "true"})
    assert page.status_code == 200, page.text
    assert 'id="running"' in page.text and "<html" not in page.text
    assert (await office.open("/agent/facturation/en-cours")).url.path == "/agent/facturation"


async def test_those_who_do_not_bill_are_not_asked(browser):
    await browser.sign_in("animation@jolieville.example")
    assert "en-cours" not in (await browser.open("/agent")).text
