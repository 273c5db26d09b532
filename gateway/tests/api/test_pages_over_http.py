"""What HTTP asks of every page, whatever it shows."""

import re
from collections import Counter
from uuid import UUID

from preau.common.http.permissions import routes_of

SAME = ("content-type", "location", "cache-control", "content-security-policy")


def pages_of(running) -> list[tuple[str, str]]:
    """The method and an address of each route of the pages."""
    return [
        (method, re.sub(r"\{\w+(:\w+)?\}", str(UUID(int=7)), route.path))
        for route in routes_of(running.app.pages)
        for method in sorted(route.methods or ())
    ]


async def test_head_is_answered_like_get_without_a_body(start):
    running = await start(address_rate=0)
    paths = [path for method, path in pages_of(running) if method == "GET"]
    assert len(paths) > 60
    for path in [*paths, "/nulle-part"]:
        got, head = await running.client.get(path), await running.client.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert {name: head.headers.get(name) for name in SAME} == {
            name: got.headers.get(name) for name in SAME
        }


async def test_the_connection_serves_on_after_head(running):
    for _ in range(3):
        assert (await running.client.head("/connexion")).headers["content-length"] != "0"
        assert "</html>" in (await running.client.get("/connexion")).text


async def test_head_is_not_let_through_where_there_is_only_a_form(running):
    assert (await running.client.head("/deconnexion")).status_code == 405


def test_every_route_is_there_once(running):
    assert [route for route, count in Counter(pages_of(running)).items() if count > 1] == []


async def test_what_one_page_asks_the_services_is_one_trace(running):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    await running.client.get("/api/openapi.json", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    asked = [seen["headers"]["traceparent"] for seen in running.service.seen]
    assert len(asked) == len(set(asked)) > 1
    assert {traceparent.split("-")[1] for traceparent in asked} == {trace}
