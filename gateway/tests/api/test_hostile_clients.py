"""Clients who send too much, too slowly, or take nothing: they are turned away and the others are served."""

import asyncio
import json
import logging
from contextlib import AsyncExitStack

import pytest

from preau.testing.raw_client import (
    ODD_TARGETS,
    PATIENCE_SECONDS,
    get,
    post,
    raw_client,
    served_meanwhile,
)

IMPATIENT = {"head_seconds": 0.5, "stall_seconds": 0.7, "least_bytes_per_second": 1000}
OTHER = "/healthz"
PATHS = ["/", "/api/public/identity/communes"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("piece_bytes", [1000, 400_000])
async def test_an_oversized_head_is_refused(running, path, piece_bytes):
    async with raw_client(running.url) as client, served_meanwhile(running.url, OTHER):
        await client.send(get(path)[:-2] + b"cookie: ")
        for _ in range(400_000 // piece_bytes):
            if not await client.send(b"a" * piece_bytes):
                break
        answer = await client.answer()
        assert answer.status in (431, 0)  # 0: it was refused while we still sent
        if answer.status:
            assert json.loads(answer.body)["type"].endswith("/head-too-large")
    assert running.service.seen == []


@pytest.mark.parametrize("path", PATHS)
async def test_half_a_head_is_not_waited_for(start, path):
    running = await start(**IMPATIENT)
    async with raw_client(running.url) as client, served_meanwhile(running.url, OTHER):
        await client.send(get(path)[:-2])
        assert (await client.answer()).status == 408


async def test_a_byte_now_and_then_gains_no_time(start):
    running = await start(**IMPATIENT)
    async with raw_client(running.url) as client, served_meanwhile(running.url, OTHER):
        await client.send(b"GET / HTTP/1.1\r\nx-slow: ")
        await client.drip(b"a", every_seconds=0.01)


async def test_a_slow_body_is_refused_and_frees_the_service(start):
    running = await start(**IMPATIENT)
    async with raw_client(running.url) as client, served_meanwhile(running.url, OTHER):
        head = [b"content-length: 100000", b"authorization: " + running.bearer()["Authorization"].encode()]
        await client.send(post("/api/parent/requests/upload", *head, body=b"first"))
        assert await asyncio.wait_for(running.service.received.get(), PATIENCE_SECONDS) == b"first"
        await client.drip(b"a")
    await asyncio.wait_for(running.service.departures.wait(), PATIENCE_SECONDS)


async def test_a_client_who_takes_nothing_frees_the_service(start):
    running = await start(**IMPATIENT)
    async with raw_client(running.url) as client, served_meanwhile(running.url, OTHER):
        bearer = b"authorization: " + running.bearer()["Authorization"].encode()
        for _ in range(100):
            running.service.chunks.put_nowait(b"a" * 1_000_000)
        await client.send(get("/api/parent/requests/stream", bearer))
        await asyncio.wait_for(running.service.departures.wait(), PATIENCE_SECONDS)


async def test_connections_of_an_address_are_bounded(start):
    running = await start(connections_per_address=4)
    async with AsyncExitStack() as stack:
        for _ in range(4):
            client = await stack.enter_async_context(raw_client(running.url))
            await client.send(b"GET / HTTP/1.1\r\n")
        assert await status_of(running.url) == 503
        assert await status_of(running.url, "127.0.0.9") == 200
    while await status_of(running.url) != 200:  # they left: there is room again
        pass


async def test_a_proxy_of_ours_may_have_many(start):
    running = await start(connections_per_address=1, trusted_proxies="127.0.0.8/31")
    async with AsyncExitStack() as stack:
        for source in ("127.0.0.8", "127.0.0.8", "127.0.0.9", "127.0.0.10"):
            client = await stack.enter_async_context(raw_client(running.url, source=source))
            await client.send(b"GET / HTTP/1.1\r\n")
        assert await status_of(running.url, "127.0.0.8") == 200
        assert await status_of(running.url, "127.0.0.10") == 503


@pytest.mark.parametrize("method", [b"GET", b"OPTIONS", b"CONNECT"])
async def test_an_odd_target_is_answered_and_no_fault(running, caplog, method):
    targets = (
        *ODD_TARGETS,
        b"//",
        b"//a",
        b"//a/",
        b"//[",
        b"//[/",
        b"/%",
        b"/%ff",
        b"/\\",
        b"http://a/",
        b"/%00",
    )
    statuses = {}
    for target in targets:
        async with raw_client(running.url) as client:
            await client.send(method + b" " + target + b" HTTP/1.1\r\nhost: here\r\n\r\n")
            statuses[target] = (await client.answer()).status
    assert {target: status for target, status in statuses.items() if not 200 <= status < 500} == {}
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def status_of(url, source="127.0.0.1"):
    async with raw_client(url, source=source) as client:
        await client.send(get(OTHER))
        return (await client.answer()).status
