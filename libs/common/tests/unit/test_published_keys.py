"""Keys of the identity service: asked for seldom, known ones serve on while it is away or slow."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preau.common.auth.tokens import PARENT_AUDIENCE, PublishedKeys, TokenVerifier
from preau.common.errors import Unauthenticated, Unavailable
from preau.common.server.serving import InProcessServer
from preau.testing.tokens import TokenMint


class Identity:
    """An identity service that counts how often it is asked, and can be away or slow."""

    def __init__(self) -> None:
        self.mint = TokenMint()
        self.asked = 0
        self.away = False
        self.answering = asyncio.Event()
        self.answering.set()
        self.url = ""
        self.seconds = 0.0

    async def jwks(self, _: Request) -> Response:
        self.asked += 1
        await self.answering.wait()
        return Response(status_code=503) if self.away else JSONResponse(self.mint.public.as_dict())

    def token(self) -> str:
        return self.mint.mint(aud=PARENT_AUDIENCE)


@pytest.fixture
async def identity() -> AsyncIterator[Identity]:
    made = Identity()
    server = InProcessServer(Starlette(routes=[Route("/public/jwks", made.jwks)]))
    await server.start()
    made.url = f"{server.url}/public/jwks"
    yield made
    made.answering.set()
    await server.stop()


@pytest.fixture
def verifier(identity: Identity) -> TokenVerifier:
    return TokenVerifier(PublishedKeys(identity.url, clock=lambda: identity.seconds))


async def test_keys_are_asked_for_once_by_many(identity: Identity, verifier: TokenVerifier) -> None:
    await asyncio.gather(*(verifier.parent(identity.token()) for _ in range(20)))
    assert identity.asked == 1


async def test_a_new_key_is_known_soon_after_it_was_published(identity, verifier) -> None:
    await verifier.parent(identity.token())
    identity.mint = TokenMint()
    identity.seconds += 11
    await verifier.parent(identity.token())
    assert identity.asked == 2


async def test_forged_tokens_do_not_make_us_ask_again_and_again(identity, verifier) -> None:
    await verifier.parent(identity.token())
    forged = TokenMint().mint(aud=PARENT_AUDIENCE)
    for _ in range(20):
        with pytest.raises(Unauthenticated):
            await verifier.parent(forged)
    assert identity.asked == 1


async def test_known_keys_serve_on_while_identity_is_away(identity, verifier) -> None:
    await verifier.parent(identity.token())
    identity.away = True
    identity.seconds += 700
    assert await verifier.parent(identity.token())


async def test_a_slow_identity_holds_up_nobody_whose_key_is_known(identity, verifier) -> None:
    await verifier.parent(identity.token())
    identity.answering.clear()
    identity.seconds += 11
    waiting = asyncio.create_task(verifier.parent(TokenMint().mint(aud=PARENT_AUDIENCE)))
    while identity.asked < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    async with asyncio.timeout(30):
        assert await verifier.parent(identity.token())
    identity.answering.set()
    with pytest.raises(Unauthenticated):
        await waiting


async def test_without_any_key_the_service_is_unavailable_and_asks_once_a_second(identity, verifier) -> None:
    identity.away = True
    for _ in range(20):
        with pytest.raises(Unavailable) as unavailable:
            await verifier.parent(identity.token())
        assert unavailable.value.retry_after
    assert identity.asked == 1
    identity.away = False
    identity.seconds += 2
    assert await verifier.parent(identity.token())


@pytest.mark.parametrize("answer", [b"{not json", b"[]", b'{"keys": 1}', b'{"keys": [{"kty": "x"}]}'])
async def test_an_odd_answer_is_no_key(answer: bytes) -> None:
    async def odd(_: Request) -> Response:
        return Response(answer, media_type="application/json")

    server = InProcessServer(Starlette(routes=[Route("/", odd)]))
    await server.start()
    with pytest.raises(Unavailable):
        await TokenVerifier(PublishedKeys(server.url)).parent(TokenMint().mint(aud=PARENT_AUDIENCE))
    await server.stop()
