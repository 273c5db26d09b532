"""Passes one request to a service and its answer back, streaming both ways."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import aiohttp
from multidict import CIMultiDict
from starlette.types import Receive, Send
from yarl import URL

from preau.common.errors import Problem, Unavailable
from preau.gateway.api.upstream import Upstream
from preau.gateway.proxy.body import Body, ClientDisconnected
from preau.gateway.proxy.disconnect import DisconnectWatch
from preau.gateway.proxy.headers import RawHeaders, outwards

RETRIED_METHODS = frozenset({"GET", "HEAD"})
RETRY_AFTER_SECONDS = 2
PAUSE_SECONDS = 0.05

Data = bytes | AsyncGenerator[bytes] | None


class ServiceUnreachable(Unavailable):
    """Nothing listens there, or every connection is taken."""

    def __init__(self) -> None:
        super().__init__(
            "Le service ne répond pas pour le moment. Réessayez dans un instant.",
            retry_after=RETRY_AFTER_SECONDS,
        )


class ServiceBroke(Problem):
    """The service hung up, or answered something that is not HTTP."""

    status, type, title = 502, "bad-gateway", "Réponse interrompue"

    def __init__(self) -> None:
        super().__init__("Le service n’a pas pu répondre. Réessayez dans un instant.")


class ServiceTooSlow(Problem):
    """The service was silent for too long. What it was asked may have been done all the same."""

    status, type, title = 504, "timeout", "Délai dépassé"

    def __init__(self) -> None:
        super().__init__(
            "Le service ne répond pas à temps. Vérifiez si l’opération a eu lieu avant de recommencer."
        )


class AnswerCut(Exception):
    """The service's answer stopped in the middle: the client's connection is cut too, so that it knows."""


class Relay:
    """Owns the service's response for the whole ASGI call, whichever side ends it."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def pass_on(
        self,
        method: str,
        url: str,
        headers: CIMultiDict[str],
        *,
        asked: RawHeaders,
        body_limit_bytes: int,
        receive: Receive,
        send: Send,
        added: Callable[[int], list[tuple[bytes, bytes]]],
    ) -> int:
        """Answer with what the service answers and return its status.

        `asked` are the client's own headers (they tell whether a body comes), `added(status)` gives the
        headers to add to the answer. Raises Problem while nothing was sent, AnswerCut
        after, ClientDisconnected.
        """
        disconnect = DisconnectWatch(receive)
        body = Body(receive, body_limit_bytes, disconnect.begin)
        response: aiohttp.ClientResponse | None = None
        try:
            data = await body.open(asked)
            response = await self._open(method, URL(url, encoded=True), headers, data)
            await self._answer(response, disconnect, send, added)
            return response.status
        except asyncio.CancelledError:
            if not disconnect.happened:
                raise
            disconnect.uncancel()
            raise ClientDisconnected from None
        except aiohttp.ClientError as error:
            if body.failure is not None and response is None:
                raise body.failure from error
            raise ServiceBroke from error
        finally:
            disconnect.close()
            if response is not None:
                response.close()

    async def _open(
        self, method: str, url: URL, headers: CIMultiDict[str], data: Data
    ) -> aiohttp.ClientResponse:
        tries = 2 if method in RETRIED_METHODS and data is None else 1
        while True:
            tries -= 1
            try:
                return await self._upstream.session.request(
                    method, url, headers=headers, data=data, allow_redirects=False
                )
            except aiohttp.ConnectionTimeoutError as error:
                raise ServiceUnreachable from error
            except TimeoutError as error:
                raise ServiceTooSlow from error
            except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
                if not tries:
                    if isinstance(error, aiohttp.ClientConnectorError):
                        raise ServiceUnreachable from error
                    raise
            await asyncio.sleep(PAUSE_SECONDS)

    async def _answer(
        self,
        response: aiohttp.ClientResponse,
        disconnect: DisconnectWatch,
        send: Send,
        added: Callable[[int], list[tuple[bytes, bytes]]],
    ) -> None:
        headers = outwards(response.raw_headers)
        headers += added(response.status)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        content = response.content
        more = True
        try:
            while more:
                chunk = await content.readany()
                more = not content.at_eof()
                if not more:
                    disconnect.close()
                await send({"type": "http.response.body", "body": chunk, "more_body": more})
        except (aiohttp.ClientError, TimeoutError) as error:
            raise AnswerCut from error
