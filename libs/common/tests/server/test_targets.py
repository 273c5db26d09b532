"""What a request asks for and of whom: odd targets and hosts are refused, and no fault is logged."""

import logging

import pytest

from preau.testing.raw_client import ODD_HOSTS, ODD_TARGETS, get, raw_client


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture):
    yield
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("method", [b"GET", b"OPTIONS", b"CONNECT"])
async def test_a_target_without_a_path_is_refused(serve, method: bytes) -> None:
    application = await serve()
    statuses = {}
    for target in ODD_TARGETS:
        async with raw_client(application.url) as client:
            await client.send(method + b" " + target + b" HTTP/1.1\r\nhost: here\r\n\r\n")
            statuses[target] = (await client.answer()).status
            assert await client.is_closed()
    assert statuses == dict.fromkeys(ODD_TARGETS, 400)
    assert application.seen == []


@pytest.mark.parametrize(
    "target", ["/", "//", "//a", "//[", "/%", "/%ff", "/\\", "/?//", "http://elsewhere/"]
)
async def test_a_target_with_a_path_is_served_but_never_as_a_tunnel(serve, target: str) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(get(target))
        assert (await client.answer()).status == 200
        await client.send(get(target).replace(b"GET", b"CONNECT"))
        assert (await client.answer()).status == 400
    assert len(application.seen) == 1


@pytest.mark.parametrize("hosts", ODD_HOSTS)
@pytest.mark.parametrize("target", [b"/", b"http://here/"])
async def test_a_missing_doubled_or_odd_host_is_refused(serve, target: bytes, hosts: bytes) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(b"GET " + target + b" HTTP/1.1\r\n" + hosts + b"\r\n")
        assert (await client.answer()).status == 400
        assert await client.is_closed()
    assert application.seen == []


@pytest.mark.parametrize(
    "head",
    [
        b"1.0\r\n",
        b"1.0\r\nhost: here\r\n",
        b"1.1\r\nhost:\r\n",
        b"1.1\r\nHost: my_service.internal:8000 \r\n",
        b"1.1\r\nhost: [::1]:80\r\n",
    ],
)
async def test_an_old_client_needs_no_host_and_usual_ones_are_taken(serve, head: bytes) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(b"GET / HTTP/" + head + b"\r\n")
        assert (await client.answer()).status == 200


async def test_two_hosts_are_refused_of_an_old_client_too(serve) -> None:
    application = await serve()
    async with raw_client(application.url) as client:
        await client.send(b"GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n")
        assert (await client.answer()).status == 400
