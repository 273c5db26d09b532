"""Bodies and answers: a pace in both directions, and no more framing than content."""

import asyncio
import json

import pytest

from preau.testing.raw_client import PATIENCE_SECONDS, get, post, raw_client, served_meanwhile

BIG_ANSWER_BYTES = 64 * 1024 * 1024
CHUNKED = b"transfer-encoding: chunked"


async def until_departed(application) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not application.departures:  # noqa: ASYNC110 - the application is plain
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("start", [b"", b"half"])
async def test_a_body_that_stops_is_not_waited_for(serve, start: bytes) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(post("/", b"content-length: 100", body=start))
        assert (await client.answer()).status == 408
        assert await client.is_closed()
    await until_departed(application)


@pytest.mark.parametrize("framing", [b"content-length: 100000", CHUNKED])
async def test_a_body_byte_by_byte_is_not_waited_for(serve, framing: bytes) -> None:
    application = await serve()
    async with raw_client(application.url) as client, served_meanwhile(application.url):
        await client.send(post("/", framing))
        await client.drip(b"1\r\na\r\n" if framing == CHUNKED else b"a")
    await until_departed(application)


async def test_a_body_at_a_modest_pace_arrives(serve) -> None:
    application = await serve(least_bytes_per_second=10)
    async with raw_client(application.url) as client:
        await client.send(post("/", b"content-length: 100"))
        for _ in range(10):
            await client.send(b"a" * 10)
            await asyncio.sleep(0.2)
        assert json.loads((await client.answer()).body)["size"] == 100


@pytest.mark.parametrize(
    ("piece", "status"),
    [
        pytest.param(b"1;" + b"e" * 500_000, 400, id="an extension that never ends"),
        pytest.param((b"1;" + b"e" * 2000 + b"\r\nx\r\n") * 300, 400, id="extensions of many chunks"),
        pytest.param(b"0\r\nx-trailer: " + b"t" * 300_000, 400, id="a trailer that never ends"),
        pytest.param(b"0\r\n" + b"x-t: 1\r\n" * 20_000, 431, id="trailers without end"),
        pytest.param(b"zz\r\n", 400, id="no chunk at all"),
    ],
)
async def test_framing_is_bounded(serve, piece: bytes, status: int) -> None:
    application = await serve(head_seconds=60, stall_seconds=60)
    async with raw_client(application.url) as client:
        await client.send(post("/", CHUNKED, body=piece))
        assert (await client.answer()).status == status


async def test_small_chunks_and_small_trailers_are_well(serve) -> None:
    """A trailer is not a header: it could tell a service what the gateway took out."""
    application = await serve()
    async with raw_client(application.url) as client:
        chunks = b"1\r\na\r\n" * 50_000 + b"0\r\nx-trailer: 1\r\nauthorization: x\r\n\r\n"
        await client.send(post("/", CHUNKED, body=chunks))
        told = json.loads((await client.answer()).body)
    assert told["size"] == 50_000
    assert told["headers"].keys() == {"host", "transfer-encoding"}


@pytest.mark.parametrize("expects", [True, False])
async def test_a_client_does_not_pay_for_a_slow_application(serve, expects: bool) -> None:
    application = await serve()
    size = 1_000_000
    async with raw_client(application.url) as client:
        head = [b"content-length: %d" % size, *([b"expect: 100-continue"] if expects else [])]
        await client.send(post("/late-body", *head))
        if not expects:
            sending = asyncio.create_task(client.send(b"a" * size))
        await asyncio.sleep(2.5)  # several times what a client may take
        application.may_go_on.set()
        if expects:
            assert (await client.answer()).status == 100
            sending = asyncio.create_task(client.send(b"a" * size))
        assert json.loads((await client.answer()).body)["size"] == size
        await sending


async def test_a_body_that_was_refused_is_not_swallowed_for_ever(serve) -> None:
    application = await serve(stall_seconds=60)
    async with raw_client(application.url) as client:
        await client.send(post("/unwanted", b"content-length: 1000000000"))
        assert (await client.answer()).status == 413
        await client.drip(b"a" * 10_000, piece_bytes=10_000)


async def test_a_client_that_does_not_read_is_left(serve) -> None:
    application = await serve()
    async with raw_client(application.url) as client, served_meanwhile(application.url):
        await client.send(get("/big"))
        await until_departed(application)


async def test_a_client_that_reads_slowly_but_well_gets_all(serve) -> None:
    application = await serve(least_bytes_per_second=100)
    received = 0
    async with raw_client(application.url) as client:
        await client.send(get("/big", b"connection: close"))
        for _ in range(15):
            received += await client.take(100_000)
            await asyncio.sleep(0.2)
        while taken := await client.take(1_000_000):
            received += taken
    assert received > BIG_ANSWER_BYTES
