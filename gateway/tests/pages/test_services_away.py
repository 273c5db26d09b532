"""A page that does without a service says so, and never that there is nothing."""

from collections.abc import Awaitable, Callable

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from preau.testing.clients import client_of

from .conftest import Browser

SERVICES = ("identity", "reservations", "billing", "payments", "requests")
SILENT = "http://127.0.0.1:9"
ORIGIN = "https://portail.example"
NOTHING = ("Rien n’attend", "Rien de réservé pour les prochains jours")
"""What a page says of an empty list, and cannot know of one that nobody told it."""
PARENT, AGENT = "parent@jolieville.example", "admin@jolieville.example"

Without = Callable[[str], Awaitable[Browser]]


def line_to(system: str, service: str) -> Starlette:
    """The way to one of the running services, through the gateway in front of it."""

    async def ask(request: Request) -> Response:
        audience, _, rest = request.url.path.removeprefix("/").partition("/")
        kept = {
            name: value
            for name, value in request.headers.items()
            if name in {"authorization", "content-type", "idempotency-key", "if-match"}
        }
        async with client_of(system) as client:
            answer = await client.request(
                request.method,
                f"/api/{audience}/{service}/{rest}",
                params=request.query_params.multi_items(),
                content=await request.body(),
                headers=kept,
            )
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    return Starlette(routes=[Route("/{rest:path}", ask, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])


@pytest.fixture
async def without(system: str, start, serving_app) -> Without:
    """A browser before the running services but one, signed in nowhere."""

    async def make(away: str) -> Browser:
        urls = {
            f"{name}_url": SILENT if name == away else await serving_app(line_to(system, name))
            for name in SERVICES
        }
        return Browser((await start(**urls)).client, ORIGIN)

    return make


async def parent_of(browser: Browser) -> Browser:
    await browser.open("/connexion")
    await browser.send("/connexion", email=PARENT, password="demo-Preau-2026")
    return browser


async def test_with_every_service_there_nothing_is_missing(without):
    desk = await (await without("")).sign_in(AGENT)
    assert "n’est pas visible" not in desk.text
    parent = await parent_of(await without(""))
    for path in ("/", "/factures"):
        await parent.open(path)
        assert parent.page.status_code == 200
        assert "pour le moment. Réessayez" not in parent.text, path


@pytest.mark.parametrize("away", SERVICES[1:])
async def test_the_desk_never_says_that_nothing_waits_when_it_cannot_know(without, away):
    desk = await (await without(away)).sign_in(AGENT)
    assert desk.page.status_code == 200
    assert "Une partie de ce qui attend n’est pas visible" in desk.text
    assert not [words for words in NOTHING if words in desk.text]


@pytest.mark.parametrize("away", ["reservations", "billing", "requests"])
async def test_the_home_says_what_it_lacks(without, away):
    parent = await parent_of(await without(away))
    await parent.open("/")
    assert parent.page.status_code == 200
    assert "Une partie de cette page n’est pas disponible" in parent.text
    assert away != "reservations" or not [words for words in NOTHING if words in parent.text]


async def test_the_invoices_say_that_payments_under_way_are_not_seen(without):
    parent = await parent_of(await without("payments"))
    await parent.open("/factures")
    assert parent.page.status_code == 200
    assert "Vos paiements en cours ne sont pas visibles" in parent.text


async def test_what_was_typed_while_a_service_is_away_can_be_sent_again_from_the_page_that_says_so(without):
    agent = await (await without("reservations")).sign_in(AGENT)
    await agent.send("/agent/sites", label="Salle « Les Érables » & Cie", hidden="a\nb")
    assert agent.page.status_code == 503
    assert "n’est pas perdu" in agent.text
    assert agent.find(r'<form method="post" action="([^"]+)" data-once><input type="hidden" name="csrf') == (
        "/agent/sites"
    )
    kept = agent.find(r'name="label" value="([^"]*)"')
    assert kept == "Salle « Les Érables » &amp; Cie"
    assert agent.page.text.count('name="csrf_token"') >= 1


async def test_no_password_is_in_the_page_that_says_that_a_service_is_away(without):
    parent = await without("identity")
    await parent.open("/connexion")
    await parent.send("/connexion", email=PARENT, password="demo-Preau-2026")
    assert parent.page.status_code == 503
    assert "demo-Preau-2026" not in parent.page.text
    assert "n’est pas perdu" not in parent.text
