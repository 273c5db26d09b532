"""The proxy before real services: where requests go, what they carry, how they end."""

import asyncio
import socket
from collections import Counter
from typing import Any

import pytest

from preau.common.http.client_address import signed, told_address
from preau.testing.waiting import eventually


async def test_a_request_reaches_its_service_and_comes_back(running):
    answer = await running.client.get(
        "/api/parent/billing/families/1/invoices?status=open&x=%20y", headers=running.bearer()
    )
    assert answer.status_code == 200
    [seen] = running.service.seen
    assert seen["path"] == "/parent/families/1/invoices"
    assert seen["query"] == "status=open&x=%20y"


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/api/public/identity/challenge", "/public/challenge"),
        ("/hooks/payments/payfip/r1", "/hooks/payfip/r1"),
        ("/sandbox/bank/ref-1", "/public/sandbox/bank/ref-1"),
    ],
)
async def test_paths_that_need_no_session(running, path, inside):
    assert (await running.client.get(path)).status_code == 200
    assert running.service.seen[0]["path"] == inside


async def test_the_sandbox_bank_is_for_development(start):
    running = await start(environment="production")
    assert (await running.client.get("/sandbox/bank/ref-1")).status_code == 404


async def test_forged_headers_stay_outside(running):
    await running.client.get(
        "/api/parent/billing/x",
        headers=running.bearer()
        | {
            "X-Forwarded-User": "admin",
            "X-Forwarded-For": "10.9.9.9",
            "X-Real-IP": "10.9.9.9",
            "X-Preau-Agent": "admin",
            "X-Preau-Client-Address": "10.9.9.9",
            "X-Preau-Client-Signature": signed(running.gateway_key, "10.9.9.9")["x-preau-client-signature"],
            "X-Account-Id": "1",
            "Forwarded": "for=10.9.9.9",
            "Cookie": "a=b",
            "Connection": "keep-alive, X-Secret-Hop",
            "X-Secret-Hop": "1",
            "Traceparent": "nonsense",
            "X-Correlation-Id": "bad id <script>",
        },
    )
    headers = running.service.seen[0]["headers"]
    for name in (
        "x-forwarded-user",
        "x-real-ip",
        "x-preau-agent",
        "x-account-id",
        "forwarded",
        "cookie",
        "x-secret-hop",
    ):
        assert name not in headers, name
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert told_address(running.gateway_key, headers.items()) == "127.0.0.1"
    assert headers["traceparent"].startswith("00-") and len(headers["traceparent"]) == 55
    assert "script" not in headers["x-correlation-id"]


async def test_a_good_correlation_id_goes_through_and_comes_back(running):
    answer = await running.client.get(
        "/api/parent/billing/x", headers=running.bearer() | {"X-Correlation-Id": "0123456789abcdef"}
    )
    assert running.service.seen[0]["headers"]["x-correlation-id"] == "0123456789abcdef"
    assert answer.headers["x-correlation-id"] == "0123456789abcdef"


async def test_the_headers_of_safety_replace_those_of_the_service(running):
    answer = await running.client.get("/api/parent/billing/x", headers=running.bearer())
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/api/parent/billing/../agent/runs",
        "/api/parent/billing/%2e%2e/agent/runs",
        "/api/parent/billing/x%2f..%2fagent",
        "/api/parent/nowhere/x",
        "/api/metrics",
        "/hooks/payments/payfip/r1/../../../agent/runs",
    ],
)
async def test_paths_that_lead_nowhere(running, path):
    host, port = running.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 404"), answer[:80]
    assert b"application/problem+json" in answer
    assert running.service.seen == []


async def test_an_answer_streams(running):
    async with running.client.stream("GET", "/api/parent/billing/stream", headers=running.bearer()) as answer:
        chunks = answer.aiter_raw()
        running.service.chunks.put_nowait(b"one")
        assert await anext(chunks) == b"one"  # It came while the service was still at work on the rest.
        running.service.chunks.put_nowait(b"two")
        assert await anext(chunks) == b"two"
        running.service.chunks.put_nowait(None)
        assert [chunk async for chunk in chunks] == []


async def test_a_body_streams(running):
    async def body():
        yield b"x" * 1000
        assert await asyncio.wait_for(running.service.received.get(), 5) == b"x" * 1000
        yield b"y" * 10

    answer = await running.client.post("/api/parent/billing/upload", headers=running.bearer(), content=body())
    assert answer.json() == {"size": 1010}


async def test_a_client_who_leaves_before_the_answer_frees_the_service(running):
    async with asyncio.timeout(30):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await running.client.get("/api/parent/billing/slow", headers=running.bearer())
        await running.service.departures.wait()


async def test_a_client_who_leaves_in_the_middle_of_the_answer_frees_the_service(running):
    async with asyncio.timeout(30):
        async with running.client.stream(
            "GET", "/api/parent/billing/stream", headers=running.bearer()
        ) as answer:
            running.service.chunks.put_nowait(b"one")
            await anext(answer.aiter_raw())
        while not running.service.departures.is_set():  # it hears of it when it sends on
            running.service.chunks.put_nowait(b"more")
            await asyncio.sleep(0.02)


async def test_a_client_who_leaves_in_the_middle_of_its_body_frees_the_service(running):
    host, port = running.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    bearer = running.bearer()["Authorization"]
    writer.write(
        f"POST /api/parent/billing/upload HTTP/1.1\r\nHost: x\r\nAuthorization: {bearer}\r\n"
        "Content-Length: 1000\r\n\r\nabc".encode()
    )
    async with asyncio.timeout(30):
        assert await running.service.received.get() == b"abc"
        writer.close()
        await running.service.departures.wait()


