"""So many connections in all and from an address; idle ones give way, and room comes back."""

from contextlib import AsyncExitStack

import pytest

from preau.common.server.connections import network_of
from preau.testing.raw_client import RawClient, get, raw_client

HALF = b"GET / HTTP/1.1\r\nhost: he"


async def opened(stack: AsyncExitStack, url: str, count: int, sent: bytes) -> list[RawClient]:
    clients = [await stack.enter_async_context(raw_client(url)) for _ in range(count)]
    for client in clients:
        await client.send(sent)
    return clients


async def answer_to(url: str, source: str = "127.0.0.1") -> int:
    async with raw_client(url, source=source) as client:
        await client.send(get("/"))
        return (await client.answer()).status


@pytest.mark.parametrize("limits", [{"connections_per_address": 5}, {"connections": 5}])
async def test_connections_are_bounded_and_come_back(serve, limits: dict[str, int]) -> None:
    application = await serve(head_seconds=60, **limits)
    async with AsyncExitStack() as stack:
        await opened(stack, application.url, 4, HALF)
        assert await answer_to(application.url) == 200
        await opened(stack, application.url, 1, HALF)
        assert await answer_to(application.url) == 503
        assert await answer_to(application.url, "127.0.0.2") == (503 if "connections" in limits else 200)
    statuses = []
    while 200 not in statuses:  # as soon as the server has seen them leave
        statuses.append(await answer_to(application.url))


async def test_half_sent_heads_make_room_by_themselves(serve) -> None:
    application = await serve(connections_per_address=5)
    async with AsyncExitStack() as stack:
        await opened(stack, application.url, 5, HALF)
        while await answer_to(application.url) != 200:
            pass


@pytest.mark.parametrize("limits", [{"connections_per_address": 3}, {"connections": 3}])
async def test_idle_connections_give_way(serve, limits: dict[str, int]) -> None:
    """The oldest leaves: many browsers behind one address are served all the same."""
    application = await serve(**limits)
    async with AsyncExitStack() as stack:
        oldest, *others = await opened(stack, application.url, 3, get("/"))
        for client in (oldest, *others):
            assert (await client.answer()).status == 200
        assert await answer_to(application.url) == 200
        assert await oldest.is_closed()
        for client in others:
            await client.send(get("/again"))
            assert (await client.answer()).status == 200


async def test_who_is_served_does_not_give_way(serve) -> None:
    application = await serve(connections=2)
    async with AsyncExitStack() as stack:
        waiting = await opened(stack, application.url, 2, get("/late"))
        while len(application.seen) < 2:
            assert await answer_to(application.url) in (200, 503)
        assert await answer_to(application.url) == 503
        application.may_go_on.set()
        assert [(await client.answer()).status for client in waiting] == [200, 200]


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
    ],
)
def test_what_counts_as_one_address(peer: str, network: str) -> None:
    assert network_of(peer) == network
