"""Heads of requests: so many bytes, so many headers, so much time."""

import json

import pytest

from preau.testing.raw_client import get, raw_client, served_meanwhile

KILOBYTE = 1024


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(get("/", b"cookie: " + b"a" * 31 * KILOBYTE), 200, id="just below"),
        pytest.param(get("/", b"cookie: " + b"a" * 33 * KILOBYTE), 431, id="one header"),
        pytest.param(get("/", *[b"x-%d: " % n + b"a" * 800 for n in range(60)]), 431, id="many headers"),
        pytest.param(get("/", *[b"x-%d: 1" % n for n in range(98)]), 200, id="many small"),
        pytest.param(get("/", *[b"x-%d: 1" % n for n in range(200)]), 431, id="too many small"),
        pytest.param(get("/?" + "a" * 7 * KILOBYTE), 200, id="long address"),
        pytest.param(get("/?" + "a" * 9 * KILOBYTE), 414, id="too long an address"),
        pytest.param(get("/", b"x" * 33 * KILOBYTE + b": 1"), 431, id="a name"),
        pytest.param(b"GET / HTTP/1.1\r\nhost: here\r\ncookie: " + b"a" * 300 * KILOBYTE, 431, id="endless"),
        pytest.param(b"\r\n" * 40 * KILOBYTE, 431, id="nothing but ends of lines"),
    ],
)
async def test_a_head_is_bounded_in_one_piece(serve, sent: bytes, status: int) -> None:
    application = await serve(head_seconds=60)
    async with raw_client(application.url) as client:
        await client.send(sent)
        assert (answer := await client.answer()).status == status
    assert application.seen == (["GET /"] if status == 200 else [])
    if status != 200:
        assert b"application/problem+json" in answer.head
        assert json.loads(answer.body)["status"] == status


@pytest.mark.parametrize("piece_bytes", [1000, 50_000])
async def test_a_head_that_never_ends_is_bounded_in_many_pieces(serve, piece_bytes: int) -> None:
    application = await serve(head_seconds=60)
    async with raw_client(application.url) as client:
        await client.send(b"GET / HTTP/1.1\r\nhost: here\r\ncookie: ")
        await client.drip(b"a" * piece_bytes, piece_bytes=piece_bytes, every_seconds=0.001)
        assert (await client.answer()).status in (431, 0)
    assert application.seen == []


@pytest.mark.parametrize("start", [b"G", b"GET / HTTP/1.1\r\nhost: he", b"\r\n"])
async def test_half_a_head_is_not_waited_for(serve, start: bytes) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(start)
        assert (await client.answer()).status == 408
        assert await client.is_closed()


@pytest.mark.parametrize("drop", [b"a", b"\r\n"])
async def test_one_byte_at_a_time_gains_no_time(serve, drop: bytes) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        if drop == b"a":
            await client.send(b"GET / HTTP/1.1\r\nhost: here\r\nx-slow: ")
        async with served_meanwhile(application.url):
            await client.drip(drop)
    assert set(application.seen) == {"GET /other"}


async def test_silence_is_closed_without_a_word(serve) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        assert (await client.answer()).status == 0
        assert await client.is_closed()


async def test_a_kept_connection_is_closed_in_the_end(serve) -> None:
    application = await serve(keep_alive_seconds=1)
    async with raw_client(application.url) as client:
        for _ in range(3):
            await client.send(get("/"))
            assert (await client.answer()).status == 200
        assert await client.is_closed()


async def test_a_connection_kept_after_an_unwanted_body_is_closed_in_the_end(serve) -> None:
    """The answer goes out before the request has ended: the time begins when both are done."""
    application = await serve(keep_alive_seconds=1)
    async with raw_client(application.url) as client:
        await client.send(b"POST /unwanted HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n\r\nab")
        assert (await client.answer()).status == 413
        await client.send(b"cde")
        await client.send(get("/"))
        assert (await client.answer()).status == 200
        await client.send(b"POST /unwanted HTTP/1.1\r\nhost: here\r\ncontent-length: 5\r\n\r\nab")
        assert (await client.answer()).status == 413
        await client.send(b"cde")
        assert await client.is_closed()


async def test_what_is_no_http_is_told_so(serve) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not http\r\n\r\n")
        assert (answer := await client.answer()).status == 400
        assert b"n\xe2\x80\x99a pas pu \xc3\xaatre lue" in answer.body


async def test_requests_sent_ahead_are_bounded(serve) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(get("/ahead") * 5)
        assert [(await client.answer()).status for _ in range(5)] == [200] * 5
        await client.send(get("/ahead") * 5000)
        assert await client.is_closed()
    assert len(application.seen) < 50


async def test_what_follows_an_upgrade_is_no_request(serve) -> None:
    """Its body would be: a front server that sees one request must not be answered two."""
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(get("/first", b"connection: upgrade", b"upgrade: websocket"))
        assert (await client.answer()).status == 200
        await client.send(get("/hidden"))
        assert await client.is_closed()
    assert application.seen == ["GET /first"]


async def test_what_comes_with_an_upgrade_spoils_no_answer(serve) -> None:
    """In one piece more than the parser gets at once: what comes after the head is not read as HTTP."""
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(get("/", b"connection: upgrade", b"upgrade: websocket") + b"\x81\x05hello" * 4096)
        assert (await client.answer()).status == 200
