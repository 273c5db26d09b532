"""Whatever is sent to a page, by whomever: no failure inside, and a French page that says what to do.

The pages come from the application itself, the forms from their HTML. Each request is drawn from its name and
the seed: ``PREAU_FUZZ_ONLY="parent POST /profil 3"`` sends the one that a failure told of again,
``PREAU_FUZZ_SEED`` draws others, ``PREAU_FUZZ_EXAMPLES`` more.
"""

import httpx2
from fastapi import Request
from fastapi.responses import HTMLResponse

from preau.common.server.serving import InProcessServer
from preau.gateway.app import Gateway, create_app
from preau.gateway.settings import GatewaySettings
from tests.security.pages.fuzzer import ONLY, PageFuzzer
from tests.security.pages.person import PEOPLE, Person
from tests.security.pages.site_map import SiteMap, addresses_of


def gateway(**settings: str) -> Gateway:
    return create_app(GatewaySettings(environment="development", **settings))


UNDONE = ("POST /reservations/panier/vider", "POST /reservations/panier/retablir")
"""An act whose page shows how to take it back, and that."""


async def explored(people: list[Person], starts: list[str]) -> SiteMap:
    site = SiteMap(addresses_of(gateway().pages))
    for person in people:
        await site.explore(person, starts)
        if person.kind == "parent":
            for act in UNDONE:
                await site.press(person, act)
    return site


async def test_nothing_that_is_sent_to_a_page_is_a_failure(portal, starts) -> None:
    people = [await Person(name, portal, email).sign_in() for name, email in PEOPLE.items()]
    site = await explored(people, starts)
    assert site.unreached() == set(), "tests/security/pages/stage.py shows every page"
    fuzzer = PageFuzzer(site, people)
    await fuzzer.fuzz_all()
    assert fuzzer.failures == [], "\n".join(fuzzer.failures)
    assert ONLY or fuzzer.fuzzed == {address.label for address in site.addresses}, "every page was sent to"
    assert ONLY or {200, 303, 400, 403, 404, 415, 422} <= set(fuzzer.answered), (
        "all kinds of answers were seen"
    )


async def test_a_planted_failure_and_a_page_without_a_link_are_found() -> None:
    planted = gateway(identity_url="http://127.0.0.1:9")

    @planted.pages.get("/plante")
    async def page() -> HTMLResponse:
        form = '<form method="post" action="/plante"><input name="nombre"><input name="mot"></form>'
        return HTMLResponse(f'<html lang="fr">{form}</html>')

    @planted.pages.post("/plante")
    async def fails(request: Request) -> HTMLResponse:
        form = await request.form()
        return HTMLResponse(f'<html lang="fr">{int(str(form["nombre"]).replace("Texte", "3"))}</html>')

    @planted.pages.get("/plante/seule")
    async def alone() -> HTMLResponse:
        return HTMLResponse('<html lang="fr"></html>')

    server = InProcessServer(planted)
    await server.start()
    try:
        async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
            visitor = await Person("visitor", client).sign_in()
            site = SiteMap([each for each in addresses_of(planted.pages) if "/plante" in each.path])
            await site.explore(visitor, ["/plante"])
            assert site.unreached() == {"GET /plante/seule"}
            fuzzer = PageFuzzer(site, [visitor])
            [sent_to] = [each for each in site.addresses if each.method == "POST" and "/plante" in each.path]
            for number in range(20):
                await fuzzer.send(f"visitor POST /plante {number}", sent_to, visitor)
    finally:
        await server.stop()
    assert any(found.startswith("visitor POST /plante") and "500" in found for found in fuzzer.failures)
