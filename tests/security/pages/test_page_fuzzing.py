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

DOUBTFUL = "POST /agent/paiements/{payment_id}/decision"
"""Its form stands by a payment in doubt, which the sandbox bank does not make; fuzzed without."""


def gateway(**settings: str) -> Gateway:
    return create_app(GatewaySettings(environment="development", **settings))


async def explored(people: list[Person], starts: list[str]) -> SiteMap:
    site = SiteMap(addresses_of(gateway().pages))
    for person in people:
        await site.explore(person, starts)
    return site


async def test_nothing_that_is_sent_to_a_page_is_a_failure(portal, starts) -> None:
    people = [await Person(name, portal, email).sign_in() for name, email in PEOPLE.items()]
    site = await explored(people, starts)
    assert site.unreached() <= {DOUBTFUL}, "tests/security/pages/stage.py shows every page"
    fuzzer = PageFuzzer(site, people)
    await fuzzer.fuzz_all()
    assert fuzzer.failures == [], "\n".join(fuzzer.failures)
    assert ONLY or {200, 303, 400, 403, 404, 415, 422} <= set(fuzzer.answered), (
        "all kinds of answers were seen"
    )


async def test_a_planted_failure_is_found() -> None:
    planted = gateway(identity_url="http://127.0.0.1:9")

    @planted.pages.get("/plante")
    async def page() -> HTMLResponse:
        form = '<form method="post" action="/plante"><input name="nombre"><input name="mot"></form>'
        return HTMLResponse(f'<html lang="fr">{form}</html>')

    @planted.pages.post("/plante")
    async def fails(request: Request) -> HTMLResponse:
        form = await request.form()
        return HTMLResponse(f'<html lang="fr">{int(str(form["nombre"]).replace("Texte", "3"))}</html>')

    server = InProcessServer(planted)
    await server.start()
    try:
        async with httpx2.AsyncClient(base_url=server.url, timeout=30) as client:
            visitor = await Person("visitor", client).sign_in()
            site = SiteMap([each for each in addresses_of(planted.pages) if each.path == "/plante"])
            await site.explore(visitor, ["/plante"])
            fuzzer = PageFuzzer(site, [visitor])
            for number in range(20):
                await fuzzer.send(f"visitor POST /plante {number}", site.addresses[-1], visitor)
    finally:
        await server.stop()
    assert any(found.startswith("visitor POST /plante") and "500" in found for found in fuzzer.failures)
