"""A hot page asks each service once, and all of them at the same time: counted, not timed."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from preau.gateway.api.client import ServiceClient

from .conftest import PASSWORD, Browser

ABOUT_THE_SESSION = "/public/"


@dataclass
class Calls:
    """The calls of the gateway's pages, while they go on to the services."""

    services: Counter[str] = field(default_factory=Counter[str])
    under_way: int = 0
    most_at_once: int = 0

    def forget(self) -> None:
        self.services.clear()
        self.most_at_once = 0


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    counted = Calls()
    exchange = ServiceClient._exchange  # pyright: ignore[reportPrivateUsage]

    async def count(client, method, service, path, *rest, **named):
        if path.startswith(ABOUT_THE_SESSION):
            return await exchange(client, method, service, path, *rest, **named)
        counted.services[service] += 1
        counted.under_way += 1
        counted.most_at_once = max(counted.most_at_once, counted.under_way)
        try:
            return await exchange(client, method, service, path, *rest, **named)
        finally:
            counted.under_way -= 1

    monkeypatch.setattr(ServiceClient, "_exchange", count)
    return counted


@pytest.fixture
async def parent(browser: Browser) -> Browser:
    """A parent whose basket holds a day to book."""
    await browser.open("/connexion")
    await browser.send("/connexion", email="julien.martin@jolieville.example", password=PASSWORD)
    await browser.open("/reservations")
    line = browser.find(r'name="ligne" value="([^"]+\|book)"')
    place = {name: browser.find(rf'name="{name}" value="([^"]+)"') for name in ("site", "enfant", "du")}
    await browser.send("/reservations/panier/bascule", ligne=line, **place)
    return browser


PAGES = {
    "/reservations": {"identity": 1, "reservations": 1, "billing": 1},
    "/reservations/panier": {"identity": 1, "reservations": 1, "billing": 1},
    "/": {"identity": 1, "reservations": 1, "billing": 1, "requests": 1},
}


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_asks_each_service_once(parent: Browser, calls: Calls, path: str) -> None:
    await parent.open(path)
    calls.forget()
    page = await parent.open(path)
    assert page.status_code == 200
    assert dict(calls.services) == PAGES[path]
    # Prices are asked for once the basket is known; everybody else is asked at once.
    waits_for_the_basket = path != "/"
    assert calls.most_at_once == len(PAGES[path]) - waits_for_the_basket


async def test_in_place_the_calendar_asks_no_more(parent: Browser, calls: Calls) -> None:
    calls.forget()
    page = await parent.open("/reservations", **{"hx-request": "true"})
    assert 'id="semaines"' in page.text and 'id="panier"' in page.text
    assert dict(calls.services) == PAGES["/reservations"]


TABS = {
    ("/agent/activites", ""): {"reservations": 4, "identity": 1},
    ("/agent/activites", "/places"): {"reservations": 3, "identity": 1},
    ("/agent/activites", "/reglages"): {"reservations": 2, "identity": 1},
    ("/agent/familles?q=benali", ""): {"identity": 4},
    ("/agent/familles?q=benali", "/enfants"): {"identity": 4},
    ("/agent/familles?q=benali", "/quotients"): {"identity": 3},
    ("/agent/familles?q=benali", "/reservations"): {"identity": 3, "reservations": 1},
    ("/agent/familles?q=benali", "/factures"): {"identity": 3, "billing": 2},
    ("/agent/familles?q=benali", "/demandes"): {"identity": 3, "requests": 1},
}
"""What each tab asks: the record, its last change with the agent’s name, and what the tab shows."""


@pytest.mark.parametrize(("listed", "tab"), TABS)
async def test_a_tab_asks_only_the_services_that_it_needs(
    office: Browser, calls: Calls, listed: str, tab: str
) -> None:
    await office.open(listed)
    record = office.find(rf'href="({listed.partition("?")[0]}/[0-9a-f-]{{36}})"')
    calls.forget()
    page = await office.open(record + tab)
    assert page.status_code == 200
    assert dict(calls.services) == TABS[listed, tab]