async def test_an_answer_cut_in_the_middle_is_cut_for_the_client_too(running):
    import httpx2

    running.service.chunks.put_nowait(b"one")
    running.service.chunks.put_nowait(b"!")
    with pytest.raises(httpx2.RemoteProtocolError):
        await running.client.get("/api/parent/billing/stream", headers=running.bearer())


async def test_a_body_that_is_too_large_is_refused(start):
    running = await start(max_body_bytes=1000)

    async def body():
        for _ in range(5):
            yield b"x" * 400

    announced = await running.client.post(
        "/api/parent/billing/upload", headers=running.bearer(), content=b"x" * 1001
    )
    unannounced = await running.client.post(
        "/api/parent/billing/upload", headers=running.bearer(), content=body()
    )
    assert announced.status_code == unannounced.status_code == 413
    assert announced.json()["type"].endswith("/too-large")


async def test_documents_may_be_larger(start):
    running = await start(max_body_bytes=1000, max_document_bytes=5000)
    for path, status in [("requests/families/1/documents", 200), ("billing/families/1/documents", 413)]:
        answer = await running.client.post(
            f"/api/parent/{path}", headers=running.bearer(), content=b"x" * 3000
        )
        assert answer.status_code == status


async def test_a_service_that_does_not_listen_is_503(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        running = await start(billing_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        answer = await running.client.get("/api/parent/billing/x", headers=running.bearer())
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_service_that_is_silent_is_504(start):
    running = await start(answer_seconds=0.2)
    answer = await running.client.get("/api/parent/billing/slow", headers=running.bearer())
    assert answer.status_code == 504


class Moody:
    """Hangs up on the first `refusals` requests of each connection's beginning, then answers."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.requests = 0

    async def __call__(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        if self.requests > self.refusals:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()


@pytest.mark.parametrize(
    ("method", "refusals", "status", "requests"),
    [("GET", 1, 200, 2), ("GET", 2, 502, 2), ("POST", 1, 502, 1), ("DELETE", 1, 502, 1), ("PUT", 1, 502, 1)],
)
async def test_only_gets_are_tried_again_and_once(start, method, refusals, status, requests):
    moody = Moody(refusals)
    server = await asyncio.start_server(moody, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        running = await start(billing_url=f"http://127.0.0.1:{port}")
        answer = await running.client.request(method, "/api/parent/billing/x", headers=running.bearer())
    assert (answer.status_code, moody.requests) == (status, requests)


async def test_a_service_that_comes_back_is_found_by_the_second_try(start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = await start(billing_url=f"http://127.0.0.1:{port}")
    moody = Moody(0)

    async def come_back():
        await asyncio.sleep(0.02)
        return await asyncio.start_server(moody, "127.0.0.1", port)

    coming = asyncio.create_task(come_back())
    answer = await running.client.get("/api/parent/billing/x", headers=running.bearer())
    (await coming).close()
    assert answer.status_code == 200


async def test_too_many_requests_of_an_address(start):
    running = await start(address_rate=1)  # a burst of five
    codes = [(await running.client.get("/api/public/identity/x")).status_code for _ in range(7)]
    assert codes == [200] * 5 + [429] * 2
    assert int((await running.client.get("/api/public/identity/x")).headers["retry-after"]) >= 1


async def test_too_many_requests_of_an_account(start):
    running = await start(account_rate=1)
    bearer = running.bearer()
    codes = [
        (await running.client.get("/api/parent/billing/x", headers=bearer)).status_code for _ in range(6)
    ]
    assert codes == [200] * 5 + [429]
    assert (await running.client.get("/api/parent/billing/x", headers=running.bearer())).status_code == 200


async def test_a_token_that_nobody_verified_uses_up_no_one_elses_limit(start):
    running = await start(account_rate=1, trusted_proxies="127.0.0.1")
    bearer = running.bearer()

    async def codes(address: str, times: int) -> list[int]:
        headers = bearer | {"X-Forwarded-For": address}
        answers = [await running.client.get("/api/parent/billing/x", headers=headers) for _ in range(times)]
        return [answer.status_code for answer in answers]

    assert await codes("2001:db8::1", 6) == [200] * 5 + [429]
    assert await codes("2001:db8::2", 1) == [429], "another address of the same network"
    assert await codes("2001:db8:0:1::1", 1) == [200], "the account's owner, elsewhere"


async def test_guessing_passwords_is_slowed_before_identity(start):
    running = await start(sign_in_rate=0.01)
    body = {"email": "a@b.example", "password": "wrong", "subject": "parent"}
    codes = [
        (await running.client.post("/api/public/identity/sessions", json=body)).status_code for _ in range(62)
    ]
    assert codes == [401] * 60 + [429] * 2


async def test_joined_openapi_leaves_out_who_does_not_answer(start):
    running = await start()
    answer = await running.client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"


async def test_no_timer_is_left_behind(running):
    """Quick answers start no listener: what a request begins ends with it."""
    bearer = running.bearer()
    await running.client.get("/api/parent/billing/x", headers=bearer)
    before = Counter(map(begun_by, asyncio.all_tasks()))
    for _ in range(20):
        await running.client.get("/api/parent/billing/x", headers=bearer)

    async def ended() -> bool:
        """What began with one request more is of no account: twenty left would be."""
        more = Counter(map(begun_by, asyncio.all_tasks())) - before
        return all(count < 3 for count in more.values())

    await eventually(ended, "what the requests began has ended")


def begun_by(task: asyncio.Task[Any]) -> str:
    return getattr(task.get_coro(), "__qualname__", "")
